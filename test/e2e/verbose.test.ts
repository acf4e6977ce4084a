// packetdrill -v: its lines on stdout, in upstream's forms and order. Into a pipe, what was printed by others comes first.
import { describe, expect, it } from 'vitest'
import { command, named, noKernel, scratch } from '../support/drill.js'

const { script } = scratch()

const server = `\`echo init\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <...>
+.01 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_state == TCP_ESTABLISHED }%
+0 \`echo event\`
+0 %{ print("hello", _line) }%
\`echo cleanup\`
`

describe.skipIf(noKernel)(named('packetdrill -v', noKernel), () => {
  it('prints the Python program, then packets and calls, then what has run it', () => {
    const path = script(server, 'verbose.pkt')
    const { status, stdout, stderr } = command('packetdrill', ['-v', path])
    expect([status, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines.slice(0, 4)).toEqual(['init', 'event', 'cleanup', 'import sys'])
    const program = lines.slice(3, lines.indexOf('hello 12'))
    expect(program).toContain('TCP_ESTABLISHED = 1')
    expect(program).toContain('tcpi_snd_mss = 1000')
    expect(program.filter((line) => line.startsWith('_'))).toEqual([
      `_file = '${path}'`,
      '_line = 10',
      `_file = '${path}'`,
      '_line = 12',
    ])
    const rest = lines.slice(lines.indexOf('hello 12') + 1, -1)
    const call = (name: string) => expect.stringMatching(new RegExp(`^${name} syscall: \\d{10}\\.\\d{6}$`))
    const packet = (words: string) => expect.stringMatching(new RegExp(`^${words}$`))
    expect(rest).toEqual([
      ...['socket', 'setsockopt', 'bind', 'listen'].map(call),
      packet(String.raw`inbound injected packet: +-?\d+\.\d{6} S 0:0\(0\) win 32792 <mss 1000,nop,wscale 7>`),
      packet(
        String.raw`outbound sniffed packet: +-?\d+\.\d{6} S\. \d+:\d+\(0\) ack 1 win \d+ <mss 1460,nop,wscale \d+>`,
      ),
      packet(String.raw`inbound injected packet: +-?\d+\.\d{6} \. 1:1\(0\) ack \d+ win 257 `),
      call('accept'),
      "running: 'python3 /dev/fd/3'",
    ])
  })

  it('prints nothing without it, whatever passes', () => {
    const quiet = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'quiet.pkt')
    expect(command('packetdrill', [quiet, quiet])).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('sets PACKETDRILL_PID to the parent of the commands', () => {
    const pid = script('0 `test $PACKETDRILL_PID = $PPID`\n', 'pid.pkt')
    expect(command('packetdrill', [pid])).toEqual({ status: 0, stdout: '', stderr: '' })
  })
})
