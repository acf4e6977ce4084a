import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { ssText } from '../../src/text/ss.js'
import { connection, datagrams, listener } from '../support/row.js'

it('looks like ss -tinoO', () => {
  const closing = { ...connection, localPort: 80, state: 'TIME_WAIT', timer: 'timewait', timerMs: 59_000, tcp: null }
  expect(ssText([listener, datagrams, connection, closing])).toMatchInlineSnapshot(`
    "State     Recv-Q Send-Q Local Address:Port Peer Address:Port  Process
    ESTAB     0      1000     192.168.0.2:8080    192.0.2.1:40001 timer:(on,204ms,0) ts sack wscale:7,10 rto:204 rtt:0.5/0.25 mss:1460 cwnd:10 bytes_acked:1 send 233600000bps unacked:1 retrans:0/2 snd_wnd:128000
    TIME-WAIT 0      1000     192.168.0.2:80      192.0.2.1:40001 timer:(timewait,59sec,0)
    "
  `)
})

it('shows listeners and closed sockets where all are asked for, as ss -a', () => {
  const closed = { ...listener, fd: 7, state: 'CLOSED', localPort: 0, sendq: 0, tcp: null }
  expect(ssText([listener, datagrams, closed, connection], true).split('\n').slice(1, 3)).toMatchInlineSnapshot(`
    [
      "LISTEN 0      1            0.0.0.0:8080      0.0.0.0:*",
      "UNCONN 0      0            0.0.0.0:*         0.0.0.0:*",
    ]
  `)
  expect(ssText([listener, closed])).toBe(ssText([]))
})

it('puts IPv6 into brackets', () => {
  const six = {
    ...connection,
    family: 'ipv6' as const,
    localIp: 'fd3d:fa7b::1',
    remoteIp: '2001:db8::1',
    timer: 'none',
  }
  expect(ssText([six])).toContain(' [fd3d:fa7b::1]:8080 [2001:db8::1]:40001 ')
})

it('answers the talk’s question: one line holds port and window', () => {
  const command = "grep 8080 | sed 's/^.*\\(cwnd:[0-9]*\\).*$/\\1/' | grep 10"
  expect(shell(command, ssText([listener, connection]))).toBe('cwnd:10\n')
  const smaller = { ...connection, tcp: new Map([['snd_cwnd', 2]]) }
  expect(() => shell(command, ssText([listener, smaller]))).toThrow()
})

it('leaves out what the stack does not know', () => {
  const quiet = { ...connection, timer: 'none', tcp: new Map([['snd_cwnd', 3]]) }
  expect(ssText([quiet]).split('\n')[1]).toMatch(/192\.0\.2\.1:40001 cwnd:3$/)
  expect(ssText([{ ...quiet, tcp: null }]).split('\n')[1]).toMatch(/192\.0\.2\.1:40001$/)
})

it.each([
  [5, '005ms'],
  [204, '204ms'],
  [1200, '1.200ms'],
  [10_900, '10sec'],
  [60_000, '1min'],
  [119_500, '1min59sec'],
  [7_199_000, '119min'],
  [0, '0ms'],
])('says %i ms as ss does: %s', (timerMs, text) => {
  expect(ssText([{ ...connection, timerMs }])).toContain(`timer:(on,${text},0)`)
})

function shell(command: string, input: string): string {
  return execFileSync('sh', ['-c', command], { input, encoding: 'utf8' })
}
