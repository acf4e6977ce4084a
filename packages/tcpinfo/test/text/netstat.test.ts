import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { netstatText } from '../../src/text/netstat.js'
import { connection, datagrams, listener } from '../support/row.js'

it('looks like netstat -anp, with RFC 9293’s states', () => {
  const inHandshake = { ...connection, fd: -1, state: 'SYN_RCVD', remotePort: 40002, sendq: 0 }
  expect(netstatText([listener, datagrams, connection, inHandshake]).replaceAll(' \n', '·\n')).toMatchInlineSnapshot(`
    "Active Internet connections (servers and established)
    Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name   ·
    tcp        0      0 0.0.0.0:8080            0.0.0.0:*               LISTEN      -                  ·
    tcp        0   1000 192.168.0.2:8080        192.0.2.1:40001         ESTABLISHED -                  ·
    tcp        0      0 192.168.0.2:8080        192.0.2.1:40002         SYN_RCVD    -                  ·
    udp        0      0 0.0.0.0:8080            0.0.0.0:*                           -                  ·
    "
  `)
})

it('shows IPv6 as net-tools does', () => {
  const six = { ...connection, family: 'ipv6' as const, localIp: 'fd3d:fa7b::1', remoteIp: '2001:db8::1' }
  const any = { ...listener, family: 'ipv6' as const, localIp: '::', remoteIp: '::' }
  const lines = netstatText([any, six, { ...datagrams, family: 'ipv6' as const, localIp: '::', remoteIp: '::' }]).split(
    '\n',
  )
  expect(lines.slice(2, -1).map((line) => line.trimEnd())).toMatchInlineSnapshot(`
    [
      "tcp6       0      0 :::8080                 :::*                    LISTEN      -",
      "tcp6       0   1000 fd3d:fa7b::1:8080       2001:db8::1:40001       ESTABLISHED -",
      "udp6       0      0 :::8080                 :::*                                -",
    ]
  `)
})

it('answers the talk’s question', () => {
  const text = netstatText([listener, { ...connection, state: 'SYN_RCVD' }])
  expect(shell('grep 8080 | grep SYN_RCVD', text)).toMatch(/^tcp .*192\.168\.0\.2:8080 +192\.0\.2\.1:40001 +SYN_RCVD/)
})

it('is a title and a header without sockets', () => {
  expect(netstatText([]).split('\n').length).toBe(3)
})

function shell(command: string, input: string): string {
  return execFileSync('sh', ['-c', command], { input, encoding: 'utf8' })
}
