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

/** Which packets a fault falls upon, of those that pass while it lasts. */
const chosen = {
  direction: {
    kind: 'direction',
    min: Direction.rx,
    max: Direction.both,
    fallback: Direction.both,
    sample: 'rx',
    means: 'of which way packets are chosen: rx (to the stack), tx (from it) or both',
  },
  skip: whole('packets of that way that pass first', { min: 0, fallback: 0 }),
  count: whole('packets that it falls upon, at most', { fallback: Number.POSITIVE_INFINITY }),
  probability: {
    kind: 'probability',
    min: 0,
    max: 1,
    fallback: 1,
    sample: '0.1',
    means: 'that a packet begins a burst of them',
  },
  burst: whole('packets of that way, one after the other, that a burst has', { max: 1_000_000, fallback: 1 }),
  seed: whole('what chance begins with', { min: 0, max: 4_294_967_295, fallback: 1 }),
  time: lasting,
} as const satisfies Readonly<Record<string, Parameter>>

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
  drop: { does: 'packets are lost', parameters: chosen },
  duplicate: {
    does: 'packets arrive more than once',
    parameters: { ...chosen, copies: whole('how many more', { max: 100, fallback: 1 }) },
  },
  reorder: {
    does: 'packets are overtaken by those behind them',
    parameters: {
      ...chosen,
      by: whole('packets of the same way that overtake it', { max: 100, fallback: 1 }),
      within: duration('how long it waits for them, at most', { fallback: 1_000_000 }),
    },
  },
  corrupt: {
    does: 'a bit of packets is turned over',
    parameters: {
      ...chosen,
      offset: whole('which octet of the IP packet, from 0; by chance where it is not written', {
        min: 0,
        max: 65_534,
        fallback: -1,
      }),
      mask: whole('which bits of the octet; one by chance where it is not written', { max: 255, fallback: 0 }),
      repair: whole('1: the checksums are made right again', { min: 0, max: 1, fallback: 0 }),
    },
  },
  delay: {
    does: 'packets arrive later',
    parameters: {
      ...chosen,
      by: duration('how much'),
      jitter: duration('more than that by chance, up to so much; packets may overtake one another', { fallback: 0 }),
    },
  },
  clockjump: {
    does: "the stack's clock jumps forward, and no other",
    parameters: { by: duration('how far', { max: JUMP_US }) },
  },
  allocfail: {
    does: 'the stack gets no memory',
    parameters: {
      skip: whole('allocations that succeed first', { min: 0, fallback: 0 }),
      count: whole('allocations that fail then', { fallback: Number.POSITIVE_INFINITY }),
      time: lasting,
    },
  },
  clearfaults: { does: 'all faults end, and what a delay has kept arrives', parameters: {} },
} as const satisfies Readonly<Record<string, Fault>>

export type FaultName = keyof typeof faults

export const faultNames = Object.keys(faults) as readonly FaultName[]

/** The fault of this name, or undefined. */
export function faultOf(name: string): Fault | undefined {
  return Object.hasOwn(faults, name) ? faults[name as FaultName] : undefined
}
