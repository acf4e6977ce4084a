import { describe, expect, it } from 'vitest'
import { EngineError } from '../../src/errors.js'
import { handshake, PASSIVE, passive } from '../support/connections.js'
import { play } from '../support/play.js'
import { blocks, call, inject, oversleeps, returns, sends, shell, snapshot } from '../support/playbook.js'

const variables = { values: new Map([['tcpi_snd_cwnd', 10]]), missing: new Map<string, string>() }
const EAGAIN = 11

describe('a script', () => {
  it('of a passive connection is played event by event', () => {
    const { failure, host, flows } = play(
      `${PASSIVE}+0 < P. 1:101(100) ack 1 win 1000
+0 > . 1:1(0) ack 101
+0 read(4, ..., 100) = 100
+.01 write(4, ..., 50) = 50
+0 > P. 1:51(50) ack 101
+0 close(4) = 0
`,
      [
        ...passive,
        inject('P. 1:101(100) ack 5001 win 1000'),
        sends('. 5001:5001(0) ack 101 win 9'),
        call('read', 100),
        call('write', 50),
        sends('P. 5001:5051(50) ack 101 win 9'),
        call('close', 0),
      ],
    )
    expect(failure).toBeNull()
    expect(flows.underTest).toMatchObject({ state: 'synack-acked', liveFd: 8, liveLocalIsn: 5000 })
    expect(host.fds).toEqual([-1, 7, 7, 7, 8, 8, 8])
    expect(host.log.at(-2)).toBe('0.010000 call write')
  })

  it('of an active connection learns the port and the ISN from the SYN', () => {
    const { failure } = play(
      `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460>
+.1 < S. 700:700(0) ack 1 win 1000
+0 > . 1:1(0) ack 1
`,
      [
        call('socket', 7),
        call('connect', -1, { errno: 115 }),
        sends('49152 > 8080 S 90000:90000(0) win 9 <mss 1460>'),
        inject('S. 700:700(0) ack 90001 win 1000'),
        sends('49152 > 8080 . 90001:90001(0) ack 701 win 9'),
      ],
    )
    expect(failure).toBeNull()
  })

  it('without a socket may meet a closed port', () => {
    const { failure } = play('0 < S 100:100(0) win 1000\n+0 > R. 0:0(0) ack 1\n', [
      inject('S 100:100(0) win 1000'),
      sends('R. 0:0(0) ack 101 win 0'),
    ])
    expect(failure).toBeNull()
  })

  it('of a simultaneous open does not learn the peer’s ISN: its numbers stay absolute', () => {
    const { failure } = play(
      `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = 0
+0 > S 0:0(0)
+0 < S 500:500(0) win 1000
+0 > S. 0:0(0) ack 501
+0 < . 501:501(0) ack 1 win 1000
`,
      [
        call('socket', 7),
        call('connect', 0),
        sends('555 > 8080 S 9000:9000(0) win 9'),
        inject('S 500:500(0) win 1000'),
        sends('555 > 8080 S. 9000:9000(0) ack 501 win 9'),
        inject('. 501:501(0) ack 9001 win 1000'),
      ],
    )
    expect(failure).toBeNull()
  })

  it('may send the SYN-ACK again: the ISN is the first one’s', () => {
    const upTo5 = PASSIVE.split('\n').slice(0, 5).join('\n')
    const synAck = 'S. 5000:5000(0) ack 1 win 9 <mss 1460>'
    const { failure } = play(`${upTo5}\n+1 > S. 0:0(0) ack 1 <...>\n`, [
      ...handshake.slice(0, 5),
      sends(synAck, 1_000_000),
    ])
    expect(failure).toBeNull()
  })

  it('may make a second connection with a second listening socket', () => {
    const second = PASSIVE.replace('0 socket', '+0 socket')
      .replace('= 3', '= 5')
      .replaceAll('(3', '(5')
      .replace('= 4', '= 6')
    const { failure, flows } = play(`${PASSIVE}${second}+0 close(4) = 0\n`, [
      ...passive,
      call('socket', 9),
      call('bind', 0),
      call('listen', 0),
      inject('S 0:0(0) win 1000'),
      sends('. 5001:5001(0) ack 1 win 9'),
      sends('8080 > 40001 S. 7000:7000(0) ack 1 win 9 <mss 1460>'),
      inject('. 1:1(0) ack 7001 win 1000'),
      call('accept', 10),
      call('close', 0),
    ])
    expect(failure).toBeNull()
    expect(flows.underTest).toMatchObject({ liveFd: 10, remotePort: 40_001 })
  })

  it('must begin at time 0', () => {
    expect(play('.1 `true`\n', []).failure).toBe('1: first event should be at time 0')
    expect(play('+.1 `true`\n', []).failure).toBe('1: first event should be at time 0')
    expect(play('+0 `true`\n', [shell('true')]).failure).toBeNull()
  })

  it('must not go back in absolute time, which is found when the script comes there', () => {
    const { failure, host } = play('0 `a`\n.2 `b`\n.1 `c`\n', [shell('a'), shell('b')])
    expect(failure).toBe('3: time goes backward in script from 200000 usec to 100000 usec')
    expect(host.log).toEqual(['0.000000 shell a', '0.200000 shell b'])
  })

  it('may write an absolute time after a relative one', () => {
    const { host } = play('0 `a`\n+.1 `b`\n.2 `c`\n+.1 `d`\n', [shell('a'), shell('b'), shell('c'), shell('d')])
    expect(host.log.map((line) => line.slice(0, 8))).toEqual(['0.000000', '0.100000', '0.200000', '0.300000'])
  })
})

