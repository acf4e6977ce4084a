// How a kernel for virtual time is configured: as little as the scripts of this field need, so that it builds and boots
// quickly; and what a user adds. Supervisor. Read first: Documentation/kbuild/kconfig.rst (KCONFIG_ALLCONFIG).
import { EngineError } from '../errors.js'

/** Checks of the kernel's own that a build can have. */
export const checks = ['kasan', 'lockdep', 'ubsan'] as const
export type Check = (typeof checks)[number]

/** Groups with their reason; what is not named, and nobody selects, is off (allnoconfig). */
const base: Readonly<Record<string, string>> = {
  'time stands still while anything computes, and timers are exact':
    '64BIT EXPERT UML_TIME_TRAVEL_SUPPORT HIGH_RES_TIMERS NO_HZ_IDLE POSIX_TIMERS',
  'reports with symbols': 'PRINTK PRINTK_TIME BUG DEBUG_BUGVERBOSE KALLSYMS STDERR_CONSOLE NULL_CHAN TTY UNIX98_PTYS',
  'what Node, Python and shells call':
    'MULTIUSER FUTEX EPOLL SIGNALFD TIMERFD EVENTFD AIO SHMEM ADVISE_SYSCALLS MEMBARRIER FILE_LOCKING INOTIFY_USER ' +
    'MEMFD_CREATE BINFMT_ELF BINFMT_SCRIPT',
  'the host’s files, read-only, with a layer in memory over them':
    'HOSTFS OVERLAY_FS TMPFS TMPFS_XATTR DEVTMPFS PROC_FS PROC_SYSCTL PROC_CHILDREN SYSFS MISC_FILESYSTEMS',
  'a network namespace for each run': 'NAMESPACES UTS_NS PID_NS USER_NS NET_NS',
  'the stack under test':
    'NET UNIX INET IPV6 SYN_COOKIES TCP_MD5SIG MPTCP MPTCP_IPV6 TCP_CONG_ADVANCED TCP_CONG_CUBIC TCP_CONG_BBR ' +
    'TCP_CONG_DCTCP IP_ADVANCED_ROUTER IP_MULTIPLE_TABLES IPV6_MULTIPLE_TABLES',
  'outer headers':
    'NET_IPIP NET_IPGRE_DEMUX NET_IPGRE IPV6_SIT IPV6_TUNNEL IPV6_GRE LWTUNNEL MPLS NET_MPLS_GSO MPLS_ROUTING ' +
    'MPLS_IPTUNNEL',
  'the tester’s device and sockets': 'NETDEVICES NET_CORE TUN DUMMY VETH PACKET',
  'ss, tc':
    'INET_DIAG INET_TCP_DIAG INET_UDP_DIAG UNIX_DIAG PACKET_DIAG NET_SCHED NET_SCH_FQ NET_SCH_FQ_CODEL NET_SCH_NETEM',
}

const added: Readonly<Record<Check, string>> = {
  kasan: 'KASAN KASAN_GENERIC KASAN_OUTLINE STACKTRACE SLUB_DEBUG DEBUG_KERNEL',
  lockdep: 'DEBUG_KERNEL LOCK_DEBUGGING_SUPPORT PROVE_LOCKING DEBUG_ATOMIC_SLEEP PROVE_RCU',
  ubsan: 'UBSAN UBSAN_BOUNDS UBSAN_SHIFT UBSAN_BOOL UBSAN_ENUM',
}

/** As Debian's and the oracle's kernels have it: what a script sees of jiffies is the same. */
const HZ = 250

/** Without these no script can be run on a kernel. */
export const neededSymbols = [
  'UML_TIME_TRAVEL_SUPPORT',
  'TUN',
  'HOSTFS',
  'OVERLAY_FS',
  'NET_NS',
  'PACKET',
  'INET',
  'HIGH_RES_TIMERS',
] as const

export interface Configuration {
  /** For KCONFIG_ALLCONFIG: `CONFIG_X=y` lines. */
  readonly text: string
  readonly hz: number
  /** The symbols that must be set in the end, or the kernel is no use here. */
  readonly needed: readonly string[]
  /** The user's own lines, which must be in the end what they say. */
  readonly own: readonly string[]
}

const line = (symbol: string) => `CONFIG_${symbol}=y`

/** `fragment`: the user's text, in the form of .config, which comes last; `CONFIG_HZ=n` in it counts too. */
export function configuration(wanted: readonly Check[], fragment = ''): Configuration {
  const parts = Object.entries(base).map(([why, symbols]) => [`# ${why}`, ...symbols.split(' ').map(line)].join('\n'))
  for (const check of wanted) parts.push([`# --${check}`, ...(added[check]?.split(' ') ?? []).map(line)].join('\n'))
  let hz = HZ
  const own: string[] = []
  for (const [at, text] of fragment.split('\n').entries()) {
    const [, ticks] = /^CONFIG_HZ=(\d+)\s*$/.exec(text) ?? []
    if (ticks !== undefined) hz = Number(ticks)
    else if (/^\s*$|^#/.test(text) || /^CONFIG_\w+=/.test(text)) own.push(text)
    else {
      throw new EngineError(
        'LD_KERNEL_CONFIG',
        `line ${at + 1} of the configuration is none: ${text.slice(0, 60)}`,
        'write CONFIG_NAME=y, or: # CONFIG_NAME is not set',
      )
    }
  }
  if (hz < 12 || hz > 10_000) {
    throw new EngineError('LD_KERNEL_CONFIG', `CONFIG_HZ=${hz} is no tick rate`, 'usual are 100, 250 and 1000')
  }
  const needed = [...neededSymbols, ...wanted.map(symbolOf)]
  return { text: `${[...parts, own.join('\n')].join('\n')}\n`, hz, needed, own }
}

const symbolOf = (check: Check) => ({ kasan: 'KASAN', lockdep: 'LOCKDEP', ubsan: 'UBSAN' })[check]

/**
 * The tree's own Kconfig with another tick: arch/um/Kconfig fixes HZ without asking, and of two definitions the first
 * one's default counts. The tree stays as it is (KBUILD_KCONFIG names this text's file).
 */
export function kconfigWithHz(kconfig: string, hz: number): string {
  const own = `config HZ\n\tint\n\tdefault ${hz}\n`
  const title = /^mainmenu.*\n/m.exec(kconfig)
  if (title === null) return `${own}\n${kconfig}`
  const end = title.index + title[0].length
  return `${kconfig.slice(0, end)}\n${own}\n${kconfig.slice(end)}`
}

/** The lines of `own` that a .config contradicts: Kconfig drops without a word what a tree does not know, or cannot have. */
export function droppedLines(config: string, own: readonly string[]): readonly string[] {
  const set = new Set(config.split('\n'))
  return own.filter((text) => {
    const [, off] = /^# (CONFIG_\w+) is not set/.exec(text) ?? []
    if (off !== undefined) return set.has(`${off}=y`)
    const [, symbol, value] = /^(CONFIG_\w+)=(.*?)\s*$/.exec(text) ?? []
    if (symbol === undefined) return false
    // Without modules, m is y.
    if (value === 'm') return !set.has(`${symbol}=y`) && !set.has(`${symbol}=m`)
    return value === 'n' ? set.has(`${symbol}=y`) : !set.has(`${symbol}=${value}`)
  })
}

/** The symbols of `needed` that a .config does not set. */
export function missingSymbols(config: string, needed: readonly string[]): readonly string[] {
  const set = new Set(config.split('\n'))
  return needed.filter((symbol) => !set.has(line(symbol)))
}
