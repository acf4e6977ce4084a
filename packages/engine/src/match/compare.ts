// Expected against seen, field by field: all differences as data, the first of them in upstream's words.
// Read first: language/2-packets.md 6.

import type { Comparison, ScriptPacket } from '../schedule/script-packet.js'
import type { Difference } from '../trace/failure.js'
import { aceOf, type TcpPacket } from '../wire/packet.js'
import { subtract32 } from '../wire/sequence.js'
import { Flag } from '../wire/tcp.js'
import { OptionKind, optionText, type TcpOption, timestampsOf } from '../wire/tcp-options.js'

export interface Mismatch {
  /** Upstream's sentence about the first difference. */
  readonly reason: string
  readonly differences: readonly Difference[]
}

/** What a header comparison leaves out; see 5.4 for segments that continue another. */
interface Rules extends Comparison {
  readonly continued: boolean
}

/** A sniffed packet (in script space) against its line: headers, then options. */
export function compareWithScript(script: ScriptPacket, actual: TcpPacket, timestamps: TimestampRule): Mismatch | null {
  const found = compareHeaders(script.values, actual, { ...script.compare, continued: false })
  if (script.compare.options) compareOptions(found, script.values.tcp.options, actual.tcp.options, timestamps)
  return found.reasons.length === 0 ? null : { reason: found.reasons[0] as string, differences: found.differences }
}

/** A further segment of one script line against the one before it (both in script space). */
export function compareContinuation(previous: TcpPacket, actual: TcpPacket): Mismatch | null {
  const expected: TcpPacket = {
    ip: previous.ip,
    tcp: { ...previous.tcp, seq: (previous.tcp.seq + previous.tcp.payloadLength) >>> 0 },
  }
  const rules: Rules = { tos: 'none', ttl: previous.ip.ttl, window: true, ace: false, options: true, continued: true }
  const found = compareHeaders(expected, actual, rules)
  return found.reasons.length === 0 ? null : { reason: found.reasons[0] as string, differences: found.differences }
}

class Findings {
  readonly reasons: string[] = []
  readonly differences: Difference[] = []

  add(field: string, expected: string, actual: string, reason: string): void {
    this.reasons.push(reason)
    this.differences.push({ field, expected, actual })
  }

  number(field: string, expected: number, actual: number): void {
    if (expected === actual) return
    const words = `expected: ${expected} (0x${expected.toString(16)}) vs actual: ${actual} (0x${actual.toString(16)})`
    this.add(field, String(expected), String(actual), `live packet field ${field}: ${words}`)
  }
}

function compareHeaders(expected: TcpPacket, actual: TcpPacket, rules: Rules): Findings {
  const found = new Findings()
  const [e, a] = [expected.tcp, actual.tcp]
  const optionWords = rules.options || rules.continued ? 0 : a.dataOffset - 5
  found.number('ipv4_header_length', expected.ip.headerLength / 4, actual.ip.headerLength / 4)
  if (!rules.continued) {
    found.number('ipv4_total_length', expected.ip.totalLength + optionWords * 4, actual.ip.totalLength)
    compareTos(found, rules.tos, expected.ip.tos, actual.ip.tos)
  }
  if (rules.ttl !== 255) found.number('ttl', expected.ip.ttl, actual.ip.ttl)
  found.number('tcp_data_offset', e.dataOffset + optionWords, a.dataOffset)
  const bit = (name: keyof typeof Flag) =>
    found.number(`tcp_${name}`, (e.flags & Flag[name]) === 0 ? 0 : 1, (a.flags & Flag[name]) === 0 ? 0 : 1)
  if (!rules.continued) bit('fin')
  bit('syn')
  bit('rst')
  if (!rules.continued) bit('psh')
  bit('ack')
  bit('urg')
  if (rules.ace) {
    found.number('tcp_ace', aceOf(e.flags), aceOf(a.flags))
  } else {
    bit('ece')
    if (!rules.continued) bit('cwr')
    bit('ae')
  }
  found.number('tcp_reserved_bits', e.reserved, a.reserved)
  found.number('tcp_seq', e.seq, a.seq)
  found.number('tcp_ack_seq', e.ack, a.ack)
  if (rules.window) found.number('tcp_window', e.window, a.window)
  found.number('tcp_urg_ptr', e.urgent, a.urgent)
  return found
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

/** `--tcp_ts_tick_usecs` (6.6): 0 leaves the value uncompared. */
export interface TimestampRule {
  readonly tickUsecs: number
  /** Microseconds. */
  readonly toleranceUs: number
}

function compareOptions(
  found: Findings,
  expected: readonly TcpOption[],
  actual: readonly TcpOption[],
  rule: TimestampRule,
): void {
  const alike = expected.length === actual.length && expected.every((option, i) => option.kind === actual[i]?.kind)
  if (!alike) {
    found.add('options', listText(expected), listText(actual), 'bad outbound TCP options')
    return
  }
  expected.forEach((option, i) => {
    const other = actual[i] as TcpOption
    if (option.kind === OptionKind.timestamps) {
      compareTimestamp(found, expected, actual, rule)
      return
    }
    const sameData = Buffer.from(option.data).equals(other.data)
    if (option.length === other.length && sameData) return
    const what = option.length !== other.length && (option.data.length === 0 || sameData) ? 'length' : 'value'
    const [script, live] = [optionText(option), optionText(other)]
    const reason = `bad ${what} in outbound TCP option (kind=${option.kind}): expected: ${script} actual: ${live}`
    found.add(`option ${script.split(' ')[0]}`, script, live, reason)
  })
}

function compareTimestamp(
  found: Findings,
  expected: readonly TcpOption[],
  actual: readonly TcpOption[],
  { tickUsecs, toleranceUs }: TimestampRule,
): void {
  const [script, live] = [timestampsOf(expected), timestampsOf(actual)]
  if (tickUsecs === 0 || script === null || live === null) return
  const difference = Math.abs(subtract32(live.val, script.val) | 0) * tickUsecs
  if (difference <= toleranceUs) return
  const reason = `bad outbound TCP timestamp value, tolerance ${toleranceUs}`
  found.add('option TS', `val ${script.val}`, `val ${live.val}`, reason)
}

const listText = (options: readonly TcpOption[]) => (options.length === 0 ? 'none' : options.map(optionText).join(','))
