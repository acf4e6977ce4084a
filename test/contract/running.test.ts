// What surrounds the packets and calls of a script: commands, Python, defines, options, cleanup, and the script's own
// mistakes, each with its line and words.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { accepted, contract, listening } from '../support/contract.js'

/** Lines of a file that the script's commands have written into $CONTRACT_DIR. */
function written(folder: string): string[] {
  const path = join(folder, 'written')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : []
}

const INIT = '`rm -f $CONTRACT_DIR/written`'
const say = (word: string) => `\`echo ${word} >> $CONTRACT_DIR/written\``
const socket = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3'

contract({
  commands: [
    {
      name: 'are run by the shell in their place, over several lines too',
      script: `${INIT}
${socket}
+0 ${say('one')}
+0 close(3) = 0
+.01 \`if true
then echo two >> $CONTRACT_DIR/written
fi\`
`,
      check: (_result, folder) => expect(written(folder)).toEqual(['one', 'two']),
      twins: [
        {
          with: 'an exit status',
          from: '+.01 `if true',
          to: '+.01 `exit 3; if true',
          at: '+.01',
          says: 'non-zero status 3',
        },
        {
          with: 'an unknown command',
          from: '+.01 `if true',
          to: '+.01 `no-such-command 2> /dev/null; exit $?; if true',
          at: '+.01',
          says: 'non-zero status 127',
        },
      ],
    },
    {
      name: 'see the network of the stack, or of nobody',
      script: `${accepted}
+0 \`test -d /proc/self/net\`
`,
    },
    {
      name: 'take time: a relative line counts from their end',
      script: `${socket}
+0 \`sleep 0.2\`
+.01 close(3) = 0
`,
    },
  ],

  'cleanup commands': [
    {
      name: 'are run once after a pass, before Python',
      script: `${INIT}
${accepted.trimStart()}
+0 %{ import os; os.system("echo python >> $CONTRACT_DIR/written") }%
${say('cleanup')}
`,
      check: (_result, folder) => expect(written(folder)).toEqual(['cleanup', 'python']),
    },
    {
      name: 'are run after a failure, and Python is not',
      script: `${INIT}
${accepted.trimStart()}
+0 %{ import os; os.system("echo python >> $CONTRACT_DIR/written") }%
+0 read(4, ..., 0) = 1
${say('cleanup')}
`,
      fails: { at: 'read(', says: 'Expected result 1 but got 0' },
      check: (_result, folder) => expect(written(folder)).toEqual(['cleanup']),
    },
    {
      name: 'are run once more where Python fails',
      script: `${INIT}
${accepted.trimStart()}
+0 %{ assert False }%
${say('cleanup')}
`,
      fails: { at: '%{', says: 'assert' },
      check: (_result, folder) => expect(written(folder)).toEqual(['cleanup', 'cleanup']),
    },
    {
      name: 'are not run without an init command',
      script: `${socket}
+0 \`rm -f $CONTRACT_DIR/written\`
${say('cleanup')}
`,
      check: (_result, folder) => expect(written(folder)).toEqual([]),
    },
    {
      name: 'are not run where the init command failed',
      script: `\`rm -f $CONTRACT_DIR/written; exit 4\`
${socket}
${say('cleanup')}
`,
      fails: { at: '`rm', says: 'the init command failed' },
      check: (_result, folder) => expect(written(folder)).toEqual([]),
    },
    {
      name: 'of an earlier script are not run',
      script: `${INIT}
${socket}
`,
      check: (_result, folder) => expect(written(folder)).toEqual([]),
    },
    {
      name: 'that fail make a pass a failure, and Python is not run',
      script: `${INIT}
${accepted.trimStart()}
+0 %{ import os; os.system("echo python >> $CONTRACT_DIR/written") }%
\`echo cleanup >> $CONTRACT_DIR/written; exit 5\`
`,
      fails: { at: '`echo cleanup', says: 'the cleanup command failed' },
      check: (_result, folder) => expect(written(folder)).toEqual(['cleanup']),
    },
  ],

  Python: [
    {
      name: 'blocks see the connection as it was at their line',
      script: `${accepted}
+0 %{ assert tcpi_state == TCP_ESTABLISHED, tcpi_state }%
+0 %{ assert tcpi_snd_mss == 1460 and tcpi_unacked == 0 }%
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 %{ # of several lines
assert tcpi_unacked == 1, tcpi_unacked
seen = tcpi_unacked
}%
+.01 < . 1:1(0) ack 101 win 32792
+0 %{ assert tcpi_unacked == seen - 1 }%
+0 shutdown(4, SHUT_WR) = 0
+0 > F. 101:101(0) ack 1
+0 %{ assert tcpi_state == TCP_FIN_WAIT1, tcpi_state }%
+.01 < . 1:1(0) ack 102 win 32792
+0 %{ assert tcpi_state == TCP_FIN_WAIT2, tcpi_state }%
`,
      wall: true,
      twins: [
        {
          with: 'another state',
          from: 'tcpi_state == TCP_ESTABLISHED',
          to: 'tcpi_state == TCP_LISTEN',
          at: 'TCP_LISTEN',
          says: 'tcpi_state',
        },
        {
          with: 'another number, in a block of several lines',
          from: 'assert tcpi_unacked == 1',
          to: 'assert tcpi_unacked == 2',
          at: '%{ # of several lines',
          says: 'tcpi_unacked',
        },
        {
          with: 'a name that is not there',
          from: 'seen = tcpi_unacked',
          to: 'seen = tcpi_no_such_thing',
          at: '%{ # of several lines',
          says: 'tcpi_no_such_thing',
        },
      ],
    },
    {
      name: 'knows CLOSE_WAIT and LAST_ACK of a passive close',
      script: `${accepted}
+.01 < F. 1:1(0) ack 1 win 32792
+0~+.5 > . 1:1(0) ack 2
+0 %{ assert tcpi_state == TCP_CLOSE_WAIT, tcpi_state }%
+0 shutdown(4, SHUT_WR) = 0
+0 > F. 1:1(0) ack 2
+0 %{ assert tcpi_state == TCP_LAST_ACK, tcpi_state }%
`,
    },
    {
      name: 'has no connection before accept()',
      script: `${listening}
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+0 %{ assert True }%
`,
      fails: { at: '%{', says: "can't find getsockopt to get TCP info" },
    },
  ],

  defines: [
    {
      name: 'of the command line replace words',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [WANTED], [4]) = 0
+0 setsockopt(3, SOL_TCP, OPTION, [1], 4) = 0
`,
      options: [
        ['define', 'WANTED=0'],
        ['define', 'OPTION=TCP_NODELAY'],
      ],
      twins: [
        {
          with: 'one that is not defined',
          from: 'WANTED',
          to: 'WANTED2',
          at: 'WANTED2',
          says: "unknown symbol: 'WANTED2'",
        },
      ],
    },
    {
      name: 'of the command line win over those of the script',
      script: `--define="SIZE=5"
${accepted.trimStart()}
+0 write(4, ..., SIZE) = SIZE
+0 > P. 1:101(100) ack 1
`,
      options: [['define', 'SIZE=100']],
    },
  ],

  options: [
    {
      name: '--tolerance_usecs in a script says how late is in time',
      script: `--tolerance_usecs=300000
${accepted.trimStart()}
+0 write(4, ..., 100) = 100
+.2 > P. 1:101(100) ack 1
`,
      options: [['tolerance_usecs', '300000']],
      twins: [],
    },
    {
      name: 'without it, what comes before its time is too early',
      script: `${accepted}
+0 write(4, ..., 100) = 100
+.2 > P. 1:101(100) ack 1
`,
      fails: { at: '> P.', says: 'timing error: expected outbound packet at 0.' },
    },
    {
      name: '--non_fatal=packet makes a wrong packet a warning',
      script: `--non_fatal=packet
${accepted.trimStart()}
+0 write(4, ..., 100) = 100
+0 > . 1:101(100) ack 1
+.01 < . 1:1(0) ack 101 win 32792
+0 write(4, ..., 100) = 100
+0 > P. 101:201(100) ack 1
`,
      check: ({ warnings }) => {
        expect(warnings).toHaveLength(1)
        expect(warnings[0]).toMatch(/:11: warning handling packet: live packet field tcp_psh: expected: 0 .* actual: 1/)
      },
      twins: [
        {
          with: 'a wrong call',
          from: 'ack 101 win 32792\n+0 write(4, ..., 100) = 100',
          to: 'ack 101 win 32792\n+0 write(4, ..., 100) = 99',
          at: '= 99',
          says: 'Expected result 99 but got 100',
        },
        {
          with: 'a wrong length',
          from: '101:201(100)',
          to: '101:151(50)',
          at: '101:151',
          says: 'live packet payload: expected 50 bytes vs actual 100 bytes',
        },
      ],
    },
    {
      name: '--bind_port and --remote_ip',
      script: `--bind_port=4321
--remote_ip=198.51.100.7
--connect_port=99
${accepted.trimStart()}
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`,
    },
    {
      name: 'of the script that nobody knows',
      script: `--no_such_option=1
${socket}
`,
      fails: { at: '--no_such_option', says: "option 'no_such_option' unknown", verdict: 'error' },
    },
  ],

  times: [
    {
      name: 'absolute, relative, ranges and any',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
0 bind(3, ..., ...) = 0
0 listen(3, 1) = 0
0.1 < S 0:0(0) win 32792 <mss 1460>
0.1 > S. 0:0(0) ack 1 <...>
0.2 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 100) = 100
0.2~0.3 > P. 1:101(100) ack 1
+.1 < . 1:1(0) ack 101 win 32792
+0 write(4, ..., 100) = 100
+0~+.1 > P. 101:201(100) ack 1
+.1 < . 1:1(0) ack 201 win 32792
+0 write(4, ..., 100) = 100
* > P. 201:301(100) ack 1
`,
      wall: true,
      twins: [
        {
          with: 'an earlier range',
          from: '0.2~0.3',
          to: '0.0~0.1',
          at: '0.0~0.1',
          says: 'timing error: expected outbound packet in time range 0.000000~0.100000 sec but happened at 0.',
        },
        {
          with: 'a later range',
          from: '+0~+.1',
          to: '+.3~+.4',
          at: '+.3~+.4',
          says: 'timing error: expected outbound packet in relative time range +0.300000~+0.400000 sec but happened at',
        },
      ],
    },
    {
      name: 'that run backwards',
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
0.2 bind(3, ..., ...) = 0
0.1 listen(3, 1) = 0
`,
      fails: { at: 'listen(', says: 'time goes backward in script from 200000 usec to 100000 usec' },
    },
    {
      name: 'that do not begin at 0',
      script: `
0.1 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
`,
      fails: { at: 'socket(', says: 'first event should be at time 0' },
    },
    {
      name: 'that have passed',
      wall: true,
      script: `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 \`sleep 0.3\`
0.1 bind(3, ..., ...) = 0
`,
      needs: 'commands that take time',
      fails: { at: 'bind(', says: 'timing error: expected system call start at 0.1' },
    },
  ],

  mistakes: [
    {
      name: 'an unknown symbol',
      script: `${socket}\n+0 setsockopt(3, SOL_SOCKET, SO_REUSEADR, [1], 4) = 0\n`,
      fails: { at: 'SO_REUSEADR', says: "unknown symbol: 'SO_REUSEADR'" },
    },
    {
      name: 'an unknown symbol for an errno',
      script: `${socket}\n+0 read(3, ..., 1) = -1 ENOTCON (x)\n`,
      fails: { at: 'ENOTCON', says: "unknown symbol: 'ENOTCON'" },
    },
    {
      name: 'an unknown call',
      script: `${socket}\n+0 dup(3) = 4\n`,
      fails: { at: 'dup', says: "Unknown system call: 'dup'" },
    },
    {
      name: 'too few arguments',
      script: `${socket}\n+0 listen(3) = 0\n`,
      fails: { at: 'listen', says: 'Expected 2 args but got 1' },
    },
    {
      name: 'too many arguments',
      script: `${socket}\n+0 close(3, 4) = 0\n`,
      fails: { at: 'close', says: 'Expected 1 args but got 2' },
    },
    {
      name: 'a wrong number of arguments of fcntl()',
      script: `${socket}\n+0 fcntl(3) = 0\n`,
      fails: { at: 'fcntl', says: 'fcntl expected 2-3 args but got 1' },
    },
    {
      name: 'an argument of another type',
      script: `${socket}\n+0 bind(3, 5, ...) = 0\n`,
      fails: { at: 'bind', says: 'Bad type; actual: integer expected: ellipsis' },
    },
    {
      name: 'a list of two for an option',
      script: `${socket}\n+0 setsockopt(3, SOL_TCP, TCP_NODELAY, [1, 2], 4) = 0\n`,
      fails: { at: 'TCP_NODELAY', says: 'Expected [<element>] but got multiple elements' },
    },
    {
      name: 'a number beyond 32 bits',
      script: `${socket}\n+0 listen(3, 4294967296) = 0\n`,
      fails: { at: 'listen', says: 'Value out of range for 32-bit integer: 4294967296' },
    },
    {
      name: 'a result that is a word',
      script: `${socket}\n+0 close(3) = EPERM\n`,
      fails: { at: 'close', says: 'Bad type; actual: word expected: integer' },
    },
    {
      name: 'a mistake that the script does not reach',
      script: `${socket}\n+0 close(3) = 1\n+0 dup(3) = 4\n`,
      fails: { at: 'close', says: 'Expected result 1 but got 0' },
    },
    {
      name: 'an outbound packet of no connection',
      script: `0 > S. 0:0(0) ack 1\n`,
      fails: { at: '> S.', says: 'no matching socket for script packet' },
    },
    {
      name: 'an inbound packet without a window',
      script: `${socket}\n+0 < S 0:0(0)\n`,
      fails: { at: '< S', says: 'an inbound packet needs a window', verdict: 'error' },
    },
    {
      name: 'an echo of a timestamp that was never sent',
      script: `${listening}\n+0 < S 0:0(0) win 100 <mss 1460>\n+0 > S. 0:0(0) ack 1 <...>\n+0 < . 1:1(0) ack 1 win 100 <nop,nop,TS val 5 ecr 77>\n`,
      fails: { at: 'ecr 77', says: 'unable to infer live TS ecr for script TS ecr 77' },
    },
    {
      name: 'a syntax error',
      script: `${socket}\n+0 close(3) 0\n`,
      fails: { at: 'close', says: "expected '=' and the result of the call", verdict: 'error' },
    },
  ],
})
