import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../../src/run/types.js'
import { PASSIVE, passive } from '../support/connections.js'
import { play } from '../support/play.js'
import { call, type Step, sends } from '../support/playbook.js'

/** What comes of one expected line after the handshake; `steps` are what the stack sends meanwhile. */
const expectLine = (line: string, steps: readonly Step[], options: Partial<RunOptions> = {}) =>
  play(`${PASSIVE}${line}\n`, [...passive, ...steps], options)

describe('an expected packet', () => {
  it('that differs is shown beside what came', () => {
    const { failure, problem } = expectLine('+0 > . 1:1(0) ack 2', [sends('. 5001:5001(0) ack 1 win 9', 90)])
    expect(failure).toBe(
      [
        '8: error handling packet: live packet field tcp_ack_seq: expected: 2 (0x2) vs actual: 1 (0x1)',
        'script packet:  0.000000 . 1:1(0) ack 2 ',
        'actual packet:  0.000090 . 1:1(0) ack 1 win 9 ',
      ].join('\n'),
    )
    expect(problem).toMatchObject({ code: 'LD_PACKET', verdict: 'fail' })
    expect(problem?.detail.packets?.rows.filter(({ differs }) => differs)).toEqual([
      { part: 'ack', expected: '2', actual: '1', differs: true },
    ])
  })

  it('that comes too early is a timing error', () => {
    const { failure } = expectLine('+.3 > . 1:1(0) ack 1', [sends('. 5001:5001(0) ack 1 win 9', 193)])
    expect(failure?.split('\n')[0]).toBe(
      '8: error handling packet: timing error: expected outbound packet at 0.300000 sec but happened at 0.000193 sec; tolerance 0.037500 sec',
    )
  })

  it('that comes outside of its range is a timing error', () => {
    const late = sends('. 5001:5001(0) ack 1 win 9', 460_000)
    expect(expectLine('+.3~+.4 > . 1:1(0) ack 1', [late]).failure?.split('\n')[0]).toBe(
      '8: error handling packet: timing error: expected outbound packet in relative time range +0.300000~+0.400000 sec but happened at +0.460000 sec',
    )
    expect(expectLine('.3~.4 > . 1:1(0) ack 1', [late]).failure?.split('\n')[0]).toBe(
      '8: error handling packet: timing error: expected outbound packet in time range 0.300000~0.400000 sec but happened at 0.460000 sec',
    )
    expect(expectLine('+.3~+.4 > . 1:1(0) ack 1', [sends('. 5001:5001(0) ack 1 win 9', 437_500)]).failure).toBeNull()
  })

  it('at any time is waited for without end and never judged by time', () => {
    const { failure } = expectLine('* > . 1:1(0) ack 1', [sends('. 5001:5001(0) ack 1 win 9', 7_200e6)])
    expect(failure).toBeNull()
    const other = expectLine('* > . 1:1(0) ack 9', [sends('. 5001:5001(0) ack 1 win 9', 7_200e6)])
    expect(other.problem?.detail.time).toBeNull()
  })

  it('that never comes times out two seconds after the gap, cut to whole ones', () => {
    const { failure, host } = expectLine('+1.7 > . 1:1(0) ack 1', [])
    expect(failure).toBe('8: error handling packet: Timed out waiting for packet')
    expect(host.now()).toBe(3_000_000)
    expect(expectLine('+0 > . 1:1(0) ack 1', []).host.now()).toBe(2_000_000)
    expect(expectLine('+0~+1.2 > . 1:1(0) ack 1', []).host.now()).toBe(3_000_000)
  })

  it('of a socket with protocol 0 never comes, and the hint says why', () => {
    const { failure, problem } = play(
      '0 socket(..., SOCK_STREAM, 0) = 3\n+0 connect(3, ..., ...) = 0\n+0 > S 0:0(0) <...>\n',
      [call('socket', 7), call('connect', 0), sends('555 > 8080 S 1:1(0) win 1')],
    )
    expect(failure).toBe('3: error handling packet: Timed out waiting for packet')
    expect(problem?.detail.hint).toContain('IPPROTO_TCP')
  })

  it('waits anew after a packet of another flow', () => {
    const { failure, host } = expectLine('+0 > . 1:1(0) ack 1', [sends('9 > 10 . 1:1(0) ack 1 win 9', 1_500_000)])
    expect(failure).toBe('8: error handling packet: Timed out waiting for packet')
    expect(host.now()).toBe(3_500_000)
  })

  it('is judged by headers, then options, then payload, then time', () => {
    const sent = (line: string, change?: (octets: Uint8Array) => void) => sends(line, 100_000, change)
    const spoil = (octets: Uint8Array) => octets.set([1], octets.length - 1)
    const reason = (line: string, step: ReturnType<typeof sent>) => expectLine(line, [step]).failure?.split('\n')[0]
    expect(reason('+0 > P. 1:2(1) ack 1 <mss 5>', sent('. 5001:5002(1) ack 1 win 9 <mss 6>', spoil))).toContain(
      'tcp_psh',
    )
    expect(reason('+0 > P. 1:2(1) ack 1 <mss 5>', sent('P. 5001:5002(1) ack 1 win 9 <mss 6>', spoil))).toContain(
      'bad value in outbound TCP option (kind=2): expected: mss 5 actual: mss 6',
    )
    expect(reason('+0 > P. 1:2(1) ack 1', sent('P. 5001:5002(1) ack 1 win 9', spoil))).toBe(
      '8: error handling packet: incorrect outbound data payload',
    )
    expect(reason('+0 > P. 1:2(1) ack 1', sent('P. 5001:5002(1) ack 1 win 9'))).toContain('timing error')
  })

  it('without a socket has none to belong to', () => {
    expect(play('0 > . 1:1(0) ack 1\n', []).failure).toBe(
      '1: error handling packet: no matching socket for script packet',
    )
  })

  it('that cannot be read is dumped', () => {
    const cut = sends('. 5001:5001(0) ack 1 win 9', 0, (octets) => octets.set([0x20], 6))
    expect(expectLine('+0 > . 1:1(0) ack 1', [cut]).failure).toMatch(
      /^8: error handling packet: More fragments remaining: packet of 40 bytes:\n0x0000: 45 00 00 28 00 00 20 00 /,
    )
  })

  it('with an option that scripts cannot name is an error without a dump, even under <...>', () => {
    const strange = sends('. 5001:5001(0) ack 1 win 9 <mss 5>', 0, (octets) => octets.set([30], 40))
    const { failure, interpreter } = expectLine('+0 > . 1:1(0) ack 1 <...>', [strange], { verbose: true })
    expect(failure).toBe('8: error handling packet: unexpected TCP option kind: 30')
    expect(interpreter.verbose.at(-1)).toBe(
      'outbound sniffed packet:  0.000000 . 5001:5001(0) ack 1 win 9 \nunexpected TCP option kind: 30',
    )
  })

  it('does not mind strange options of other flows', () => {
    const strange = sends('9 > 10 . 1:1(0) ack 1 win 9 <mss 5>', 0, (octets) => octets.set([30], 40))
    expect(expectLine('+0 > . 1:1(0) ack 1', [strange, sends('. 5001:5001(0) ack 1 win 9')]).failure).toBeNull()
  })

  it('that was sent before the line was reached keeps its own time', () => {
    const { failure } = play(`${PASSIVE}+0 write(4, ..., 5) = 5\n+.1 close(4) = 0\n+0 > P. 1:6(5) ack 1\n`, [
      ...passive,
      call('write', 5),
      sends('P. 5001:5006(5) ack 1 win 9'),
      call('close', 0),
    ])
    expect(failure?.split('\n')[0]).toBe(
      '10: error handling packet: timing error: expected outbound packet at 0.100000 sec but happened at 0.000000 sec; tolerance 0.004000 sec',
    )
  })

  it('left over at the end is nobody’s business', () => {
    expect(play(PASSIVE, [...passive, sends('. 5001:5001(0) ack 1 win 9')]).failure).toBeNull()
  })
})

