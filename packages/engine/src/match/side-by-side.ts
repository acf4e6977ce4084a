// An expected and an actual packet part by part, for people: made after a mismatch, never on the timed path.
import type { ScriptPacket } from '../schedule/script-packet.js'
import type { Difference, PacketPair, PacketRow } from '../trace/failure.js'
import { type Body, type IpHeader, type Packet, packetText } from '../wire/packet.js'
import { Flag, flagsText, type TcpSegment } from '../wire/tcp.js'
import { optionText } from '../wire/tcp-options.js'

/** Which differing fields belong to which part of the notation; a part that is `quiet` shows only where it differs. */
const parts: readonly { readonly part: string; readonly fields: RegExp; readonly quiet?: true }[] = [
  { part: 'headers', fields: /^(headers|gre_\w+|mpls_\w+|ipv4_protocol|ipv6_next_header)$/, quiet: true },
  { part: 'ip', fields: /^(ipv4_header_length|ip_ecn|tos|ttl|flowlabel)$/, quiet: true },
  { part: 'flags', fields: /^tcp_(fin|syn|rst|psh|ack|urg|ece|cwr|ae|ace|reserved_bits)$/ },
  { part: 'seq', fields: /^(tcp_seq|payload)$/ },
  { part: 'ack', fields: /^tcp_ack_seq$/ },
  { part: 'win', fields: /^tcp_window$/ },
  { part: 'urg', fields: /^tcp_urg_ptr$/, quiet: true },
  { part: 'options', fields: /^option/ },
  { part: 'udp', fields: /^(udp_len|payload)$/ },
  { part: 'icmp', fields: /^(icmp_type|icmp_code|payload)$/ },
]

/** `actual` in the script's space. Parts that neither packet has anything to say about are left out. */
export function sideBySide(script: ScriptPacket, actual: Packet, differences: readonly Difference[]): PacketPair {
  const { compare, values } = script
  const expectedParts = describe(values, compare.ace)
  if (!compare.window) expectedParts.win = 'any'
  if (!compare.options) expectedParts.options = 'any'
  const actualParts = describe(actual, compare.ace)
  const rows: PacketRow[] = []
  for (const { part, fields, quiet } of parts) {
    const [expected, seen] = [expectedParts[part] ?? '', actualParts[part] ?? '']
    if (expected === '' && seen === '') continue
    const differs = differences.some(({ field }) => fields.test(field))
    if (differs || quiet !== true) rows.push({ part, expected, actual: seen, differs })
  }
  return { expected: script.text, actual: packetText(actual), rows }
}

function describe(packet: Packet, ace: boolean): Record<string, string> {
  const { outer, ip, body } = packet
  const bare = packetText({ ...packet, outer: [] })
  const headers =
    outer.length === 0
      ? `${ip.type} alone`
      : packetText(packet)
          .slice(0, -bare.length || undefined)
          .trim()
  return { headers, ip: ipText(ip), ...bodyParts(body, ace) }
}

function ipText(ip: IpHeader): string {
  const label = ip.type === 'ipv6' ? ` flowlabel 0x${ip.flowLabel.toString(16)}` : ''
  return `tos 0x${ip.tos.toString(16)} ttl ${ip.ttl}${label}`
}

function bodyParts(body: Body, ace: boolean): Record<string, string> {
  switch (body.type) {
    case 'tcp':
      return tcpParts(body, ace)
    case 'udp':
      return { udp: `length ${body.length}, payload ${body.payloadLength}` }
    default:
      return { icmp: `type ${body.icmpType} code ${body.code}, payload ${body.payloadLength}` }
  }
}

function tcpParts(tcp: TcpSegment, ace: boolean): Record<string, string> {
  const end = (tcp.seq + tcp.payloadLength) >>> 0
  return {
    flags: flagsText(tcp.flags, ace) || '-',
    seq: `${tcp.seq}:${end}(${tcp.payloadLength})`,
    ack: (tcp.flags & Flag.ack) !== 0 || tcp.ack !== 0 ? String(tcp.ack) : '-',
    win: String(tcp.window),
    urg: String(tcp.urgent),
    options: tcp.options.length === 0 ? 'none' : tcp.options.map(optionText).join(','),
  }
}
