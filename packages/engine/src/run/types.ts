// What goes into a run and what comes out of it: plain data, for it crosses threads and processes.
// A run is one script on one stack. Read first: docs/architecture.md, "Processes and threads".
import type { Failure } from '../trace/failure.js'
import type { NumberSpace } from '../trace/numbers.js'
import type { PortChoice } from './port-choice.js'

/** Everything that the command line or a script's option block can say about a run; see options.ts for the defaults. */
export interface RunOptions {
  ipVersion: 'ipv4' | 'ipv4-mapped-ipv6' | 'ipv6'
  /** 1 to 65535: the port that bind() gets, and that inbound packets go to. */
  bindPort: number
  /** 1 to 65535: the remote port of connect(). */
  connectPort: number
  /** Null: a random address of the local network (kernel), 192.168.0.2 in virtual time. */
  localIp: string | null
  /** With the prefix of its route behind a slash; null: 192.0.2.1/24 or 2001:db8::1/32. */
  remoteIp: string | null
  /** Null: 192.168.0.1 or fd3d:fa7b:d17d:8888::. */
  gatewayIp: string | null
  /** Of IPv4; IPv6's local prefix is always 48 bits. */
  netmaskIp: string
  /** Octets. */
  mtu: number
  /** Mbit/s; 0 leaves the device's own. */
  speedMbps: number
  /** gso_size of injected packets, octets; 0: none. */
  mss: number
  /** Microseconds. */
  toleranceUsecs: number
  /** Percent of the time since the previous event. */
  tolerancePercent: number
  tcpTsEcrScaled: boolean
  /** Microseconds per tick of outbound timestamps; 0: not compared. */
  tcpTsTickUsecs: number
  strictSegments: boolean
  nonFatalPackets: boolean
  sendOmitFree: boolean
  isAnyip: boolean
  dryRun: boolean
  verbose: boolean
  /** Shell commands run before the device exists. */
  initScripts: string[]
  codeCommand: string
  /** Seconds for each shell command, and for all Python blocks together; 0: no end. */
  commandTimeoutS: number
  /** Seconds of wall time that a userspace stack may stay in one entry before it hangs; 0: for ever. */
  hangTimeoutS: number
  codeFormat: string
  codeSockopt: string
  soFilename: string | null
  soFlags: string
  /** What the packets of a userspace stack go over; of the kernel: `ring` is TUN, `tap` DPDK's net_tap. */
  port: PortChoice
  /** Arguments for DPDK's EAL, behind our own. */
  eal: readonly string[]
  /** Remote wire mode: this machine's kernel is tested by packets of another machine's, or the other way round. */
  wireMode: 'client' | 'server' | null
  /** The server as the client sees it: name or address; null: not given. */
  wireServerIp: string | null
  /** 1 to 65535: the server's TCP port. */
  wireServerPort: number
  /** Ethernet interfaces; null: the one with the address of the machine's own name. */
  wireClientDev: string | null
  wireServerDev: string | null
  /** The shared secret, or the file that holds it; both null: $LUNADRILL_WIRE_TOKEN. */
  wireToken: string | null
  wireTokenFile: string | null
  /** 0: not given. */
  pspUdpPort: number
  /** `--define`: name to text. */
  defines: Record<string, string>
}

/**
 * `kernel`: this machine's; `uml`: a User Mode Linux (absolute path of its program), a kernel in virtual time; or the shared
 * object of a userspace stack (absolute path). `name`: what reports show.
 */
export type StackChoice =
  | { readonly kind: 'kernel'; readonly name: 'kernel' }
  | { readonly kind: 'uml'; readonly name: string; readonly program: string }
  | { readonly kind: 'userspace'; readonly name: string; readonly soPath: string }

export interface RunRequest {
  /** As given on the command line: the prefix of every message. */
  readonly scriptPath: string
  readonly stack: StackChoice
  /** null: virtual where the stack can, else wall. */
  readonly clock: 'virtual' | 'wall' | null
  /** Options of the command line, in the order given: name without dashes, value or null for a flag. Applied over the script's. */
  readonly options: readonly (readonly [name: string, value: string | null])[]
  /** Folder in which its commands run and its paths are looked up, the script's own too; absent: this process's. */
  readonly cwd?: string
  /**
   * TCP port of the admin server on 127.0.0.1; 0: none. Side by side (`jobs` above 1) where run processes share a network,
   * scripts that use `$LUNADRILL_ADMIN` get a free one instead.
   */
  readonly adminPort: number
  /** Whether stacks that are built with AddressSanitizer are run, in a process that begins with its runtime; absent: no. */
  readonly asan?: boolean
  /** In which numbers RunResult.trace is wanted; absent: not at all. */
  readonly trace?: NumberSpace
  /** What the random numbers of a kernel in virtual time follow from, a whole number from 0; absent: 0. */
  readonly seed?: number
}

export type Verdict = 'pass' | 'fail' | 'undecided' | 'error' | 'crash' | 'hang' | 'leak' | 'skip'

export interface RunResult {
  readonly script: string
  readonly stack: string
  readonly family: RunOptions['ipVersion']
  readonly clock: 'virtual' | 'wall'
  readonly verdict: Verdict
  /** Line in the script that the verdict belongs to; null where there is none (a pass, a missing file). */
  readonly line: number | null
  /** The whole text of a verdict that is not pass, without colours, as the pretty reporter shows it; null for a pass. */
  readonly message: string | null
  /** Upstream's words for the same, as `packetdrill` prints them on stderr; null for a pass. */
  readonly upstream: string | null
  /** The failure as data; null for a pass and where the run's process died. */
  readonly failure: Failure | null
  /** Warnings (`--non_fatal=packet`), in upstream's words. */
  readonly warnings: readonly string[]
  /**
   * What happened, a line each, oldest first: `0.100000  in    192.0.2.1:32768 > 192.168.0.2:8080 S 0:0(0) win 1000 …`. Times
   * are seconds of the run. Empty where it was not asked for, or the run's process died.
   */
  readonly trace: readonly string[]
  /** Lines for stdout with `--verbose`, in upstream's form. */
  readonly verbose: readonly string[]
  /**
   * Earlier attempts, oldest first: runs that the tester itself was late in (`undecided`), after which the script was run
   * again with no other beside it. Mostly empty.
   */
  readonly attempts: readonly RunResult[]
  /** The most that the tester itself was late by, microseconds; 0 in virtual time. */
  readonly worstLateUs: number
  readonly wallS: number
  /** User and system time of the run's process and its children. */
  readonly cpuS: number
}
