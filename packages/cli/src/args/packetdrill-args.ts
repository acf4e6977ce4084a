// packetdrill's command line → what is to be run. Upstream's words for what is wrong. Read first: getopt.ts.
import { optionFault, optionRules } from '@lunadrill/engine'
import { type Flag, flagsOf } from './flags.js'
import { getoptLong, type Parsed } from './getopt.js'
import { UsageError } from './usage-error.js'

export interface PacketdrillArgs {
  /** No scripts, but a server for remote wire mode. */
  readonly wireServer: boolean
  readonly scripts: readonly string[]
  /** As given, to be looked up; null: the kernel is tested. */
  readonly soFilename: string | null
  /** For the run, in the order given. */
  readonly options: Parsed['options']
}

/** `program` is argv[0], the prefix of getopt's messages. Throws UsageError. */
export function parsePacketdrill(args: readonly string[], program: string, posixlyCorrect: boolean): PacketdrillArgs {
  const flags = flagsOf('packetdrill')
  const judge = (name: string, value: string | null) => {
    const fault = Object.hasOwn(optionRules, name) ? optionFault(name, value) : null
    if (fault !== null) throw new UsageError(`Command Line: ${fault}`, false)
  }
  const { options, operands } = getoptLong(args, flags, program, posixlyCorrect, judge)
  const given = (name: string) => options.some(([option]) => option === name)
  // The last of those that say which end this is.
  const end = options.findLast(([name]) => /^wire_(client|server|server_ip|server_at)$/.test(name))?.[0]
  const wireServer = end === 'wire_server'
  if (wireServer && operands.length > 0) {
    throw new UsageError('error: do not pass script paths to the wire server on command line')
  }
  const meanings = new Map<string, Flag['meaning']>(flags.map((flag) => [flag.name, flag.meaning]))
  if (operands.length === 0 && !wireServer) throw new UsageError('error: missing script path')
  const soFilename = options.findLast(([name]) => name === 'so_filename')?.[1] ?? null
  return {
    wireServer,
    scripts: operands,
    soFilename: soFilename ?? (given('userspace_stack') ? 'libluna.so' : null),
    options: options.filter(([name]) => meanings.get(name) === 'run'),
  }
}
