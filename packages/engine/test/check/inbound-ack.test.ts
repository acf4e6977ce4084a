import { expect, it } from 'vitest'
import { client, found, server } from '../support/check.js'

const check = (text: string) => found('inbound-ack', text)

it('takes acknowledgements of what lines expect and of what was written', () => {
  expect(check(`${server}+0 write(4, ..., 1000) = 1000\n+0 < . 1:1(0) ack 1001 win 1000\n`)).toEqual([])
  expect(check(`${server}+0 close(4) = 0\n+0 < . 1:1(0) ack 2 win 1000\n`)).toEqual([])
  expect(check(`${client}+0...0.1 write(3, ..., 5000) = 5000\n+0 < . 1:1(0) ack 5001 win 1000\n`)).toEqual([])
})

it('warns of those of what cannot have been sent', () => {
  const text = `${server}+0 write(4, ..., 1000) = 1000\n+0 < . 1:1(0) ack 1002 win 1000\n`
  expect(check(text)).toMatchObject([{ severity: 'warning', line: 9, column: 15, at: 'ack 1002' }])
  expect(check(client.replace('ack 1 win', 'ack 5 win'))).toMatchObject([{ line: 4, at: 'ack 5' }])
})

it('says nothing where a script sets the numbers itself', () => {
  const repair = '+0 setsockopt(4, SOL_TCP, TCP_QUEUE_SEQ, [1000], 4) = 0\n'
  expect(check(`${server}${repair}+0 < . 1:1(0) ack 1002 win 1000\n`)).toEqual([])
})
