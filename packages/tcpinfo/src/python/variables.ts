// What a `%{ }%` block sees of the socket under test: the names that packetdrill gives to Python, in its order.
// Untimed: made from octets that the host has already copied. Read first: ../layout/tcp-info.ts.
import type { FieldValues } from '../layout/field.js'
import { decodeSkMeminfo, skMeminfoFields } from '../layout/sk-meminfo.js'
import { decodeTcpCcInfo, tcpCcInfoNames } from '../layout/tcp-cc-info.js'
import { decodeTcpInfo, tcpInfoFields } from '../layout/tcp-info.js'
import { pythonConstants } from './constants.js'
import { lunaToTcpInfo } from './luna.js'

export interface PythonVariables {
  /** In the order in which the program assigns them. */
  readonly values: ReadonlyMap<string, number | bigint>
  /** Names that a block may use elsewhere and that have no value here. One that reads such a name gets a clear message. */
  readonly missing: ReadonlySet<string>
}

/** Fields of struct tcp_info in the order in which packetdrill assigns them. fastopen_client_fail is not among them. */
const tcpInfoNames: readonly string[] = inPacketdrillsOrder(tcpInfoFields.map((field) => field.name))

const memoryNames: readonly string[] = skMeminfoFields.map((field) => field.name)

/** From the octets of three getsockopt calls; those that an older kernel does not return are missing. */
export function kernelPythonVariables(tcpInfo: Uint8Array, ccInfo: Uint8Array, memInfo: Uint8Array): PythonVariables {
  return variables(decodeTcpInfo(tcpInfo), decodeTcpCcInfo(ccInfo), decodeSkMeminfo(memInfo))
}

/** From the known fields of a userspace stack's luna_tcp_info, by their names there; the others are missing. */
export function lunaPythonVariables(fields: FieldValues): PythonVariables {
  return variables(lunaToTcpInfo(fields), new Map(), new Map())
}

function variables(tcpInfo: FieldValues, ccInfo: FieldValues, memInfo: FieldValues): PythonVariables {
  const values = new Map<string, number | bigint>(pythonConstants)
  const missing = new Set<string>()
  const groups = [
    [tcpInfoNames, tcpInfo],
    [tcpCcInfoNames, ccInfo],
    [memoryNames, memInfo],
  ] as const
  for (const [names, known] of groups) {
    for (const name of names) {
      const value = known.get(name)
      if (value === undefined) missing.add(name)
      else values.set(name, value)
    }
  }
  return { values, missing }
}

/** total_retrans and the pacing rates come before rcv_rtt, the Accurate ECN modes before its counters. */
function inPacketdrillsOrder(names: readonly string[]): readonly string[] {
  const moved = new Map([
    ['tcpi_reordering', ['tcpi_total_retrans', 'tcpi_pacing_rate', 'tcpi_max_pacing_rate']],
    ['tcpi_total_rto_time', ['tcpi_ecn_mode', 'tcpi_accecn_opt_seen', 'tcpi_accecn_fail_mode', 'tcpi_options2']],
  ])
  const elsewhere = new Set(['tcpi_fastopen_client_fail', ...[...moved.values()].flat()])
  return names.filter((name) => !elsewhere.has(name)).flatMap((name) => [name, ...(moved.get(name) ?? [])])
}