describe('a relative time', () => {
  it('counts from the end of what was before', () => {
    const { failure, host } = play('0 `slow`\n+.1 `next`\n', [shell('slow', null, 250_000), shell('next')])
    expect(failure).toBeNull()
    expect(host.log).toEqual(['0.000000 shell slow', '0.350000 shell next'])
  })

  it('counts from the packet before in a run of inbound packets, so that lateness does not add up', () => {
    const run = `${PASSIVE}+.1 < P. 1:2(1) ack 1 win 1
+.1 < P. 2:3(1) ack 1 win 1
+.1 < P. 3:4(1) ack 1 win 1
`
    const { failure, host } = play(run, [
      ...passive,
      oversleeps(3000),
      inject('P. 1:2(1) ack 5001 win 1'),
      inject('P. 2:3(1) ack 5001 win 1'),
      inject('P. 3:4(1) ack 5001 win 1'),
    ])
    expect(failure).toBeNull()
    expect(host.log.slice(-3).map((line) => line.slice(0, 8))).toEqual(['0.103000', '0.200000', '0.300000'])
  })

  it('counts from an expected packet’s arrival', () => {
    const { host } = play(`${PASSIVE}+0~+.2 > . 1:1(0) ack 1\n+.1 < . 1:1(0) ack 1 win 5\n`, [
      ...passive,
      sends('. 5001:5001(0) ack 1 win 9', 150_000),
      inject('. 1:1(0) ack 5001 win 5'),
    ])
    expect(host.log.at(-1)).toBe('0.250000 inject . 1:1(0) ack 5001 win 5 ')
  })
})

describe('lateness', () => {
  it('of the tester itself is told', () => {
    const { failure, problem, lateness } = play('0 `a`\n+.01 `b`\n', [shell('a'), oversleeps(4001), shell('b')])
    expect(failure).toBe(
      '2: timing error: expected command at 0.010000 sec but happened at 0.014001 sec; tolerance 0.004000 sec',
    )
    expect(problem?.code).toBe('LD_TIMING')
    expect(lateness).toEqual([
      { line: 2, dueUs: 10_000, actedUs: 14_001, limitUs: 2000, reason: 'half of its tolerance' },
    ])
  })

  it('within the tolerance is none', () => {
    expect(play('0 `a`\n+.01 `b`\n', [shell('a'), oversleeps(4000), shell('b')]).failure).toBeNull()
    // 12.5 % of the second before.
    expect(play('0 `a`\n+1 `b`\n', [shell('a'), oversleeps(125_000), shell('b')]).failure).toBeNull()
  })

  it('because of what came before is a failure', () => {
    const { failure, problem } = play('0 `slow`\n.1 `b`\n', [shell('slow', null, 302_480)])
    expect(failure).toBe(
      '2: timing error: expected command at 0.100000 sec but happened at 0.302480 sec; tolerance 0.012500 sec',
    )
    expect(problem).toMatchObject({
      verdict: 'fail',
      detail: { time: { expectedUs: 100_000, endUs: null, actualUs: 302_480, toleranceUs: 12_500 } },
    })
  })

  it.each([
    ['< S 0:0(0) win 1', 'inbound packet'],
    ['socket(..., SOCK_STREAM, 6) = 3', 'system call start'],
    ['%{ pass }%', 'data collection for code'],
  ])('of %s is called that of the %s', (action, what) => {
    // A packet is handed over first and judged afterwards; nothing else is done any more.
    const steps = [shell('slow', null, 200_000), inject('S 0:0(0) win 1')]
    expect(play(`0 \`slow\`\n.1 ${action}\n`, steps).failure).toBe(
      `2: timing error: expected ${what} at 0.100000 sec but happened at 0.200000 sec; tolerance 0.012500 sec`,
    )
  })

  it('of the first event does not exist', () => {
    expect(play('0 `a`\n', [oversleeps(1e6), shell('a')]).failure).toBeNull()
  })
})

