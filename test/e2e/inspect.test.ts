// What a script sees of its userspace stack: netstat, ss and their JSON by real curl, in every state of RFC 9293 3.3.2 and
// with every timer; and what Python is told of what the stack does not know.
import { describe, expect, it } from 'vitest'
import { drill, named, noLwip, scratch } from '../support/drill.js'

const { script } = scratch()

const ADMIN = 'http://127.0.0.1:8899'
/** A command of the script: what curl prints must have a line that fits. */
const shows = (path: string, pattern: string) => `+0 \`curl -s "${ADMIN}${path}" | grep -E '${pattern}'\`\n`
/** `condition` is Python's, about `rows`. */
const json = (path: string, condition: string) =>
  `+0 \`curl -s "${ADMIN}${path}" | python3 -c 'import json, sys; rows = json.load(sys.stdin); assert ${condition}, rows'\`\n`

const LISTEN = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
`
const SYN_RCVD = `${LISTEN}+0 < S 0:0(0) win 10000 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
`
const ESTABLISHED = `${SYN_RCVD}+.1 < . 1:1(0) ack 1 win 10000
+0 accept(3, ..., ...) = 4
`
const FIN_WAIT_1 = `${ESTABLISHED}+0 close(4) = 0
+0 > F. 1:1(0) ack 1
`
const FIN_WAIT_2 = `${FIN_WAIT_1}+.1 < . 1:1(0) ack 2 win 1000
`
const CLOSING = `${FIN_WAIT_1}+.1 < F. 1:1(0) ack 1 win 1000
+0~+.5 > . 2:2(0) ack 2
`
const CLOSE_WAIT = `${ESTABLISHED}+.1 < F. 1:1(0) ack 1 win 1000
+0~+.5 > . 1:1(0) ack 2
`

const SOCKETS = '^tcp +[0-9]+ +[0-9]+ '
/** An unscaled number of the columns, then both ends of the connection. */
const ENDS = '192\\.168\\.0\\.2:8080 +192\\.0\\.2\\.1:[0-9]+ +'

interface Seen {
  readonly state: string
  readonly lines: string
  /** Its line in netstat; in ss (with ?all=1 where that is needed). */
  readonly netstat: string
  readonly ss: string
  readonly all?: true
  /** Of the row of JSON. */
  readonly fd: number
  readonly timer: string
}

const connection = (state: string, ss: string, lines: string, fd: number, timer: string): Seen => {
  const words = { on: 'timer:\\(on,[0-9.a-z]+,0\\) ', timewait: 'timer:\\(timewait,[0-9a-z]+,0\\) ', none: '' }
  const after = timer === 'none' ? '(wscale|rto)' : words[timer as 'on' | 'timewait']
  return {
    state,
    lines,
    netstat: `${SOCKETS}${ENDS}${state} `,
    ss: `^${ss} +[0-9]+ +[0-9]+ +${ENDS}${after}`,
    fd,
    timer,
  }
}

const states: readonly Seen[] = [
  {
    state: 'CLOSED',
    lines: '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n',
    netstat: `${SOCKETS}192\\.168\\.0\\.2:8080 +0\\.0\\.0\\.0:\\* +CLOSED `,
    ss: '^UNCONN +0 +0 +192\\.168\\.0\\.2:8080 ',
    all: true,
    fd: 3,
    timer: 'none',
  },
  {
    state: 'LISTEN',
    lines: LISTEN,
    netstat: `${SOCKETS}192\\.168\\.0\\.2:8080 +0\\.0\\.0\\.0:\\* +LISTEN `,
    ss: '^LISTEN +0 +1 +192\\.168\\.0\\.2:8080 +0\\.0\\.0\\.0:\\*$',
    all: true,
    fd: 3,
    timer: 'none',
  },
  {
    ...connection(
      'SYN_SENT',
      'SYN-SENT',
      `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
