// packetdrill's command line → what is to be run. Upstream's words for what is wrong. Read first: getopt.ts.
import { optionFault, optionRules } from '@lunadrill/engine'
import { type Flag, flagsOf } from './flags.js'
import { getoptLong, type Parsed } from './getopt.js'
import { UsageError } from './usage-error.js'

export interface PacketdrillArgs {
  /** No scripts, but a server for remote wire mode. */
  readonly wireServer: boolean
  readonly scripts: readonly string[]
  /** What is tested: the machine's kernel, one in virtual time (null: `default`), or an object as given, to be looked up. */
  readonly tested:
    | { readonly kind: 'kernel' }
    | { readonly kind: 'uml'; readonly kernel: string | null }
    | { readonly kind: 'userspace'; readonly soFilename: string }
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
  // The last of those that say which end this is.
  const end = options.findLast(([name]) => /^wire_(client|server|server_ip|server_at)$/.test(name))?.[0]
  const wireServer = end === 'wire_server'
  if (wireServer && operands.length > 0) {
    throw new UsageError('error: do not pass script paths to the wire server on command line')
  }
  const meanings = new Map<string, Flag['meaning']>(flags.map((flag) => [flag.name, flag.meaning]))
  if (operands.length === 0 && !wireServer) throw new UsageError('error: missing script path')
  return {
    wireServer,
    scripts: operands,
    tested: testedBy(options),
    options: options.filter(([name]) => meanings.get(name) === 'run'),
  }
}

function testedBy(options: Parsed['options']): PacketdrillArgs['tested'] {
  const given = (name: string) => options.some(([option]) => option === name)
  const last = (name: string) => options.findLast(([option]) => option === name)?.[1] ?? null
  const userspace = ['so_filename', 'userspace_stack'].find(given)
  const virtual = ['uml_kernel', 'uml'].find(given)
  if (userspace !== undefined && virtual !== undefined) {
    throw new UsageError(`error: --${userspace} and --${virtual} exclude each other`)
  }
  if (userspace !== undefined) return { kind: 'userspace', soFilename: last('so_filename') ?? 'libluna.so' }
  return virtual === undefined ? { kind: 'kernel' } : { kind: 'uml', kernel: last('uml_kernel') }
}
