// `--port`: which DPDK ports the packets of a run go over, and what that means for its clock and its place.
// Read first: docs/ports.md; dpdk-native/native/port/port-choice.h has the same kinds.

export interface PortChoice {
  readonly kind: 'ring' | 'tap' | 'af_packet' | 'memif' | 'pcap' | 'device'
  /** The stack's end: an interface (af_packet), a socket (memif), the file read (pcap), a device of EAL's; '' where unsaid. */
  readonly stack: string
  /** The tester's: an interface, the file written, a device of EAL's; '' where unsaid. */
  readonly tester: string
  /** pcap: when the first frame comes, microseconds. */
  readonly firstUs: number
}

/** Where nothing is said of it: frames of a file begin to come then. */
const FIRST_US = 100_000

/** Null where it is none. */
export function parsePort(text: string): PortChoice | null {
  const [, kind = '', rest] = /^([a-z_]+)(?::(.*))?$/s.exec(text) ?? []
  const words = rest?.split(',') ?? []
  const [stack = '', tester = '', seconds] = words
  const choice = { kind, stack, tester, firstUs: 0 } as PortChoice
  if (words.slice(0, 2).includes('')) return null
  switch (kind) {
    case 'ring':
    case 'tap':
      return words.length === 0 ? choice : null
    case 'memif':
      return words.length <= 1 ? choice : null
    case 'af_packet':
      return words.length <= 2 ? choice : null
    case 'device':
      return words.length === 2 ? choice : null
    case 'pcap': {
      if (words.length < 2 || words.length > 3) return null
      if (seconds === undefined) return { ...choice, firstUs: FIRST_US }
      return /^(\d+\.?\d*|\.\d+)$/.test(seconds) ? { ...choice, firstUs: Math.round(Number(seconds) * 1e6) } : null
    }
    default:
      return null
  }
}

export const ring: PortChoice = { kind: 'ring', stack: '', tester: '', firstUs: 0 }

/** Whether its frames travel by themselves, in time that is nobody's to stop. */
export const travels = ({ kind }: PortChoice) => kind !== 'ring' && kind !== 'pcap'

/** Whether it is of the machine's own interfaces, or devices, and not in a namespace of the run's. */
export const isMachines = ({ kind, stack }: PortChoice) => kind === 'device' || (kind === 'af_packet' && stack !== '')

/** Whether two runs over it at the same time would meet. */
export const isShared = (port: PortChoice) => isMachines(port) || port.kind === 'pcap' || port.stack !== ''

/**
 * Why no run of this kind can have these, and what to do: [message, hint]; null where one can. `wire`: in remote wire mode.
 */
export function misplaced(
  { kind }: PortChoice,
  eal: readonly string[],
  tested: 'kernel' | 'uml' | 'userspace' | 'wire',
): readonly [message: string, hint: string] | null {
  if (tested === 'userspace') return null
  const given = kind !== 'ring' ? `--port=${kind}` : eal.length > 0 ? '--eal' : null
  if (given === null) return null
  if (tested === 'wire')
    return [`${given} is not for remote wire mode, whose packets are the wire server's`, 'leave it out']
  if (tested === 'uml') return [`${given} is not for a kernel in virtual time, whose device is TUN`, 'leave it out']
  if (kind === 'tap') return null
  const hint = `--port=tap, or nothing, with --stack=kernel; ${given} with a userspace stack (--stack=lwip)`
  return [`${given} is for userspace stacks: the kernel is tested through TUN, or DPDK's net_tap`, hint]
}

/** As it is written. */
export function portText({ kind, stack, tester }: PortChoice): string {
  const ends = [stack, tester].filter((end) => end !== '')
  return ends.length === 0 ? kind : `${kind}:${ends.join(',')}`
}