`,
      3,
      'on',
    ),
    netstat: `${SOCKETS}192\\.168\\.0\\.2:[0-9]+ +192\\.0\\.2\\.1:8080 +SYN_SENT `,
    ss: '^SYN-SENT +0 +0 +192\\.168\\.0\\.2:[0-9]+ +192\\.0\\.2\\.1:8080 +timer:\\(on,',
  },
  connection('SYN_RCVD', 'SYN-RECV', SYN_RCVD, -1, 'on'),
  connection('ESTABLISHED', 'ESTAB', ESTABLISHED, 4, 'none'),
  connection('FIN_WAIT_1', 'FIN-WAIT-1', FIN_WAIT_1, -1, 'on'),
  connection('FIN_WAIT_2', 'FIN-WAIT-2', FIN_WAIT_2, -1, 'timewait'),
  connection('CLOSING', 'CLOSING', CLOSING, -1, 'on'),
  connection('TIME_WAIT', 'TIME-WAIT', `${CLOSING}+.1 < . 2:2(0) ack 2 win 1000\n`, -1, 'timewait'),
  connection('CLOSE_WAIT', 'CLOSE-WAIT', CLOSE_WAIT, 4, 'none'),
  connection('LAST_ACK', 'LAST-ACK', `${CLOSE_WAIT}+0 close(4) = 0\n+0 > F. 1:1(0) ack 2\n`, -1, 'on'),
]

describe.skipIf(noLwip)(named('inspection of a userspace stack', noLwip), () => {
  it('knows all states that there are', () => {
    expect(states).toHaveLength(11)
    expect(new Set(states.map(({ state }) => state)).size).toBe(11)
  })

  it.each(states)('shows $state in netstat, ss and JSON', ({ state, lines, netstat, ss, all, fd, timer }) => {
    const path = all ? '/ss?all=1' : '/ss'
    const row = `any(r["state"] == "${state}" and r["fd"] == ${fd} and r["timer"] == "${timer}" for r in rows)`
    const text = `${lines}${shows('/netstat', netstat)}${shows(path, ss)}${json('/netstat?format=json', row)}${json(
      `${path}${all ? '&' : '?'}format=json`,
      row,
    )}`
    expect(drill('lwip', script(text))).toMatchObject({ verdict: 'pass', message: null })
  })

  it('fails where the state is another one', () => {
    const { verdict, line } = drill('lwip', script(`${ESTABLISHED}${shows('/netstat', 'SYN_RCVD ')}`))
    expect({ verdict, line }).toEqual({ verdict: 'fail', line: ESTABLISHED.split('\n').length })
  })

  describe('shows the timer of', () => {
    const timer = (word: string) => shows('/ss', `^ESTAB .*:8080 .* timer:\\(${word}\\) `)
    const passes = (text: string) =>
      expect(drill('lwip', script(text))).toMatchObject({ verdict: 'pass', message: null })

    it('retransmission, with how often it has expired', () => {
      // 3 s before a round trip was measured (RFC 1122 4.2.3.1), in lwIP's ticks of 0.5 s, then backed off.
      passes(`${ESTABLISHED}+0 write(4, ..., 500) = 500
+0 > P. 1:501(500) ack 1
${timer('on,[23](\\.[0-9]+ms|sec),0')}+2.65 > P. 1:501(500) ack 1
${timer('on,[56](\\.[0-9]+ms|sec),1')}+6 > P. 1:501(500) ack 1
${timer('on,1[12]sec,2')}`)
    })

    it('keepalive, with the probes without an answer', () => {
      passes(`${ESTABLISHED}+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
+0 setsockopt(4, SOL_TCP, TCP_KEEPIDLE, [60], 4) = 0
+0 setsockopt(4, SOL_TCP, TCP_KEEPINTVL, [10], 4) = 0
${timer('keepalive,(59|1min)(sec)?,0')}+60.4 > . 0:0(0) ack 1
${timer('keepalive,(9\\.[0-9]+ms|10sec),1')}+10 > . 0:0(0) ack 1
${timer('keepalive,(9\\.[0-9]+ms|10sec),2')}`)
    })

    it('a closed window, with the probes without an answer', () => {
      passes(`${ESTABLISHED}+0 write(4, ..., 1000) = 1000
+0 > P. 1:1001(1000) ack 1
+.1 < . 1:1(0) ack 1001 win 0
+0 write(4, ..., 500) = 500
${timer('persist,1.500ms,0')}+1.05 > . 1001:1002(1) ack 1
${timer('persist,3sec,1')}`)
    })

    it('the quiet time, which ends', () => {
      const quiet = `${CLOSING}+.1 < . 2:2(0) ack 2 win 1000\n`
      passes(
        `${quiet}+60 ${shows('/ss', '^TIME-WAIT .* timer:\\(timewait,(59|1min)').slice(3)}+61 \`curl -s ${ADMIN}/netstat | grep -vq TIME_WAIT && ! curl -s ${ADMIN}/netstat | grep TIME_WAIT\`\n`,
      )
    })
  })

  describe('gives Python', () => {
    const block = (text: string) => drill('lwip', script(`${ESTABLISHED}+0 %{ ${text} }%\n`))

    it('what the stack knows', () => {
      const { verdict, message } = block(
        'assert tcpi_state == TCP_ESTABLISHED and tcpi_snd_mss == 1460 and tcpi_snd_cwnd == 3 and tcpi_ato == 250000 and tcpi_rto > 0',
      )
      expect({ verdict, message }).toEqual({ verdict: 'pass', message: null })
    })

    it.each([
      [
        'tcpi_total_retrans',
        'lwIP 2.1.3 does not tell it: luna_tcp_info.total_retrans is not known (bit 31 of `known` is 0)',
      ],
      ['tcpi_ecn_mode', 'lwIP 2.1.3 cannot tell it: luna_tcp_info has no such field'],
      ['bbr_bw', 'lwIP 2.1.3 cannot tell it: luna_stack_v1 has no TCP_CC_INFO'],
      ['SK_MEMINFO_DROPS', 'lwIP 2.1.3 cannot tell it: luna_stack_v1 has no SO_MEMINFO'],
    ])('no %s, and says who lacks what', (name, why) => {
      const { verdict, message } = block(`assert ${name} == 0`)
      expect(verdict).toBe('fail')
      expect(message).toContain(`NameError: name '${name}' is not defined`)
      expect(message).toContain(`hint: ${name} has no value here: ${why}`)
    })
  })
})