describe('a shell command', () => {
  it('that fails ends the run with its text and its status', () => {
    const { failure, problem } = play('0 `false`\n+0 `never`\n', [shell('false', 'non-zero status 1')])
    expect(failure).toBe('1: error executing `false` command: non-zero status 1')
    expect(problem?.code).toBe('LD_COMMAND')
  })
})

describe('a system call', () => {
  it('with another result ends the run', () => {
    const { failure } = play('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 bind(3, ..., ...) = 0\n', [
      call('socket', 7),
      call('bind', -1, { errno: 98 }),
    ])
    expect(failure).toBe(
      '2: runtime error in bind call: Expected result 0 but got -1 with errno 98 (Address already in use)',
    )
  })

  it('that cannot be made is reported when the script comes there', () => {
    const { failure, host } = play('0 `a`\n+.5 teleport(3) = 0\n', [shell('a')])
    expect(failure).toBe("2: runtime error in teleport call: Unknown system call: 'teleport'")
    expect(host.now()).toBe(500_000)
  })

  it('that takes long is not late itself', () => {
    const { failure } = play(`${PASSIVE}+0 read(4, ..., 100) = 0\n+.1 close(4) = 0\n`, [
      ...passive,
      call('read', 0, { takesUs: 2_000_000 }),
      call('close', 0),
    ])
    expect(failure).toBeNull()
  })
})

