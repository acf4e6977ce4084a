// What a `%{ }%` block sees of the socket under test: the names that packetdrill gives to Python, in its order.
// Untimed: made from octets that the host has already copied. Read first: ../layout/tcp-info.ts.
import type { FieldValues } from '../layout/field.js'
import { decodeSkMeminfo, skMeminfoFields } from '../layout/sk-meminfo.js'
import { decodeTcpCcInfo, tcpCcInfoNames } from '../layout/tcp-cc-info.js'
import { decodeTcpInfo, tcpInfoFields } from '../layout/tcp-info.js'
import { pythonConstants } from './constants.js'
import { linuxName, lunaToTcpInfo } from './luna.js'

export interface PythonVariables {
  /** In the order in which the program assigns them. */
  readonly values: ReadonlyMap<string, number | bigint>
  /**
   * Names that a block may use elsewhere and that have no value here, each with a clause that says who lacks what: a block
   * that reads such a name is told.
   */
  readonly missing: ReadonlyMap<string, string>
}

/** Fields of struct tcp_info in the order in which packetdrill assigns them. fastopen_client_fail is not among them. */
const tcpInfoNames: readonly string[] = inPacketdrillsOrder(tcpInfoFields.map((field) => field.name))

const memoryNames: readonly string[] = skMeminfoFields.map((field) => field.name)

/** From the octets of three getsockopt calls; those that an older kernel does not return are missing. */
export function kernelPythonVariables(tcpInfo: Uint8Array, ccInfo: Uint8Array, memInfo: Uint8Array): PythonVariables {
  const shorter = (option: string, octets: Uint8Array) =>
    `this kernel's ${option} has ${octets.byteLength} octets and ends before it`
  const congestion = `the socket's congestion control gives ${ccInfo.byteLength} octets of TCP_CC_INFO, and not this`
  return variables([
    [tcpInfoNames, decodeTcpInfo(tcpInfo), () => shorter('TCP_INFO', tcpInfo)],
    [tcpCcInfoNames, decodeTcpCcInfo(ccInfo), () => congestion],
    [memoryNames, decodeSkMeminfo(memInfo), () => shorter('SO_MEMINFO', memInfo)],
  ])
}

/** Who speaks in lunaPythonVariables, for what is missing. */
export interface LunaSource {
  /** The stack as it calls itself: `lwIP 2.1.3`. */
  readonly stack: string
  /** All fields of luna_tcp_info, by their names there, in the order of their bits in `known`. */
  readonly fields: readonly string[]
}

/** From the known fields of a userspace stack's luna_tcp_info, by their names there; the others are missing. */
export function lunaPythonVariables(values: FieldValues, { stack, fields }: LunaSource): PythonVariables {
  const bits = new Map(fields.map((field, bit) => [linuxName(field), { field, bit }]))
  const untold = (name: string) => {
    const place = bits.get(name)
    if (place === undefined) return `${stack} cannot tell it: luna_tcp_info has no such field`
    return `${stack} does not tell it: luna_tcp_info.${place.field} is not known (bit ${place.bit} of \`known\` is 0)`
  }
  const without = (option: string) => () => `${stack} cannot tell it: luna_stack_v1 has no ${option}`
  return variables([
    [tcpInfoNames, lunaToTcpInfo(values), untold],
    [tcpCcInfoNames, new Map(), without('TCP_CC_INFO')],
    [memoryNames, new Map(), without('SO_MEMINFO')],
  ])
}

type Group = readonly [names: readonly string[], known: FieldValues, whyMissing: (name: string) => string]

function variables(groups: readonly Group[]): PythonVariables {
  const values = new Map<string, number | bigint>(pythonConstants)
  const missing = new Map<string, string>()
  for (const [names, known, whyMissing] of groups) {
    for (const name of names) {
      const value = known.get(name)
      if (value === undefined) missing.set(name, whyMissing(name))
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
