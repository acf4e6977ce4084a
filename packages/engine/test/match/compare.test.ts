import { describe, expect, it } from 'vitest'
import { FlowLabels } from '../../src/flow/flow-labels.js'
import { compareContinuation, compareWithScript } from '../../src/match/compare.js'
import { sideBySide } from '../../src/match/side-by-side.js'
import { packet } from '../support/packets.js'

const noTimestamps = { tickUsecs: 0, toleranceUs: 4000 }
/** Compares two lines; the second is what the stack sent. */
const compare = (expected: string, actual: string, rule = noTimestamps) =>
  compareWithScript(packet(`> ${expected}`), packet(`> ${actual}`).values, rule, new FlowLabels())

describe('an expected packet', () => {
  it('fits itself', () => {
    expect(compare('S. 0:0(0) ack 1 win 5 <mss 1460>', 'S. 0:0(0) ack 1 win 5 <mss 1460>')).toBeNull()
  })

  it.each([
    ['. 1:1(0) ack 2', '. 1:1(0) ack 1 win 7', 'live packet field tcp_ack_seq: expected: 2 (0x2) vs actual: 1 (0x1)'],
    ['. 1:1(0) ack 1', 'P. 1:1(0) ack 1 win 7', 'live packet field tcp_psh: expected: 0 (0x0) vs actual: 1 (0x1)'],
    [
      '. 1:1(0) ack 1 win 100',
      '. 1:1(0) ack 1 win 64240',
      'live packet field tcp_window: expected: 100 (0x64) vs actual: 64240 (0xfaf0)',
    ],
    ['. 2:2(0) ack 1', '. 1:1(0) ack 1', 'live packet field tcp_seq: expected: 2 (0x2) vs actual: 1 (0x1)'],
    [
      '. 1:1(0) ack 1',
      '. 1:1(0) ack 1 <mss 5>',
      'live packet field ipv4_total_length: expected: 40 (0x28) vs actual: 44 (0x2c)',
    ],
    [
      'S 0:0(0) <wscale 8,nop>',
      'S 0:0(0) <wscale 10,nop>',
      'bad value in outbound TCP option (kind=3): expected: wscale 8 actual: wscale 10',
    ],
    ['S 0:0(0) <nop,wscale 8>', 'S 0:0(0) <wscale 8,nop>', 'bad outbound TCP options'],
    [
      'S 0:0(0) <mss 9,nop,wscale 8>',
      'S 0:0(0) <mss 8,wscale 8,nop>',
      'bad value in outbound TCP option (kind=2): expected: mss 9 actual: mss 8',
    ],
    ['S 0:0(0) <nop,nop,nop,nop>', 'S 0:0(0) <nop,wscale 8>', 'bad outbound TCP options'],
    [
      'S 0:0(0) <FO,nop,nop>',
      'S 0:0(0) <FO aabb>',
      'bad length in outbound TCP option (kind=34): expected: FO actual: FO aabb',
    ],
    [
      'S 0:0(0) <FO aabb>',
      'S 0:0(0) <FO,nop,nop>',
      'bad length in outbound TCP option (kind=34): expected: FO aabb actual: FO',
    ],
    [
      'S 0:0(0) <FO aabbccddeeff>',
      'S 0:0(0) <FO aabb,nop,nop,nop,nop>',
      'bad length in outbound TCP option (kind=34): expected: FO aabbccddeeff actual: FO aabb',
    ],
    [
      'S 0:0(0) <FO aacccccccccc>',
      'S 0:0(0) <FO aabb,nop,nop,nop,nop>',
      'bad value in outbound TCP option (kind=34): expected: FO aacccccccccc actual: FO aabb',
    ],
    [
      'S 0:0(0) <FO aabb,nop,nop,nop,nop>',
      'S 0:0(0) <FO aabbccddeeff>',
      'bad value in outbound TCP option (kind=34): expected: FO aabb actual: FO aabbccddeeff',
    ],
    ['.5 1:1(0) ack 1', '. 1:1(0) ack 1', 'live packet field tcp_ace: expected: 5 (0x5) vs actual: 0 (0x0)'],
    [
      '. 1:1(0) ack 1',
      '.E 1:1(0) ack 1'.replace('.E', 'E.'),
      'live packet field tcp_ece: expected: 0 (0x0) vs actual: 1 (0x1)',
    ],
    ['[ect0] . 1:1(0) ack 1', '. 1:1(0) ack 1', 'live packet field ip_ecn: expected: 2 (0x2) vs actual: 0 (0x0)'],
    ['[ect01] . 1:1(0) ack 1', '. 1:1(0) ack 1', 'live packet field ip_ecn: expected: 0x1 or 0x2 vs actual: 0x0'],
    [
      '[tos 0x4] . 1:1(0) ack 1',
      '[tos 0x8] . 1:1(0) ack 1',
      'live packet field tos: expected: 4 (0x4) vs actual: 8 (0x8)',
    ],
    ['[ttl 64] . 1:1(0) ack 1', '. 1:1(0) ack 1', 'live packet field ttl: expected: 64 (0x40) vs actual: 255 (0xff)'],
    ['. 1:1(0) ack 1', '. 1:1(0) ack 1 urg 3', 'live packet field tcp_urg_ptr: expected: 0 (0x0) vs actual: 3 (0x3)'],
  ])('%s does not fit %s', (expected, actual, reason) => {
    expect(compare(expected, actual)?.reason).toBe(reason)
  })

  it('ignores what the line does not say', () => {
    expect(compare('. 1:1(0) ack 1', '[tos 0x8] . 1:1(0) ack 1 win 9')).toBeNull()
    expect(compare('S. 0:0(0) ack 1 <...>', 'S. 0:0(0) ack 1 win 9 <mss 1,nop,nop,TS val 1 ecr 2>')).toBeNull()
    expect(compare('S 0:0(0) <nop,nop,TS val 1 ecr 2>', 'S 0:0(0) <nop,nop,TS val 9 ecr 9>')).toBeNull()
  })

  it('compares timestamps where a tick is given', () => {
    const rule = { tickUsecs: 1000, toleranceUs: 31_315 }
    const [expected, near, far] = [900, 931, 932].map((val) => `. 1:1(0) ack 1 <nop,nop,TS val ${val} ecr 0>`) as [
      string,
      string,
      string,
    ]
    expect(compare(expected, near, rule)).toBeNull()
    expect(compare(expected, far, rule)?.reason).toBe('bad outbound TCP timestamp value, tolerance 31315')
  })

  it('lets a timestamp pass that is off so far that upstream’s product wraps', () => {
    const rule = { tickUsecs: 1000, toleranceUs: 4000 }
    const off = (ticks: number) =>
      compare('. 1:1(0) ack 1 <nop,nop,TS val 0 ecr 0>', `. 1:1(0) ack 1 <nop,nop,TS val ${ticks} ecr 0>`, rule)
    expect(off(2_147_483)).not.toBeNull()
    expect(off(2_147_484)).toBeNull()
    expect(off(4_294_980)).not.toBeNull()
  })

  it('gives every difference, not the first alone', () => {
    const found = compare('. 1:1(0) ack 2 win 5', 'P. 1:1(0) ack 1 win 7')
    expect(found?.differences.map(({ field }) => field)).toEqual(['tcp_psh', 'tcp_ack_seq', 'tcp_window'])
    const pair = sideBySide(
      packet('> . 1:1(0) ack 2 win 5'),
      packet('> P. 1:1(0) ack 1 win 7').values,
      found?.differences ?? [],
    )
    expect(pair.rows).toEqual([
      { part: 'flags', expected: '.', actual: 'P.', differs: true },
      { part: 'seq', expected: '1:1(0)', actual: '1:1(0)', differs: false },
      { part: 'ack', expected: '2', actual: '1', differs: true },
      { part: 'win', expected: '5', actual: '7', differs: true },
      { part: 'options', expected: 'none', actual: 'none', differs: false },
    ])
  })
})

describe('a segment that continues another', () => {
  const continues = (first: string, second: string) =>
    compareContinuation(packet(`> ${first}`).values, packet(`> ${second}`).values)

  it('may differ in length, PSH, FIN and options', () => {
    expect(continues('. 1:1001(1000) ack 1 win 5', 'FP. 1001:1501(500) ack 1 win 5 <nop,nop,nop,nop>')?.reason).toBe(
      'live packet field tcp_data_offset: expected: 5 (0x5) vs actual: 6 (0x6)',
    )
    expect(continues('. 1:1001(1000) ack 1 win 5', 'FP. 1001:1501(500) ack 1 win 5')).toBeNull()
  })

  it('must follow in sequence with the same window and ack', () => {
    expect(continues('. 1:1001(1000) ack 1 win 5', '. 2001:3001(1000) ack 1 win 5')?.reason).toContain('tcp_seq')
    expect(continues('. 1:1001(1000) ack 1 win 5', '. 1001:2001(1000) ack 2 win 5')?.reason).toContain('tcp_ack_seq')
    expect(continues('. 1:1001(1000) ack 1 win 5', '. 1001:2001(1000) ack 1 win 6')?.reason).toContain('tcp_window')
  })
})