describe('segments', () => {
  it('that continue each other satisfy one line together, at the time of the last', () => {
    const { failure } = expectLine('+.1 > P. 1:2501(2500) ack 1', [
      sends('. 5001:6001(1000) ack 1 win 9'),
      sends('. 6001:7001(1000) ack 1 win 9', 50_000),
      sends('P. 7001:7501(500) ack 1 win 9', 100_000),
    ])
    expect(failure).toBeNull()
  })

  it('are compared as one: flags of the last, CWR of the first', () => {
    const { failure } = expectLine('+0 > P.W 1:2001(2000) ack 1'.replace('P.W', 'PW.'), [
      sends('W. 5001:6001(1000) ack 1 win 9'),
      sends('P. 6001:7001(1000) ack 1 win 9'),
    ])
    expect(failure).toBeNull()
  })

  it('of unequal length before the last are shown, at the event’s time', () => {
    const { failure, problem } = expectLine('+0 > P. 1:2501(2500) ack 1', [
      sends('P. 5001:6001(1000) ack 1 win 63', 191),
      sends('P. 6001:6501(500) ack 1 win 63', 197),
    ])
    expect(failure).toBe(
      [
        '8: error handling packet: fragment payload: expected 1000 bytes vs actual 500 bytes; total payload: expected 2500 bytes vs actual 1500 bytes',
        '   script packet:  0.000000 P. 1:2501(2500) ack 1 ',
        'actual #0 packet:  0.000191 P. 1:1001(1000) ack 1 win 63 ',
        'actual #1 packet:  0.000197 P. 1001:1501(500) ack 1 win 63 ',
      ].join('\n'),
    )
    expect(problem?.detail.differences).toEqual([{ field: 'payload', expected: '1000', actual: '500' }])
  })

  it('with a gap, another window or another ack do not continue each other', () => {
    const after = (second: string) =>
      expectLine('+0 > P. 1:2001(2000) ack 1', [sends('. 5001:6001(1000) ack 1 win 9'), sends(second)]).failure
    expect(after('P. 7001:8001(1000) ack 1 win 9')).toContain(
      'live packet field tcp_seq: expected: 1001 (0x3e9) vs actual: 2001',
    )
    expect(after('P. 6001:7001(1000) ack 1 win 8')).toContain('tcp_window')
    expect(after('P. 6001:7001(1000) ack 2 win 9')).toContain('tcp_ack_seq')
  })

  it('longer than the line are not cut', () => {
    const { failure } = expectLine('+0 > . 1:1001(1000) ack 1', [sends('P. 5001:7001(2000) ack 1 win 9')])
    expect(failure).toBe('8: error handling packet: live packet payload: expected 1000 bytes vs actual 2000 bytes')
  })

  it('are not put together with --strict_segments', () => {
    const { failure } = expectLine('+0 > . 1:2001(2000) ack 1', [sends('. 5001:6001(1000) ack 1 win 9')], {
      strictSegments: true,
    })
    expect(failure).toBe('8: error handling packet: live packet payload: expected 2000 bytes vs actual 1000 bytes')
  })

  it('that carry other octets than zero anywhere are found out', () => {
    const { failure } = expectLine('+0 > P. 1:2001(2000) ack 1', [
      sends('. 5001:6001(1000) ack 1 win 9', 0, (octets) => octets.set([7], 500)),
      sends('P. 6001:7001(1000) ack 1 win 9'),
    ])
    expect(failure?.split('\n')[0]).toBe('8: error handling packet: incorrect outbound data payload')
  })
})

