// The options of a run: one table for command line and scripts, their defaults, and how a value is read.
// Read first: language/1-script.md 5.3; numbers are read as C's atoi and atof read them, garbage being 0.
import { suggest } from '@lunadrill/parser'
import { parsePort, ring } from './port-choice.js'
import type { RunOptions } from './types.js'

export const defaultOptions: RunOptions = {
  ipVersion: 'ipv4',
  bindPort: 8080,
  connectPort: 8080,
  localIp: null,
  remoteIp: null,
  gatewayIp: null,
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
  commandTimeoutS: 300,
  hangTimeoutS: 5,
  codeFormat: 'python',
  codeSockopt: '',
  soFilename: null,
  soFlags: '',
  port: ring,
  eal: [],
  wireMode: null,
  wireServerIp: null,
  wireServerPort: 8081,
  wireClientDev: null,
  wireServerDev: null,
  wireToken: null,
  wireTokenFile: null,
  pspUdpPort: 0,
  defines: {},
}

/** Upstream's complaint about one option, without place: `bad --mtu: x`, `option 'x' unknown`. */
export class OptionError extends Error {
  readonly code = 'LD_OPTION'

  constructor(
    message: string,
    /** What to write instead, where that is known. */
    readonly hint: string | null = null,
  ) {
    super(message)
  }
}

interface OptionRule {
  /** What stands for the value in help texts; null for a flag. */
  readonly value: string | null
  readonly help: string
  /** True for what upstream does not have. */
  readonly added?: true
  /** Throws OptionError. */
  readonly apply: (options: RunOptions, value: string) => void
}

const bad = (name: string, value: string) => new OptionError(`bad --${name}: ${value}`)

/** C's atoi: the leading number, 0 where there is none. */
const atoi = (text: string) => Number(/^\s*[-+]?\d+/.exec(text)?.[0] ?? 0)
const atof = (text: string) => Number(/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/i.exec(text)?.[0] ?? 0)

/** The fields of RunOptions that can hold a `Value`. */
type FieldOf<Value> = {
  [Name in keyof RunOptions]: Value extends RunOptions[Name] ? Name : never
}[keyof RunOptions]

const LARGEST = 0x7fffffff
const PORTS = [1, 65535] as const

function flag(help: string, field: FieldOf<boolean> | null): OptionRule {
  return { value: null, help, apply: (options) => assign(options, field, true) }
}

function text(value: string, help: string, field: FieldOf<string> | null): OptionRule {
  return { value, help, apply: (options, given) => assign(options, field, given) }
}

/** A whole number within `range`, ends included. `name` is the option's, for the complaint. */
function whole(
  name: string,
  value: string,
  help: string,
  field: FieldOf<number> | null,
  range: readonly [least: number, most: number],
): OptionRule {
  return {
    value,
    help,
    apply: (options, given) => {
      const number = atoi(given)
      if (number < range[0] || number > range[1]) throw bad(name, given)
      assign(options, field, number)
    },
  }
}

/** Names the wire server, which makes this end the client. */
const wireServerAt: OptionRule = {
  value: 'NAME',
  help: 'the wire server to test with: name or address',
  apply: (options, name) => {
    options.wireMode = 'client'
    options.wireServerIp = name
  },
}

function wireMode(mode: 'client' | 'server', help: string): OptionRule {
  return {
    value: null,
    help,
    apply: (options) => {
      options.wireMode = mode
    },
  }
}

