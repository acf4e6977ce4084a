import { describe, expect, it } from 'vitest'
import { FlowLabels } from '../../src/flow/flow-labels.js'
import { compareContinuation, compareWithScript } from '../../src/match/compare.js'
import type { Family } from '../../src/wire/address.js'
import { packet } from '../support/packets.js'

const rule = { tickUsecs: 0, toleranceUs: 4000 }

/** Why the second line, as a packet of the stack, does not fit the first. */
function reason(expected: string, actual: string, family: Family = 'ipv4', actualFamily = family): string | undefined {
  const [script, sent] = [packet(`> ${expected}`, family), packet(`> ${actual}`, actualFamily)]
  return compareWithScript(script, sent.values, rule, new FlowLabels())?.reason
}

const IP = 'ipv4 1.1.1.1 > 2.2.2.2: '
const field = (name: string, expected: number, actual: number) =>
  `live packet field ${name}: expected: ${expected} (0x${expected.toString(16)}) vs actual: ${actual} (0x${actual.toString(16)})`

describe('headers', () => {
  it('fit whatever their addresses and ports are', () => {
    expect(reason(`${IP}udp 5 > 6 (3)`, 'ipv4 9.9.9.9 > 8.8.8.8: udp 7 > 8 (3)')).toBeUndefined()
  })

  it.each([
    [`${IP}gre: udp (3)`, 'udp (3)', 'live packet header layers: expected: 4 headers vs actual: 2 headers'],
    [
      `${IP}udp (3)`,
      'ipv6 ::1 > ::2: udp (3)',
      'live packet header layer 0: expected: IPV4 header vs actual: IPV6 header',
    ],
    [`${IP}gre: udp (3)`, `${IP}mpls (label 1, tc 1, [S], ttl 1): udp (3)`, field('ipv4_protocol', 47, 0)],
    ['udp (12)', '. 1:1(0) ack 1', field('ipv4_protocol', 17, 6)],
    ['icmp echo_request [raw (20)]', 'icmp echo_reply [raw (20)]', field('icmp_type', 8, 0)],
    ['icmp unreachable', 'icmp unreachable code_1', field('icmp_code', 0, 1)],
    ['udp (3)', 'udp (4)', field('ipv4_total_length', 31, 32)],
    [`${IP}gre: udp (3)`, `${IP}gre flags 0x8, sum 0, off 0, key 0, seq 0: udp (3)`, 'mismatch in GRE flags'],
    [
      `${IP}gre: udp (3)`,
      `${IP}gre flags 0x2000, sum 0, off 0, key 0, seq 0: udp (3)`,
      field('ipv4_total_length', 55, 59),
    ],
  ])('%s does not fit %s', (expected, actual, words) => {
    expect(reason(expected, actual)).toBe(words)
  })

  it.each([
    ['sum', 'sum 9, off 2, key 3, seq 4'],
    ['off', 'sum 1, off 9, key 3, seq 4'],
    ['key', 'sum 1, off 2, key 9, seq 4'],
    ['seq', 'sum 1, off 2, key 3, seq 9'],
  ])('of GRE differ in their %s', (name, fields) => {
    const line = (given: string) => `${IP}gre flags 0xb000, ${given}: udp (3)`
    expect(reason(line('sum 1, off 2, key 3, seq 4'), line(fields))).toBe(`mismatch in GRE ${name}`)
  })

  it('of GRE differ in what they carry', () => {
    expect(reason(`${IP}gre: udp (23)`, `${IP}gre: udp (3)`, 'ipv4', 'ipv6')).toBe('mismatch in GRE proto')
  })

  it('of MPLS are compared entry by entry', () => {
    const line = (labels: string, length = 3) => `${IP}gre: mpls ${labels}: udp (${length})`
    const [one, other] = ['(label 1, tc 1, ttl 1)', '(label 1, tc 1, [S], ttl 2)']
    expect(reason(line(one + other), line(one + other))).toBeUndefined()
    expect(reason(line(one + other), line(`${one}(label 1, tc 1, [S], ttl 1)`))).toBe('mismatch in MPLS label 1')
    expect(reason(line(one + other), line(other, 7))).toBe('mismatch in MPLS label stack depth')
  })

  it('of IPv6 have names of their own', () => {
    expect(reason('udp (3)', 'udp (4)', 'ipv6')).toBe(field('ipv6_payload_len', 11, 12))
    expect(reason('udp (12)', '. 1:1(0) ack 1', 'ipv6')).toBe(field('ipv6_next_header', 17, 6))
    expect(reason('[ttl 64] udp (3)', 'udp (3)', 'ipv6')).toBe(field('ttl', 64, 255))
    expect(reason('[tos 0x4] udp (3)', 'udp (3)', 'ipv6')).toBe(field('tos', 4, 0))
    expect(reason('. 1:1(0) ack 1 <...>', '. 1:1(0) ack 1 <mss 5>', 'ipv6')).toBeUndefined()
  })

  it('of a tunnel grow with options that the line leaves open', () => {
    expect(reason(`${IP}. 1:1(0) ack 1 <...>`, `${IP}. 1:1(0) ack 1 <mss 5>`)).toBeUndefined()
  })

  // O-25, O-26.
  it('have their TOS compared as the innermost one’s is said to be, each with its own', () => {
    expect(reason(`ipv4 [tos 0x3] 1.1.1.1 > 2.2.2.2: udp (3)`, `${IP}udp (3)`)).toBeUndefined()
    const outer = (tos: string) => `ipv4 [tos ${tos}] 1.1.1.1 > 2.2.2.2: [tos 0x2] udp (3)`
    expect(reason(outer('0x3'), outer('0x3'))).toBeUndefined()
    expect(reason(outer('0x3'), outer('0x7'))).toBe(field('tos', 3, 7))
    const ecn = 'ipv4 [tos 0x7] 1.1.1.1 > 2.2.2.2: [ect1] . 1:1(0) ack 1'
    expect(reason(ecn, ecn)).toBe(field('ip_ecn', 7, 3))
  })

  it('have their TTL compared one by one', () => {
    const line = (outer: number, inner: number) => `ipv4 [ttl ${outer}] 1.1.1.1 > 2.2.2.2: [ttl ${inner}] udp (3)`
    expect(reason(line(8, 255), line(8, 9))).toBeUndefined()
    expect(reason(line(8, 255), line(7, 9))).toBe(field('ttl', 8, 7))
    expect(reason(line(255, 8), line(7, 9))).toBe(field('ttl', 8, 9))
  })
})

