// What counts of a TCP header and of its options. Read first: language/2-packets.md 6.3 and 6.6.

import { subtract32 } from '../wire/sequence.js'
import { aceOf, Flag, type TcpSegment } from '../wire/tcp.js'
import { OptionKind, optionText, type TcpOption, timestampsOf } from '../wire/tcp-options.js'
import type { Rules } from './compare.js'
import type { Findings } from './findings.js'

/** 32-bit words of options. */
export const optionWords = ({ dataOffset }: TcpSegment) => dataOffset - 5

export function compareTcp(found: Findings, expected: TcpSegment, actual: TcpSegment, rules: Rules): void {
  const moreWords = rules.options || rules.continued ? 0 : optionWords(actual)
  found.number('tcp_data_offset', expected.dataOffset + moreWords, actual.dataOffset)
  const bit = (name: keyof typeof Flag) =>
    found.number(`tcp_${name}`, (expected.flags & Flag[name]) === 0 ? 0 : 1, (actual.flags & Flag[name]) === 0 ? 0 : 1)
  if (!rules.continued) bit('fin')
  bit('syn')
  bit('rst')
  if (!rules.continued) bit('psh')
  bit('ack')
  bit('urg')
  if (rules.ace) {
    found.number('tcp_ace', aceOf(expected.flags), aceOf(actual.flags))
  } else {
    bit('ece')
    if (!rules.continued) bit('cwr')
    bit('ae')
  }
  found.number('tcp_reserved_bits', expected.reserved, actual.reserved)
  found.number('tcp_seq', expected.seq, actual.seq)
  found.number('tcp_ack_seq', expected.ack, actual.ack)
  if (rules.window) found.number('tcp_window', expected.window, actual.window)
  found.number('tcp_urg_ptr', expected.urgent, actual.urgent)
}

/** `--tcp_ts_tick_usecs` (6.6): 0 leaves the value uncompared. */
export interface TimestampRule {
  readonly tickUsecs: number
  /** Microseconds. */
  readonly toleranceUs: number
}

/** Both lists in parallel, as far as their kinds agree: kinds, order, values (6.6). */
export function compareOptions(
  found: Findings,
  expected: readonly TcpOption[],
  actual: readonly TcpOption[],
  rule: TimestampRule,
): void {
  const count = Math.max(expected.length, actual.length)
  for (let i = 0; i < count; i++) {
    const [option, other] = [expected[i], actual[i]]
    if (option === undefined || other === undefined || option.kind !== other.kind) {
      found.add('options', listText(expected), listText(actual), 'bad outbound TCP options')
      return
    }
    if (option.kind === OptionKind.timestamps) compareTimestamp(found, expected, actual, rule)
    else compareData(found, option, other)
  }
}

function compareData(found: Findings, option: TcpOption, other: TcpOption): void {
  const sameLength = option.length === other.length
  if (sameLength && Buffer.from(option.data).equals(other.data)) return
  // Upstream calls it the length where the script has no data, or all of the packet's and then some.
  const { length } = other.data
  const startsAlike = Buffer.from(option.data.subarray(0, length)).equals(other.data)
  const what = !sameLength && (option.data.length === 0 || startsAlike) ? 'length' : 'value'
  const [script, live] = [optionText(option), optionText(other)]
  const reason = `bad ${what} in outbound TCP option (kind=${option.kind}): expected: ${script} actual: ${live}`
  found.add(`option ${script.split(' ')[0]}`, script, live, reason)
}

function compareTimestamp(
  found: Findings,
  expected: readonly TcpOption[],
  actual: readonly TcpOption[],
  { tickUsecs, toleranceUs }: TimestampRule,
): void {
  const [script, live] = [timestampsOf(expected), timestampsOf(actual)]
  if (tickUsecs === 0 || script === null || live === null) return
  // Upstream's product wraps at 32 bits, and a negative one passes (O-10).
  const difference = Math.imul(Math.abs(subtract32(live.val, script.val) | 0), tickUsecs)
  if (difference <= toleranceUs) return
  const reason = `bad outbound TCP timestamp value, tolerance ${toleranceUs}`
  found.add('option TS', `val ${script.val}`, `val ${live.val}`, reason)
}

const listText = (options: readonly TcpOption[]) => (options.length === 0 ? 'none' : options.map(optionText).join(','))
