// packetdrill's command line → what is to be run. Upstream's words for what is wrong. Read first: getopt.ts.
import { type Flag, flagsOf } from './flags.js'
import { getoptLong, type Parsed } from './getopt.js'
import { UsageError } from './usage-error.js'

export interface PacketdrillArgs {
  readonly scripts: readonly string[]
  /** As given, to be looked up; null: the kernel is tested. */
  readonly soFilename: string | null
  /** For the run, in the order given. */
  readonly options: Parsed['options']
}

/** `program` is argv[0], the prefix of getopt's messages. Throws UsageError. */
export function parsePacketdrill(args: readonly string[], program: string, posixlyCorrect: boolean): PacketdrillArgs {
  const flags = flagsOf('packetdrill')
  const { options, operands } = getoptLong(args, flags, program, posixlyCorrect)
  const given = (name: string) => options.some(([option]) => option === name)
  if (given('wire_server') && operands.length > 0) {
    throw new UsageError('error: do not pass script paths to the wire server on command line')
  }
  const meanings = new Map<string, Flag['meaning']>(flags.map((flag) => [flag.name, flag.meaning]))
  const remote = options.find(([name]) => meanings.get(name) === 'remote')
  if (remote !== undefined) {
    throw new UsageError(`error: --${remote[0]}: tests over two machines are not supported`, false)
  }
  if (operands.length === 0) throw new UsageError('error: missing script path')
  const soFilename = options.findLast(([name]) => name === 'so_filename')?.[1] ?? null
  return {
    scripts: operands,
    soFilename: soFilename ?? (given('userspace_stack') ? 'libluna.so' : null),
    options: options.filter(([name]) => meanings.get(name) === 'run'),
  }
}