describe('flow labels', () => {
  const compare = (labels: FlowLabels, script: string, actual: string) =>
    compareWithScript(packet(`> ${script}`, 'ipv6'), packet(`> ${actual}`, 'ipv6').values, rule, labels)?.reason

  it('are compared after the headers, and learnt only where these fit', () => {
    const labels = new FlowLabels()
    expect(compare(labels, '[flowlabel 0x1] udp (3)', '[flowlabel 0x9] udp (4)')).toBe(
      field('ipv6_payload_len', 11, 12),
    )
    expect(compare(labels, '[flowlabel 0x1] udp (3)', '[flowlabel 0x5] udp (3)')).toBeUndefined()
    expect(compare(labels, '[flowlabel 0x2] udp (3)', '[flowlabel 0x5] udp (3)')).toMatch('a different flowlabel')
  })

  it('come before options', () => {
    const words = compare(new FlowLabels(), '[flowlabel 0x1] S 0:0(0) <mss 5>', 'S 0:0(0) <mss 6>')
    expect(words).toBe('flowlabel unmarked in the live packet')
  })
})

describe('a packet that continues another', () => {
  const continues = (first: string, second: string, family: Family = 'ipv4') =>
    compareContinuation(packet(`> ${first}`, family).values, packet(`> ${second}`, family).values)?.reason

  it('may be a datagram of any length', () => {
    expect(continues('udp (500)', 'udp (300)')).toBeUndefined()
    expect(continues('udp (500)', 'udp (300)', 'ipv6')).toBeUndefined()
  })

  it('has as many headers, of the same kinds', () => {
    expect(continues('udp (5)', `${IP}udp (5)`)).toBe(
      'aggregate candidate packet header layers: expected: 2 headers vs actual: 3 headers',
    )
  })

  it('has the TTL of the first, of any TOS', () => {
    expect(continues('[ttl 64] udp (5)', '[ttl 63] udp (5)')).toBe(field('ttl', 64, 63))
    expect(continues('[tos 0x4] udp (5)', '[tos 0x8] udp (5)')).toBeUndefined()
  })
})
