import { expect, it } from 'vitest'
import { client, found, server } from '../support/check.js'

const check = (text: string) => found('outbound-ack', text)

it('takes acknowledgements of what was injected, also out of order and across the wrap', () => {
  const text = `${server}+0 < P. 1001:2001(1000) ack 1 win 1000
+0 > . 1:1(0) ack 1 <nop,nop,sack 1001:2001>
+0 < F. 1:1001(1000) ack 1 win 1000
+0 > . 1:1(0) ack 2001\n`
  expect(check(text)).toEqual([])
  expect(check(client)).toEqual([])
  const wrapped = server.replace('S 0:0(0)', 'S 4294967290:4294967290(0)').replace('ack 1 <mss', 'ack 4294967291 <mss')
  const inbound = '+0 < P. 4294967291:4294967295(4) ack 1 win 1000\n+0 < P. 4294967295:4294967295(0) ack 1 win 1\n'
  expect(check(`${wrapped.replace('. 1:1(0) ack 1 win', '. 4294967291:4294967291(0) ack 1 win')}${inbound}`)).toEqual(
    [],
  )
})

it('refuses those of what never was', () => {
  expect(check(`${server}+0 < P. 1:1001(1000) ack 1 win 1000\n+0 > . 1:1(0) ack 1002\n`)).toMatchObject([
    { severity: 'error', line: 9, column: 15, at: 'ack 1002', message: expect.stringContaining('nothing behind 1001') },
  ])
  expect(check(server.replace('ack 1 <mss', 'ack 2 <mss'))).toMatchObject([{ line: 5, at: 'ack 2' }])
})

it('begins anew with each connection', () => {
  const second = server.replaceAll('3', '5').replace('= 4', '= 6').replace('0 socket', '+0 socket')
  const data = '+0 < P. 1:1001(1000) ack 1 win 1000\n'
  expect(check(`${server}${data}${second}+0 > . 1:1(0) ack 1001\n`)).toMatchObject([{ line: 16, at: 'ack 1001' }])
})