describe('a blocking call', () => {
  const accept = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
`
  const listening = [call('socket', 7), call('bind', 0), call('listen', 0)]

  it('sleeps while packets come, and returns in time', () => {
    const { failure, flows, host } = play(
      `${accept}+0...0.2 accept(3, ..., ...) = 4
+.1 < S 0:0(0) win 1000
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 1000
+.1 write(4, ..., 5) = 5
`,
      [
        ...listening,
        blocks('accept'),
        inject('S 0:0(0) win 1000'),
        sends('S. 5000:5000(0) ack 1 win 9 <mss 1460>'),
        inject('. 1:1(0) ack 5001 win 1000'),
        returns(8, 0),
        call('write', 5),
      ],
    )
    expect(failure).toBeNull()
    expect(flows.underTest?.liveFd).toBe(8)
    expect(host.log[3]).toBe('0.000000 start accept')
  })

  it('may return at once where the script says so', () => {
    expect(
      play(`${PASSIVE}+0...0 read(4, ..., 10) = -1 EAGAIN (Resource)\n`, [
        ...passive,
        call('read', -1, { errno: EAGAIN }),
      ]).failure,
    ).toBeNull()
  })

  it('starts at its time', () => {
    const { host } = play(`${PASSIVE}+.1...0.3 read(4, ..., 10) = 0\n`, [
      ...passive,
      blocks('read'),
      returns(0, 200_000),
    ])
    expect(host.log.at(-1)).toBe('0.100000 start read')
  })

  it('that returns early fails', () => {
    const { failure } = play(`${PASSIVE}+0...0.1 read(4, ..., 10) = 10\n+1 close(4) = 0\n`, [
      ...passive,
      blocks('read'),
      returns(10, 60_599),
    ])
    expect(failure).toBe(
      '8: timing error: expected system call return at 0.100000 sec but happened at 0.060599 sec; tolerance 0.012500 sec',
    )
  })

  it('that returns late fails', () => {
    const { failure, problem } = play(`${PASSIVE}+0...0.1 read(4, ..., 10) = 10\n`, [
      ...passive,
      blocks('read'),
      returns(10, 112_501),
    ])
    expect(failure).toContain('expected system call return at 0.100000 sec but happened at 0.112501 sec')
    expect(problem?.verdict).toBe('fail')
  })

  it('is judged by its result before its time, and by its own line', () => {
    const { failure } = play(`${PASSIVE}+0...0.1 read(4, ..., 10) = 10\n+.3 \`later\`\n`, [
      ...passive,
      blocks('read'),
      returns(7, 50_000),
    ])
    expect(failure).toBe('8: runtime error in read call: Expected result 10 but got 7 with errno 0 (Success)')
  })

  it('that returned while a command ran is not judged before an event that is waited for', () => {
    const { failure, host } = play(
      `${PASSIVE}+0...0.1 read(4, ..., 10) = 10\n+0 \`slow\`\n+0 \`next\`\n+.1 \`last\`\n`,
      [...passive, blocks('read'), shell('slow', null, 200_000), returns(7, 0), shell('next')],
    )
    expect(failure).toBe('8: runtime error in read call: Expected result 10 but got 7 with errno 0 (Success)')
    expect(host.log.at(-1)).toContain('next')
  })

  it('that never returns fails a second after the last event', () => {
    const { failure, host } = play(`${PASSIVE}+0...0.1 read(4, ..., 10) = 10\n+.3 \`later\`\n`, [
      ...passive,
      blocks('read'),
      shell('later'),
    ])
    expect(failure).toBe('8: runtime error: exiting while a blocking system call is in progress')
    expect(host.now()).toBe(1_300_000)
  })

  it('that returns in the second after the last event is judged then', () => {
    const { failure } = play(`${PASSIVE}+0...0.8 read(4, ..., 10) = 10\n`, [
      ...passive,
      blocks('read'),
      returns(10, 800_000),
    ])
    expect(failure).toBeNull()
  })

  it('holds up a second one for a second, which then fails', () => {
    const { failure, host } = play(`${PASSIVE}+0...9 read(4, ..., 10) = 10\n+.1...0.2 write(4, ..., 10) = 10\n`, [
      ...passive,
      blocks('read'),
    ])
    expect(failure).toBe(
      '9: runtime error in write call: blocking system call while another blocking system call is already in progress',
    )
    expect(host.now()).toBe(1_000_000)
  })

  it('lets a second one begin when it has returned', () => {
    const { failure } = play(`${PASSIVE}+0...0.05 read(4, ..., 10) = 10\n+.1...0.2 write(4, ..., 10) = 10\n`, [
      ...passive,
      blocks('read'),
      returns(10, 50_000),
      blocks('write'),
      returns(10, 100_000),
    ])
    expect(failure).toBeNull()
  })

  it('holds up a plain call for a second, which is then late', () => {
    const { failure, problem } = play(`${PASSIVE}+0...0.5 accept(3, ..., ...) = 5\n+.1 close(4) = 0\n`, [
      ...passive,
      blocks('accept'),
    ])
    expect(failure).toBe(
      '9: timing error: expected system call start at 0.100000 sec but happened at 1.000000 sec; tolerance 0.012500 sec',
    )
    expect(problem?.verdict).toBe('fail')
  })

  it('that returns while a plain call waits for it lets it run', () => {
    const { failure, host } = play(`${PASSIVE}+0...0.1 read(4, ..., 10) = 10\n+.1 close(4) = 0\n`, [
      ...passive,
      blocks('read'),
      returns(10, 100_000),
      call('close', 0),
    ])
    expect(failure).toBeNull()
    expect(host.log.at(-1)).toBe('0.100000 call close')
  })

  it('that the tester started late is told, whatever came of it', () => {
    const { failure, lateness } = play(`${PASSIVE}+.01...0.1 read(4, ..., 10) = 10\n`, [
      ...passive,
      oversleeps(5000),
      blocks('read'),
      returns(7, 90_000),
    ])
    expect(failure).toBe(
      '8: timing error: expected system call start at 0.010000 sec but happened at 0.015000 sec; tolerance 0.004000 sec',
    )
    expect(lateness).toMatchObject([{ line: 8, dueUs: 10_000, actedUs: 15_000 }])
  })

  it('that comes late because of what was before fails', () => {
    const { failure } = play(`0 \`slow\`\n.1...0.2 socket(..., SOCK_STREAM, 6) = 3\n`, [shell('slow', null, 150_000)])
    expect(failure).toBe(
      '2: timing error: expected system call start at 0.100000 sec but happened at 0.150000 sec; tolerance 0.012500 sec',
    )
  })
})

