// Every flag of both commands, in one table: what parsing, help texts and the run request are made from. The script
// options come from the engine, which applies them; here are the flags that only a command line has.
// Supervisor. Read first: engine/src/run/options.ts.
import { optionRules } from '@lunadrill/engine'

/**
 * Who understands a flag: `packetdrill`, `lunadrill run` (here `lunadrill`), `lunadrill check`, `lunadrill fmt`,
 * `lunadrill kernel`, `lunadrill stack-init`, `lunadrill stack-check`, `lunadrill compare`.
 */
export type Tool = 'packetdrill' | 'lunadrill' | 'check' | 'fmt' | 'kernel' | 'stack-init' | 'stack-check' | 'compare'

export interface Flag {
  /** Without dashes, as written: packetdrill's words have underscores, ours dashes. */
  readonly name: string
  readonly short?: 'D' | 'h' | 'v'
  /** What stands for the argument in help; null where there is none. */
  readonly value: string | null
  readonly help: string
  readonly tools: readonly Tool[]
  /**
   * `run`: goes into the run's options, applied over the script's own. `tool`: the command itself acts on it.
   */
  readonly meaning: 'run' | 'tool'
  /** Upstream does not have it: no abbreviation that means something there may mean this. */
  readonly added?: true
}

const own = (tool: Tool, name: string, value: string | null, help: string): Flag => ({
  name,
  value,
  help,
  tools: [tool],
  meaning: 'tool',
})

/** Of the commands that run scripts. */
const running = (name: string, value: string | null, help: string): Flag => ({
  ...own('lunadrill', name, value, help),
  tools: ['lunadrill', 'compare'],
})

const lunadrillFlags: readonly Flag[] = [
  running(
    'stack',
    'kernel|uml[:KERNEL]|lwip|lwip-sack|PATH.so',
    'what to test; several with commas or repeated (kernel)',
  ),
  running('clock', 'virtual|wall', 'time of userspace stacks (virtual where the stack can)'),
  own('lunadrill', 'reporter', 'pretty|json', 'json: an object per run and line (pretty)'),
  running('admin-port', 'PORT', 'of netstat, ss and pollinghang on 127.0.0.1; 0: none (8899)'),
  running('jobs', 'N', 'runs side by side (1)'),
  running('asan', null, 'run stacks built with AddressSanitizer: docs/sanitizers.md'),
  own('lunadrill', 'trace', 'FILE', 'write events, calls and packets of each run to FILE'),
  running('seed', 'N', 'what random numbers follow from where time is virtual: uml (0)'),
  running('netns', 'private|host', 'network namespace of the runs (private)'),
]

const compareFlags: readonly Flag[] = [
  own('compare', 'by', 'verdict|trace', 'what makes a script differ (verdict)'),
  own('compare', 'format', 'pretty|json', 'json: an object per script and line (pretty)'),
]

const helpFlag: Flag = {
  ...own('lunadrill', 'help', null, 'print this'),
  short: 'h',
  tools: ['lunadrill', 'check', 'fmt', 'kernel', 'stack-init', 'stack-check', 'compare'],
}

const checkFlags: readonly Flag[] = [
  own('check', 'strict', null, 'warnings are errors'),
  own('check', 'format', 'pretty|json', 'json: an object per finding and line (pretty)'),
]

const fmtFlags: readonly Flag[] = [
  own('fmt', 'check', null, 'change nothing; name the files that would change, and exit with 1'),
  own('fmt', 'stdout', null, 'print the result, and leave the files alone'),
]

const kernelFlags: readonly Flag[] = [
  own('kernel', 'source', 'DIR|TARBALL', 'sources to build from (the newest of Debian)'),
  own('kernel', 'config', 'FILE', 'lines of .config, applied over the usual ones'),
  own('kernel', 'out', 'NAME', 'what the kernel is called here (default)'),
  own('kernel', 'kasan', null, 'with the address sanitizer'),
  own('kernel', 'lockdep', null, 'with proofs of locking'),
  own('kernel', 'ubsan', null, 'with the undefined-behaviour sanitizer'),
  own('kernel', 'format', 'pretty|json', 'json: an object per kernel and line (pretty)'),
]

const stackInitFlags: readonly Flag[] = [own('stack-init', 'dir', 'DIR', 'the folder to make (NAME)')]

const stackCheckFlags: readonly Flag[] = [
  own('stack-check', 'format', 'pretty|json', 'json: one object with all that was checked (pretty)'),
]

const packetdrillFlags: readonly Flag[] = [
  {
    ...own('packetdrill', 'userspace_stack', null, 'test a userspace stack on DPDK; alone: the built-in libluna.so'),
    added: true,
  },
  {
    ...own('packetdrill', 'uml', null, 'test the kernel of `lunadrill kernel build`, in virtual time'),
    added: true,
  },
  {
    ...own('packetdrill', 'uml_kernel', 'KERNEL', 'the same by another one: of `lunadrill kernel list`, or a path'),
    added: true,
  },
  own('packetdrill', 'so_filename', 'FILE', 'the same in this object: a path, beside the script, or built in'),
]

const shorts: Readonly<Record<string, 'D' | 'v'>> = { define: 'D', verbose: 'v' }

/** What decides how a script is read. */
const reading = new Set(['define', 'ip_version'])
const fmt = ['fmt'] as const

/** What the engine applies, so_filename excepted: on a command line it chooses the stack. */
const scriptFlags: readonly Flag[] = Object.entries(optionRules)
  .filter(([name]) => packetdrillFlags.every((flag) => flag.name !== name))
  .map(([name, { value, help, added }]): Flag => {
    const server = /^wire_server(_dev)?$/.test(name)
    const short = shorts[name]
    return {
      name,
      ...(short === undefined ? {} : { short }),
      ...(added && { added }),
      value,
      help,
      tools: server
        ? ['packetdrill']
        : ['packetdrill', 'lunadrill', 'compare', 'check', ...(reading.has(name) ? fmt : [])],
      meaning: 'run',
    }
  })

export const flags: readonly Flag[] = [
  ...lunadrillFlags,
  ...checkFlags,
  ...fmtFlags,
  ...kernelFlags,
  ...stackInitFlags,
  ...stackCheckFlags,
  ...compareFlags,
  helpFlag,
  ...packetdrillFlags,
  ...scriptFlags,
]

export function flagsOf(tool: Tool): readonly Flag[] {
  const own = flags.filter((flag) => flag.tools.includes(tool))
  return tool === 'packetdrill' ? own.toSorted((a, b) => upstreamPlace(a) - upstreamPlace(b)) : own
}

/** The order in which getopt names the possibilities of an ambiguous option. */
const upstreamOrder = `ip_version bind_port code_command code_format code_sockopt connect_port remote_ip local_ip
  gateway_ip netmask_ip speed mss mtu init_scripts tolerance_usecs tolerance_percent wire_client wire_server
  wire_server_ip wire_server_at wire_server_port wire_client_dev wire_server_dev so_filename so_flags tcp_ts_ecr_scaled
  tcp_ts_tick_usecs strict_segments non_fatal dry_run is_anyip send_omit_free psp_udp_port debug define verbose`.split(
  /\s+/,
)

/** Flags of ours come last. */
function upstreamPlace({ name }: Flag): number {
  const place = upstreamOrder.indexOf(name)
  return place === -1 ? upstreamOrder.length : place
}
