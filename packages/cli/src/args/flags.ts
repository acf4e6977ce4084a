// Every flag of both commands, in one table: what parsing, help texts and the run request are made from.
// Supervisor. Read first: language/1-script.md 5.3 of packetdrill's reference for the script options.

/** Who understands a flag: `packetdrill`, `lunadrill run`, or both. */
export type Tool = 'packetdrill' | 'lunadrill'

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
   * `remote`: upstream's mode over two machines, refused with its reason. `none`: accepted, without effect.
   */
  readonly meaning: 'run' | 'tool' | 'remote' | 'none'
}

const both: readonly Tool[] = ['packetdrill', 'lunadrill']

const script = (name: string, value: string | null, help: string): Flag => ({
  name,
  value,
  help,
  tools: both,
  meaning: 'run',
})
const remote = (name: string, value: string | null, help: string): Flag => ({
  name,
  value,
  help,
  tools: ['packetdrill'],
  meaning: 'remote',
})
const ours = (tool: Tool, name: string, value: string | null, help: string): Flag => ({
  name,
  value,
  help,
  tools: [tool],
  meaning: 'tool',
})

export const flags: readonly Flag[] = [
  ours('lunadrill', 'stack', 'kernel|lwip|PATH.so', 'what to test; several with commas or repeated (kernel)'),
  ours('lunadrill', 'clock', 'virtual|wall', 'time of userspace stacks (virtual where the stack can)'),
  ours('lunadrill', 'reporter', 'pretty|json', 'json: an object per run and line (pretty)'),
  ours('lunadrill', 'admin-port', 'PORT', 'of netstat, ss and pollinghang on 127.0.0.1; 0: none (8899)'),
  ours('lunadrill', 'netns', 'private|host', 'network namespace of the runs (private)'),
  { ...ours('lunadrill', 'help', null, 'print this'), short: 'h' },

  ours('packetdrill', 'userspace_stack', null, 'test a userspace stack on DPDK; alone: the built-in libluna.so'),
  ours('packetdrill', 'so_filename', 'FILE', 'the same in this shared object: a path, beside the script, or built in'),
  script('so_flags', 'TEXT', 'options for the shared object'),

  script('ip_version', 'ipv4|ipv4-mapped-ipv6|ipv6', 'family of sockets and packets (ipv4)'),
  script('bind_port', 'PORT', 'local port that bind() gets (8080)'),
  script('connect_port', 'PORT', 'remote port of connect() (8080)'),
  script('local_ip', 'ADDRESS', 'address of the stack under test'),
  script('remote_ip', 'ADDRESS[/PREFIX]', 'address of the tester (192.0.2.1/24)'),
  script('gateway_ip', 'ADDRESS', 'next hop towards the tester (192.168.0.1)'),
  script('netmask_ip', 'MASK', 'the local network (255.255.0.0)'),
  script('mtu', 'OCTETS', 'MTU of the device (1500)'),
  script('speed', 'MBPS', 'link speed of the device'),
  script('mss', 'OCTETS', 'segment size announced for injected packets'),
  script('tolerance_usecs', 'USECS', 'how early or late an event may be (4000)'),
  script('tolerance_percent', 'PERCENT', 'the same, of the time since the last event (12.5)'),
  script('tcp_ts_ecr_scaled', null, 'infer unknown timestamp echoes by their offset'),
  script('tcp_ts_tick_usecs', 'USECS', 'compare outbound timestamps at this tick; 0: do not (0)'),
  script('strict_segments', null, 'one packet line is one segment'),
  script('non_fatal', 'packet,syscall', 'mismatches that are warnings'),
  script('init_scripts', 'COMMAND,...', 'shell commands run before the device exists'),
  script('code_command', 'COMMAND', 'what runs the code blocks (python3)'),
  script('code_format', 'python', 'language of the code blocks (python)'),
  script('code_sockopt', 'OPTION', 'accepted, without effect'),
  script('is_anyip', null, 'the local address belongs to an anyip range'),
  script('send_omit_free', null, 'keep the buffers of sends'),
  script('dry_run', null, 'parse only'),
  { ...script('define', 'NAME=VALUE', 'replace a word of the script'), short: 'D' },
  { ...script('verbose', null, 'print each packet and system call'), short: 'v' },
  { ...script('debug', null, 'accepted, without effect'), meaning: 'none' },

  remote('wire_client', null, 'remote mode: not supported'),
  remote('wire_server', null, 'remote mode: not supported'),
  remote('wire_server_ip', 'NAME', 'remote mode: not supported'),
  remote('wire_server_at', 'NAME', 'remote mode: not supported'),
  remote('wire_server_port', 'PORT', 'remote mode: not supported'),
  remote('wire_client_dev', 'DEVICE', 'remote mode: not supported'),
  remote('wire_server_dev', 'DEVICE', 'remote mode: not supported'),
  remote('psp_udp_port', 'PORT', 'remote mode: not supported'),
]

export function flagsOf(tool: Tool): readonly Flag[] {
  return flags.filter((flag) => flag.tools.includes(tool))
}