describe('a Python block', () => {
  it('takes what the stack says at its time', () => {
    const { interpreter, host } = play(`${PASSIVE}+.1 %{ assert tcpi_snd_cwnd == 10 }%\n`, [
      ...passive,
      snapshot(variables),
    ])
    expect(interpreter.snippets).toEqual([{ text: 'assert tcpi_snd_cwnd == 10', line: 8, textLine: 8, variables }])
    expect(host.log.at(-1)).toBe('0.100000 snapshot of 8')
  })

  it('needs a socket', () => {
    expect(play('0 %{ pass }%\n', []).failure).toBe('1: runtime error in code: no socket to use for code')
  })

  it('needs a descriptor, which a connection does not have before accept()', () => {
    const before = PASSIVE.split('\n').slice(0, 6).join('\n')
    const { failure, problem } = play(`${before}\n+0 %{ pass }%\n`, handshake)
    expect(failure).toBe("7: runtime error in code: can't find getsockopt to get TCP info")
    expect(problem?.detail.hint).toContain('accept()')
  })

  it('is refused where the stack has no such structure', () => {
    const refusal = new EngineError('LD_TCP_INFO', "can't find getsockopt to get sk_meminfo")
    const { failure } = play(`${PASSIVE}+0 %{ pass }%\n`, [...passive, snapshot(refusal)])
    expect(failure).toBe("8: runtime error in code: can't find getsockopt to get sk_meminfo")
  })
})

describe('what the host refuses', () => {
  it('is an error of the environment at that line', () => {
    const refusal = new EngineError('LD_HOST_GONE', "the stack's thread has ended", 'start again')
    const { problem } = play(`${PASSIVE}+0 %{ pass }%\n`, [...passive, snapshot(refusal)])
    expect(problem).toMatchObject({ verdict: 'error', code: 'LD_HOST_GONE', detail: { hint: 'start again' } })
  })

  it('is a failure where a call can never return', () => {
    const refusal = new EngineError('LD_CALL_SLEEPS', 'the call sleeps')
    const { problem } = play(`${PASSIVE}+0 %{ pass }%\n`, [...passive, snapshot(refusal)])
    expect(problem?.verdict).toBe('fail')
  })
})

describe('--verbose', () => {
  it('shows packets in live numbers and calls as upstream does', () => {
    const { interpreter } = play(PASSIVE, passive, { verbose: true })
    const lines = interpreter.verbose.map((line) => line.replace(/\d{10}\.\d{6}$/, 'EPOCH'))
    expect(lines).toEqual([
      'socket syscall: EPOCH',
      'bind syscall: EPOCH',
      'listen syscall: EPOCH',
      'inbound injected packet:  0.000000 S 0:0(0) win 1000 ',
      'outbound sniffed packet:  0.000000 S. 5000:5000(0) ack 1 win 9 <mss 1460>',
      'inbound injected packet:  0.000000 . 1:1(0) ack 5001 win 1000 ',
      'accept syscall: EPOCH',
    ])
  })

  it('shows a call that fails, and a blocking one when it has returned', () => {
    const { interpreter } = play(
      `${PASSIVE}+0...0.1 read(4, ..., 10) = 10\n`,
      [...passive, blocks('read'), returns(9, 100_000)],
      { verbose: true },
    )
    expect(interpreter.verbose.at(-1)).toMatch(/^read syscall: \d+\.\d{6}$/)
  })

  it('is silent without', () => {
    expect(play(PASSIVE, passive).interpreter.verbose).toEqual([])
  })
})
