// luna_tcp_info's names in Linux's words. Units are the same on both sides, so only names change.
// Read first: dpdk-native/include/luna_stack.h.
import type { FieldValues } from '../layout/field.js'

/** What the stack interface knows and Linux's TCP_INFO has no name for. */
const withoutLinuxName: ReadonlySet<string> = new Set([
  'snd_una',
  'snd_nxt',
  'rcv_nxt',
  'dupacks',
  'cwnd_bytes',
  'ssthresh_bytes',
])

export function lunaToTcpInfo(fields: FieldValues): FieldValues {
  const values = new Map<string, number | bigint>()
  for (const [name, value] of fields) {
    const linux = linuxName(name)
    if (linux !== null) values.set(linux, value)
  }
  return values
}

/** Linux's name of a field; null where it has none. */
export function linuxName(name: string): string | null {
  return withoutLinuxName.has(name) ? null : `tcpi_${name.replace(/_(us|ms)$/, '')}`
}
