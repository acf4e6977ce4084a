// What counts of IP headers, innermost or not, and of what lies between them. Read first: language/2-packets.md 6.2, 6.4.
import type { Comparison } from '../schedule/script-packet.js'
import { GreFlag, type GreHeader, greLength } from '../wire/gre.js'
import { type MplsHeader, mplsEntryText } from '../wire/mpls.js'
import type { IpHeader } from '../wire/packet.js'
import type { Rules } from './compare.js'
import type { Findings } from './findings.js'

/** `moreOctets`: of options that the line leaves open. The two are of one version. */
export function compareIp(
  found: Findings,
  expected: IpHeader,
  actual: IpHeader,
  rules: Rules,
  moreOctets: number,
): void {
  if (expected.type === 'ipv4') {
    found.number('ipv4_protocol', expected.protocol, actual.protocol)
    found.number('ipv4_header_length', expected.headerLength / 4, actual.headerLength / 4)
    if (!rules.continued) found.number('ipv4_total_length', expected.totalLength + moreOctets, actual.totalLength)
  } else {
    if (!rules.continued) {
      const payload = (header: IpHeader) => header.totalLength - header.headerLength
      found.number('ipv6_payload_len', payload(expected) + moreOctets, payload(actual))
    }
    found.number('ipv6_next_header', expected.protocol, actual.protocol)
  }
  if (!rules.continued) compareTos(found, rules.tos, expected.tos, actual.tos)
  if (expected.ttl !== 255) found.number('ttl', expected.ttl, actual.ttl)
}

function compareTos(found: Findings, check: Comparison['tos'], expected: number, actual: number): void {
  const ecn = actual & 3
  if (check === 'ecn') found.number('ip_ecn', expected, ecn)
  if (check === 'tos') found.number('tos', expected, actual)
  if (check === 'ect01' && ecn !== 1 && ecn !== 2) {
    const reason = `live packet field ip_ecn: expected: 0x1 or 0x2 vs actual: 0x${ecn.toString(16)}`
    found.add('ip_ecn', '1 or 2', String(ecn), reason)
  }
}

export function compareGre(found: Findings, expected: GreHeader, actual: GreHeader): void {
  found.number('gre_len', greLength(expected.flags), greLength(actual.flags))
  const field = (name: 'flags' | 'protocol' | 'sum' | 'off' | 'key' | 'seq', word: string = name) => {
    if (expected[name] === actual[name]) return
    const hex = (value: number) => `0x${value.toString(16)}`
    found.add(`gre_${word}`, hex(expected[name]), hex(actual[name]), `mismatch in GRE ${word}`)
  }
  field('flags')
  field('protocol', 'proto')
  const has = (flag: number) => (expected.flags & flag) !== 0
  if (has(GreFlag.checksum)) {
    field('sum')
    field('off')
  }
  if (has(GreFlag.key)) field('key')
  if (has(GreFlag.sequence)) field('seq')
}

export function compareMpls(found: Findings, expected: MplsHeader, actual: MplsHeader): void {
  const [depth, seen] = [expected.entries.length, actual.entries.length]
  if (depth !== seen) {
    found.add('mpls_depth', String(depth), String(seen), 'mismatch in MPLS label stack depth')
    return
  }
  expected.entries.forEach((entry, i) => {
    const [text, other] = [mplsEntryText(entry), mplsEntryText(actual.entries[i] as typeof entry)]
    if (text !== other) found.add('mpls_label', text, other, `mismatch in MPLS label ${i}`)
  })
}