describe('--non_fatal=packet', () => {
  const tolerant = { nonFatalPackets: true }

  it('turns mismatches and times into warnings, and goes on', () => {
    const { failure, warnings } = expectLine(
      '+0 > . 1:1(0) ack 9\n+0 > . 1:1(0) ack 1\n+0 close(4) = 0',
      [sends('. 5001:5001(0) ack 1 win 9'), sends('. 5001:5001(0) ack 1 win 9', 50_000), call('close', 0)],
      tolerant,
    )
    expect(failure).toBeNull()
    expect(warnings.map((each) => each.split('\n')[0])).toEqual([
      '8: error handling packet: live packet field tcp_ack_seq: expected: 9 (0x9) vs actual: 1 (0x1)',
      '9: error handling packet: timing error: expected outbound packet at 0.000000 sec but happened at 0.050000 sec; tolerance 0.004000 sec',
    ])
  })

  it.each([
    ['a missing packet', '+0 > . 1:1(0) ack 1', [], 'Timed out waiting for packet'],
    ['a wrong length', '+0 > . 1:2(1) ack 1', [sends('. 5001:5003(2) ack 1 win 9')], 'live packet payload'],
  ])('leaves %s fatal', (_what, line, steps, reason) => {
    expect(expectLine(line, steps, tolerant).failure).toContain(reason)
  })
})

describe('--tcp_ts_tick_usecs', () => {
  const script = (val: number) =>
    `+0 > . 1:1(0) ack 1 <nop,nop,TS val 100 ecr 0>\n+.2505 > . 1:1(0) ack 1 <nop,nop,TS val ${val} ecr 0>`
  const steps = [
    sends('. 5001:5001(0) ack 1 win 9 <nop,nop,TS val 70100 ecr 0>'),
    sends('. 5001:5001(0) ack 1 win 9 <nop,nop,TS val 70350 ecr 0>', 250_500),
  ]

  it('compares values by the time they stand for', () => {
    expect(expectLine(script(350), steps, { tcpTsTickUsecs: 1000 }).failure).toBeNull()
    expect(expectLine(script(900), steps, { tcpTsTickUsecs: 1000 }).failure?.split('\n')[0]).toBe(
      '9: error handling packet: bad outbound TCP timestamp value, tolerance 31312',
    )
  })

  it('leaves them alone without', () => {
    expect(expectLine(script(900), steps).failure).toBeNull()
  })
})
