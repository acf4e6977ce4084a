// The options of a run: one table for command line and scripts, their defaults, and how a value is read.
// Read first: language/1-script.md 5.3; numbers are read as C's atoi and atof read them, garbage being 0.
import type { RunOptions } from './types.js'

export const defaultOptions: RunOptions = {
  ipVersion: 'ipv4',
  bindPort: 8080,
  connectPort: 8080,
  localIp: null,
  remoteIp: '192.0.2.1',
  remotePrefixLength: 24,
  gatewayIp: '192.168.0.1',
  netmaskIp: '255.255.0.0',
  mtu: 1500,
  speedMbps: 0,
  mss: 0,
  toleranceUsecs: 4000,
  tolerancePercent: 12.5,
  tcpTsEcrScaled: false,
  tcpTsTickUsecs: 0,
  strictSegments: false,
  nonFatalPackets: false,
  sendOmitFree: false,
  isAnyip: false,
  dryRun: false,
  verbose: false,
  initScripts: [],
  codeCommand: 'python3',
  codeFormat: 'python',
  codeSockopt: '',
  soFilename: null,
  soFlags: '',
  wireMode: false,
  pspUdpPort: 0,
  defines: {},
}

/** Upstream's complaint about one option, without place: `bad --mtu: x`, `option 'x' unknown`. */
export class OptionError extends Error {
  readonly code = 'LD_OPTION'
}

interface OptionRule {
  /** What stands for the value in help texts; null for a flag. */
  readonly value: string | null
  readonly help: string
  /** Throws OptionError. */
  readonly apply: (options: RunOptions, value: string) => void
}

const bad = (name: string, value: string) => new OptionError(`bad --${name}: ${value}`)

/** C's atoi: the leading number, 0 where there is none. */
const atoi = (text: string) => Number(/^\s*[-+]?\d+/.exec(text)?.[0] ?? 0)
const atof = (text: string) => Number(/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/i.exec(text)?.[0] ?? 0)

function whole(name: string, text: string, least: number, most: number): number {
  const number = atoi(text)
  if (number < least || number > most) throw bad(name, text)
  return number
}

const flag = (help: string, apply: (options: RunOptions) => void): OptionRule => ({ value: null, help, apply })
const wireMode = (options: RunOptions) => {
  options.wireMode = true
}
const NO_WIRE_MODE = 'remote mode (not supported yet)'
const ignored = (value: string | null, help: string): OptionRule => ({ value, help, apply: () => {} })

