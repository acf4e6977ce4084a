import { expect, it } from 'vitest'
import { found, server } from '../support/check.js'

const check = (text: string) => found('sack-blocks', text)
const sent = `${server}+0 write(4, ..., 3000) = 3000\n+0 > P. 1:3001(3000) ack 1\n`

it('takes blocks within what was sent, and duplicates below the acknowledgement', () => {
  expect(check(`${sent}+0 < . 1:1(0) ack 1001 win 1000 <sack 2001:3001 1:1001,nop,nop>\n`)).toEqual([])
  const inbound = '+0 < . 1001:2001(1000) ack 1 win 1000\n+0 > . 3001:3001(0) ack 1 <nop,nop,sack 1001:2001>\n'
  expect(check(`${sent}${inbound}`)).toEqual([])
})

it('warns of blocks beyond, empty or backward', () => {
  const option = 'sack 2001:4001 5:5 9:5'
  const line = `+0 < . 1:1(0) ack 1 win 1000 <nop,nop,${option}>\n`
  const findings = check(`${sent}${line}`)
  expect(findings).toMatchObject([
    { severity: 'warning', line: 10, column: 39, at: option, message: expect.stringContaining('ends at 3001') },
    { message: 'block 5:5 is empty or backward' },
    { message: 'block 9:5 is empty or backward' },
  ])
})

it('refuses blocks of the stack that nothing was injected for', () => {
  expect(check(`${sent}+0 > . 3001:3001(0) ack 1 <nop,nop,sack 1001:2001>\n`)).toMatchObject([
    { severity: 'error', line: 10, at: 'sack 1001:2001' },
  ])
})
