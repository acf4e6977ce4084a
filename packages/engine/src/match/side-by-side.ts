// An expected and an actual packet part by part, for people: made after a mismatch, never on the timed path.
import type { ScriptPacket } from '../schedule/script-packet.js'
import type { Difference, PacketPair, PacketRow } from '../trace/failure.js'
import { flagsText, packetText, type TcpPacket } from '../wire/packet.js'
import { Flag } from '../wire/tcp.js'
import { optionText } from '../wire/tcp-options.js'

/** Which differing fields belong to which part of the notation. */
const parts: readonly (readonly [part: string, fields: RegExp])[] = [
  ['ip', /^(ipv4_header_length|ip_ecn|tos|ttl)$/],
  ['flags', /^tcp_(fin|syn|rst|psh|ack|urg|ece|cwr|ae|ace|reserved_bits)$/],
  ['seq', /^(tcp_seq|payload)$/],
  ['ack', /^tcp_ack_seq$/],
  ['win', /^tcp_window$/],
  ['urg', /^tcp_urg_ptr$/],
  ['options', /^option/],
]

/** `actual` in the script's space. Parts that neither packet has anything to say about are left out. */
export function sideBySide(script: ScriptPacket, actual: TcpPacket, differences: readonly Difference[]): PacketPair {
  const { compare, values } = script
  const expectedParts = describe(values, compare.ace)
  if (!compare.window) expectedParts.win = 'any'
  if (!compare.options) expectedParts.options = 'any'
  const actualParts = describe(actual, compare.ace)
  const rows: PacketRow[] = []
  for (const [part, fields] of parts) {
    const differs = differences.some(({ field }) => fields.test(field))
    const [expected, seen] = [expectedParts[part] ?? '', actualParts[part] ?? '']
    if (!differs && (part === 'ip' || part === 'urg')) continue
    rows.push({ part, expected, actual: seen, differs })
  }
  return { expected: script.text, actual: packetText(actual), rows }
}

function describe({ ip, tcp }: TcpPacket, ace: boolean): Record<string, string> {
  const end = (tcp.seq + tcp.payloadLength) >>> 0
  return {
    ip: `tos 0x${ip.tos.toString(16)} ttl ${ip.ttl}`,
    flags: flagsText(tcp.flags, ace) || '-',
    seq: `${tcp.seq}:${end}(${tcp.payloadLength})`,
    ack: (tcp.flags & Flag.ack) !== 0 || tcp.ack !== 0 ? String(tcp.ack) : '-',
    win: String(tcp.window),
    urg: String(tcp.urgent),
    options: tcp.options.length === 0 ? 'none' : tcp.options.map(optionText).join(','),
  }
}