/** `field` is null for an option that is accepted and has no effect. */
function assign<Name extends keyof RunOptions>(options: RunOptions, field: Name | null, value: RunOptions[Name]): void {
  if (field !== null) options[field] = value
}

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
  bind_port: whole('bind_port', 'PORT', 'local port that bind() gets (8080)', 'bindPort', PORTS),
  connect_port: whole('connect_port', 'PORT', 'remote port of connect() (8080)', 'connectPort', PORTS),
  local_ip: text('ADDRESS', 'address of the stack under test', 'localIp'),
  remote_ip: text('ADDRESS[/PREFIX]', 'address of the tester (192.0.2.1/24, 2001:db8::1/32)', 'remoteIp'),
  gateway_ip: text('ADDRESS', 'next hop towards the tester (192.168.0.1, fd3d:fa7b:d17d:8888::)', 'gatewayIp'),
  netmask_ip: text('MASK', "the local network's IPv4 mask (255.255.0.0)", 'netmaskIp'),
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
  mss: whole('mss', 'OCTETS', 'gso_size of injected packets', 'mss', [1, LARGEST]),
  mtu: whole('mtu', 'OCTETS', 'MTU of the device (1500)', 'mtu', [0, LARGEST]),
  tolerance_usecs: whole(
    'tolerance_usecs',
    'MICROSECONDS',
    'how late or early an event may be (4000)',
    'toleranceUsecs',
    [1, Number.MAX_SAFE_INTEGER],
  ),
  tolerance_percent: {
    value: 'PERCENT',
    help: 'the same, of the time since the last event (12.5)',
    apply: (options, value) => {
      options.tolerancePercent = atof(value)
      if (!(options.tolerancePercent >= 0 && options.tolerancePercent <= 100)) throw bad('tolerance_percent', value)
    },
  },
  tcp_ts_ecr_scaled: flag('infer unknown timestamp echoes by their offset', 'tcpTsEcrScaled'),
  tcp_ts_tick_usecs: whole(
    'tcp_ts_tick_usecs',
    'MICROSECONDS',
    'compare outbound timestamps at this tick (0: do not)',
    'tcpTsTickUsecs',
    [0, 1_000_000],
  ),
  strict_segments: flag('one packet line is one segment', 'strictSegments'),
  non_fatal: {
    value: 'packet,syscall',
    help: 'mismatches that are warnings',
    apply: (options, value) => {
      if (value.split(/[,\s]+/).includes('packet')) options.nonFatalPackets = true
    },
  },
  code_command: text('COMMAND', 'what runs the code blocks (python3)', 'codeCommand'),
  command_timeout: {
    ...whole(
      'command_timeout',
      'SECONDS',
      'after which a shell command, or Python, is ended; 0: never (300)',
      'commandTimeoutS',
      [0, LARGEST],
    ),
    added: true,
  },
  hang_timeout: {
    ...whole(
      'hang_timeout',
      'SECONDS',
      'in one entry of a userspace stack, then it hangs; 0: never (5)',
      'hangTimeoutS',
      [0, LARGEST],
    ),
    added: true,
  },
  code_format: text('python', 'language of the code blocks', 'codeFormat'),
  code_sockopt: text('OPTION', 'accepted, without effect', 'codeSockopt'),
  so_filename: text('FILE', 'the userspace stack to test, a shared object', 'soFilename'),
  so_flags: text('TEXT', "handed to the shared object's init", 'soFlags'),
  port: {
    value: 'KIND[:…]',
    help: 'ring, tap, af_packet, memif, pcap, device: docs/ports.md (ring)',
    added: true,
    apply: (options, value) => {
      const port = parsePort(value)
      if (port === null) throw bad('port', value)
      options.port = port
    },
  },
  eal: {
    value: 'ARGUMENTS',
    help: "for DPDK's EAL, in one word; on the command line only",
    added: true,
    apply: (options, value) => {
      options.eal = value.split(/\s+/).filter((word) => word !== '')
    },
  },
  dry_run: flag('parse only', 'dryRun'),
  is_anyip: flag('the local address belongs to an anyip range', 'isAnyip'),
  send_omit_free: flag('keep the buffers of sends', 'sendOmitFree'),
  psp_udp_port: whole('psp_udp_port', 'PORT', 'UDP port of PSP (remote wire mode only)', 'pspUdpPort', PORTS),
  wire_client: wireMode('client', 'test this kernel with packets of a wire server'),
  wire_server: wireMode('server', 'send and capture packets for wire clients'),
  wire_server_ip: wireServerAt,
  wire_server_at: wireServerAt,
  wire_server_port: whole('wire_server_port', 'PORT', 'TCP port of the wire server (8081)', 'wireServerPort', PORTS),
  wire_client_dev: text('DEVICE', "the client's Ethernet interface", 'wireClientDev'),
  wire_server_dev: text('DEVICE', "the server's Ethernet interface", 'wireServerDev'),
  wire_token: {
    ...text('TOKEN', 'secret of client and server; better: $LUNADRILL_WIRE_TOKEN', 'wireToken'),
    added: true,
  },
  wire_token_file: { ...text('FILE', 'file that holds the secret', 'wireTokenFile'), added: true },
  debug: flag('accepted, without effect', null),
  define: {
    value: 'NAME=VALUE',
    help: 'replaces a word of scripts',
    apply: (options, value) => {
      const at = value.indexOf('=')
      if (at < 1) throw new OptionError(`bad definition: ${value}`)
      options.defines[value.slice(0, at)] = value.slice(at + 1)
    },
  },
  verbose: flag('print each packet and system call', 'verbose'),
}

export function freshOptions(): RunOptions {
  return { ...defaultOptions, initScripts: [], defines: {} }
}

/** Applies one option. `value` is null where none was written. Throws OptionError. */
export function applyOption(options: RunOptions, name: string, value: string | null): void {
  const rule = Object.hasOwn(optionRules, name) ? optionRules[name] : undefined
  if (rule === undefined) throw new OptionError(`option '${name}' unknown`, meant(name))
  const usage =
    rule.value === null ? `It is written --${name} alone.` : `It is written --${name}=${rule.value}: ${rule.help}.`
  if (rule.value === null && value !== null) throw new OptionError(`option '${name}' forbids an argument`, usage)
  if (rule.value !== null && value === null) throw new OptionError(`option '${name}' requires an argument`, usage)
  try {
    rule.apply(options, value ?? '')
  } catch (error) {
    throw error instanceof OptionError ? new OptionError(error.message, usage) : error
  }
}

function meant(name: string): string | null {
  const near = suggest(name, Object.keys(optionRules))
  return near === null ? null : `Did you mean '--${near}'?`
}

/** What applying one option by itself would complain about: `bad --mtu: x`; null where it is fine. */
export function optionFault(name: string, value: string | null): string | null {
  try {
    applyOption(freshOptions(), name, value)
    return null
  } catch (error) {
    if (error instanceof OptionError) return error.message
    throw error
  }
}
