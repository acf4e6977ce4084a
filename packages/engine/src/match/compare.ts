// Expected against seen, header by header: all differences as data, the first of them in upstream's words.
// Read first: language/2-packets.md 6; the rules of each header are in the files beside this one.
import type { FlowLabels } from '../flow/flow-labels.js'
import type { Comparison, ScriptPacket } from '../schedule/script-packet.js'
import { isTcp, type Layer, layersOf, type Packet } from '../wire/packet.js'
import { compareGre, compareIp, compareMpls } from './compare-outer.js'
import { compareOptions, compareTcp, optionWords, type TimestampRule } from './compare-tcp.js'
import { Findings, type Mismatch } from './findings.js'

/** What a header comparison leaves out; see 5.4 for segments that continue another. */
export interface Rules extends Comparison {
  readonly continued: boolean
}

/** A sniffed packet (in script space) against its line: headers, flow label, options. Learns the flow label. */
export function compareWithScript(
  { values, compare }: ScriptPacket,
  actual: Packet,
  timestamps: TimestampRule,
  flowLabels: FlowLabels,
): Mismatch | null {
  const found = new Findings()
  const alike = compareLayers(found, values, actual, { ...compare, continued: false }, 'live packet')
  if (alike && !found.any && values.ip.type === 'ipv6' && actual.ip.type === 'ipv6') {
    const [expected, seen] = [values.ip.flowLabel, actual.ip.flowLabel]
    const reason = flowLabels.check(expected, seen)
    if (reason !== null) found.add('flowlabel', `0x${expected.toString(16)}`, `0x${seen.toString(16)}`, reason)
  }
  if (compare.options && isTcp(values) && isTcp(actual)) {
    compareOptions(found, values.body.options, actual.body.options, timestamps)
  }
  return found.mismatch()
}

/** A further segment of one script line against the one before it (both in script space). */
export function compareContinuation(previous: Packet, actual: Packet): Mismatch | null {
  const found = new Findings()
  const rules: Rules = { tos: 'none', window: true, ace: false, options: true, continued: true }
  const expected = isTcp(previous) ? followed(previous) : previous
  compareLayers(found, expected, actual, rules, 'aggregate candidate packet')
  return found.mismatch()
}

const followed = (previous: Packet): Packet =>
  isTcp(previous)
    ? { ...previous, body: { ...previous.body, seq: (previous.body.seq + previous.body.payloadLength) >>> 0 } }
    : previous

/** Whether the packets have the same headers, as far as their kinds go. */
function compareLayers(found: Findings, expected: Packet, actual: Packet, rules: Rules, what: string): boolean {
  const [layers, seen] = [layersOf(expected), layersOf(actual)]
  if (layers.length !== seen.length) {
    const reason = `${what} header layers: expected: ${layers.length} headers vs actual: ${seen.length} headers`
    found.add('headers', namesOf(layers), namesOf(seen), reason)
    return false
  }
  const moreOctets = rules.options || rules.continued || !isTcp(actual) ? 0 : optionWords(actual.body) * 4
  for (const [i, layer] of layers.entries()) {
    const other = seen[i] as Layer
    if (!compareLayer(found, layer, other, rules, moreOctets)) {
      const [name, otherName] = [nameOf(layer), nameOf(other)]
      found.add(
        'headers',
        name,
        otherName,
        `${what} header layer ${i}: expected: ${name} header vs actual: ${otherName} header`,
      )
      return false
    }
  }
  return true
}

const nameOf = ({ type }: Layer) => type.toUpperCase()
const namesOf = (layers: readonly Layer[]) => layers.map(nameOf).join(' ')

/** False where the two are not of one kind. */
function compareLayer(found: Findings, expected: Layer, actual: Layer, rules: Rules, moreOctets: number): boolean {
  switch (expected.type) {
    case 'ipv4':
    case 'ipv6':
      if (actual.type !== expected.type) return false
      compareIp(found, expected, actual, rules, moreOctets)
      return true
    case 'gre':
      if (actual.type !== 'gre') return false
      compareGre(found, expected, actual)
      return true
    case 'mpls':
      if (actual.type !== 'mpls') return false
      compareMpls(found, expected, actual)
      return true
    case 'tcp':
      if (actual.type !== 'tcp') return false
      compareTcp(found, expected, actual, rules)
      return true
    case 'udp':
      if (actual.type !== 'udp') return false
      if (!rules.continued) found.number('udp_len', expected.length, actual.length)
      return true
    case 'icmpv4':
    case 'icmpv6':
      if (actual.type !== expected.type) return false
      found.number('icmp_type', expected.icmpType, actual.icmpType)
      found.number('icmp_code', expected.code, actual.code)
      return true
  }
}
