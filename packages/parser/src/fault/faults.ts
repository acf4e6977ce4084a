// The faults that a stack under test can be given, and their parameters: one table for scripts (`+0 drop(count=1)`), for the
// admin server (`/drop?count=1`), and for what is said about them. What a fault does is the host's affair: docs/interference.md.
// Read first: value.ts, which reads a parameter's text.

/** `duration`: microseconds; `probability`: above 0, up to 1; `direction`: bits of {@link Direction}. */
export type ParameterKind = 'duration' | 'whole' | 'probability' | 'direction'

export interface Parameter {
  readonly kind: ParameterKind
  /** Least and greatest value; durations in microseconds. */
  readonly min: number
  readonly max: number
  /** The value where it is not written; null: it must be. */
  readonly fallback: number | null
  /** A value to show. */
  readonly sample: string
  /** What it says, for people. */
  readonly means: string
}

export interface Fault {
  readonly does: string
  readonly parameters: Readonly<Record<string, Parameter>>
}

/** `rx`: to the stack; `tx`: from it. */
export const Direction = { rx: 1, tx: 2, both: 3 } as const

const DAY_US = 86_400e6
/** Ten years: the stack's clock alone goes so far. */
const JUMP_US = 3650 * DAY_US
const MOST = 1_000_000_000

type Given = Partial<Parameter>

const duration = (means: string, given: Given = {}): Parameter => ({
  kind: 'duration',
  min: 1,
  max: DAY_US,
  fallback: null,
  sample: '10',
  means,
  ...given,
})

const whole = (means: string, given: Given = {}): Parameter => ({
  kind: 'whole',
  min: 1,
  max: MOST,
  fallback: null,
  sample: '1',
  means,
  ...given,
})

/** How long a fault that lasts goes on; without it, to the end of the run. */
const lasting = duration('how long, from now on; to the end of the run where it is not written', {
  fallback: Number.POSITIVE_INFINITY,
})

export const faults = {
  pollinghang: {
    does: 'the stack is neither polled nor called',
    parameters: { time: duration('for how long, from now on') },
  },
  linkdown: {
    does: 'the link is down: nothing goes either way, and the port says so',
    parameters: { time: lasting },
  },
  linkup: { does: 'the link is up again', parameters: {} },
  rxring: {
    does: 'the receive ring of the port is short: a frame that finds it full is lost',
    parameters: {
      size: whole('frames that it has room for; 0 has none', { min: 0, max: 511, fallback: 0 }),
      time: lasting,
    },
  },
  mbufpool: {
    does: 'the mbuf pool of the port is nearly empty',
    parameters: {
      left: whole('mbufs that are left in it', { min: 0, max: 2047, fallback: 0 }),
      time: lasting,
    },
  },
  clockjump: {
    does: "the stack's clock jumps forward, and no other",
    parameters: { by: duration('how far', { max: JUMP_US }) },
  },
} as const satisfies Readonly<Record<string, Fault>>

export type FaultName = keyof typeof faults

export const faultNames = Object.keys(faults) as readonly FaultName[]

/** The fault of this name, or undefined. */
export function faultOf(name: string): Fault | undefined {
  return Object.hasOwn(faults, name) ? faults[name as FaultName] : undefined
}