/** Every option of upstream that scripts may hold too, by name. Command-line-only ones are the CLI's. */
export const optionRules: Readonly<Record<string, OptionRule>> = {
  ip_version: {
    value: 'ipv4|ipv4-mapped-ipv6|ipv6',
    help: 'family of sockets and packets',
    apply: (options, value) => {
      if (value !== 'ipv4' && value !== 'ipv4-mapped-ipv6' && value !== 'ipv6') throw bad('ip_version', value)
      options.ipVersion = value
    },
  },
  bind_port: {
    value: 'PORT',
    help: 'local port that bind() gets (8080)',
    apply: (options, value) => {
      options.bindPort = whole('bind_port', value, 1, 65535)
    },
  },
  connect_port: {
    value: 'PORT',
    help: 'remote port of connect() (8080)',
    apply: (options, value) => {
      options.connectPort = whole('connect_port', value, 1, 65535)
    },
  },
  local_ip: {
    value: 'ADDRESS',
    help: 'address of the stack under test',
    apply: (options, value) => {
      options.localIp = value
    },
  },
  remote_ip: {
    value: 'ADDRESS[/PREFIX]',
    help: 'address of the tester (192.0.2.1/24)',
    apply: (options, value) => {
      const [address = '', prefix] = value.split('/')
      options.remoteIp = address
      options.remotePrefixLength = prefix === undefined ? 32 : atoi(prefix)
    },
  },
  gateway_ip: {
    value: 'ADDRESS',
    help: 'next hop towards the tester (192.168.0.1)',
    apply: (options, value) => {
      options.gatewayIp = value
    },
  },
  netmask_ip: {
    value: 'MASK',
    help: "the local network's mask (255.255.0.0)",
    apply: (options, value) => {
      options.netmaskIp = value
    },
  },
  init_scripts: {
    value: 'COMMAND,…',
    help: 'shell commands run before the device exists',
    apply: (options, value) => {
      options.initScripts = value.split(',')
    },
  },
  speed: {
    value: 'MBPS',
    help: 'link speed of the device',
    apply: (options, value) => {
      if (!/^\d+$/.test(value) || Number(value) > 0xffffffff) throw bad('speed', value)
      options.speedMbps = Number(value)
    },
  },
  mss: {
    value: 'OCTETS',
    help: 'gso_size of injected packets',
    apply: (options, value) => {
      options.mss = whole('mss', value, 1, 0x7fffffff)
    },
  },
  mtu: {
    value: 'OCTETS',
    help: 'MTU of the device (1500)',
    apply: (options, value) => {
      options.mtu = whole('mtu', value, 0, 0x7fffffff)
    },
  },
  tolerance_usecs: {
    value: 'MICROSECONDS',
    help: 'how late or early an event may be (4000)',
    apply: (options, value) => {
      options.toleranceUsecs = whole('tolerance_usecs', value, 1, Number.MAX_SAFE_INTEGER)
    },
  },
  tolerance_percent: {
    value: 'PERCENT',
    help: 'the same, of the time since the last event (12.5)',
    apply: (options, value) => {
      options.tolerancePercent = atof(value)
      if (!(options.tolerancePercent >= 0 && options.tolerancePercent <= 100)) throw bad('tolerance_percent', value)
    },
  },
  tcp_ts_ecr_scaled: flag('infer unknown timestamp echoes by their offset', (options) => {
    options.tcpTsEcrScaled = true
  }),
  tcp_ts_tick_usecs: {
    value: 'MICROSECONDS',
    help: 'compare outbound timestamps at this tick (0: do not)',
    apply: (options, value) => {
      options.tcpTsTickUsecs = whole('tcp_ts_tick_usecs', value, 0, 1_000_000)
    },
  },
  strict_segments: flag('one packet line is one segment', (options) => {
    options.strictSegments = true
  }),
  non_fatal: {
    value: 'packet,syscall',
    help: 'mismatches that are warnings',
    apply: (options, value) => {
      if (value.split(/[,\s]+/).includes('packet')) options.nonFatalPackets = true
    },
  },
  code_command: {
    value: 'COMMAND',
    help: 'what runs the code blocks (python3)',
    apply: (options, value) => {
      options.codeCommand = value
    },
  },
  code_format: {
    value: 'python',
    help: 'language of the code blocks',
    apply: (options, value) => {
      options.codeFormat = value
    },
  },
  code_sockopt: {
    value: 'OPTION',
    help: 'accepted, without effect',
    apply: (options, value) => {
      options.codeSockopt = value
    },
  },
  so_filename: {
    value: 'FILE',
    help: 'the userspace stack to test, a shared object',
    apply: (options, value) => {
      options.soFilename = value
    },
  },
  so_flags: {
    value: 'TEXT',
    help: "handed to the shared object's init",
    apply: (options, value) => {
      options.soFlags = value
    },
  },
  dry_run: flag('parse only', (options) => {
    options.dryRun = true
  }),
  is_anyip: flag('the local address belongs to an anyip range', (options) => {
    options.isAnyip = true
  }),
  send_omit_free: flag('keep the buffers of sends', (options) => {
    options.sendOmitFree = true
  }),
  psp_udp_port: {
    value: 'PORT',
    help: 'PSP (not supported yet)',
    apply: (options, value) => {
      options.pspUdpPort = whole('psp_udp_port', value, 1, 65535)
    },
  },
  wire_client: flag(NO_WIRE_MODE, wireMode),
  wire_server: flag(NO_WIRE_MODE, wireMode),
  wire_server_ip: { value: 'NAME', help: NO_WIRE_MODE, apply: wireMode },
  wire_server_at: { value: 'NAME', help: NO_WIRE_MODE, apply: wireMode },
  wire_server_port: {
    value: 'PORT',
    help: NO_WIRE_MODE,
    apply: (_options, value) => {
      whole('wire_server_port', value, 1, 65535)
    },
  },
  wire_client_dev: ignored('DEVICE', NO_WIRE_MODE),
  wire_server_dev: ignored('DEVICE', NO_WIRE_MODE),
  debug: ignored(null, 'accepted, without effect'),
  define: {
    value: 'NAME=VALUE',
    help: 'replaces a word of scripts',
    apply: (options, value) => {
      const at = value.indexOf('=')
      if (at < 1) throw new OptionError(`bad definition: ${value}`)
      options.defines[value.slice(0, at)] = value.slice(at + 1)
    },
  },
  verbose: flag('print each packet and system call', (options) => {
    options.verbose = true
  }),
}

export function freshOptions(): RunOptions {
  return { ...defaultOptions, initScripts: [], defines: {} }
}

/** Applies one option. `value` is null where none was written. Throws OptionError. */
export function applyOption(options: RunOptions, name: string, value: string | null): void {
  const rule = Object.hasOwn(optionRules, name) ? optionRules[name] : undefined
  if (rule === undefined) throw new OptionError(`option '${name}' unknown`)
  if (rule.value === null && value !== null) throw new OptionError(`option '${name}' forbids an argument`)
  if (rule.value !== null && value === null) throw new OptionError(`option '${name}' requires an argument`)
  rule.apply(options, value ?? '')
}
