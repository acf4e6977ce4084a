// What the run's process, its threads and the supervisor say to each other. Plain data, cloned on the way.
import type { HangKind } from '../flight/hanging-thread.js'
import type { WirePlan } from '../remote/remote-host.js'
import type { Failure } from '../trace/failure.js'
import type { NumberSpace } from '../trace/numbers.js'
import type { Addresses } from './addresses.js'
import type { AdminPort } from './admin-port.js'
import type { GateEnd } from './gate.js'
import type { PreparedScript } from './prepare.js'
import type { StackChoice } from './types.js'

/** Supervisor → run process: one run. */
export interface RunOrder extends PreparedScript {
  readonly runId: number
  readonly scriptPath: string
  readonly stack: StackChoice
  readonly clock: 'virtual' | 'wall' | null
  /** Null: none. Of runs on userspace stacks. */
  readonly admin: AdminPort | null
  /** Folder of its commands and files. */
  readonly cwd: string
  readonly trace: NumberSpace | false
  /** Whether other runs go on beside it: then its timed part begins when it is told to. */
  readonly neighbours: boolean
}

/** Supervisor → run process. */
export type RunnerMessage =
  | { readonly kind: 'order'; readonly order: RunOrder }
  /** The run that said `prepared` may begin its timed part. */
  | { readonly kind: 'go'; readonly runId: number }

/** Run process's main thread → interpreter thread. */
export interface InterpreterTask
  extends Pick<RunOrder, 'runId' | 'scriptPath' | 'text' | 'script' | 'options' | 'neighbours' | 'trace'> {
  readonly host:
    | { readonly kind: 'kernel'; readonly gate: GateEnd | null }
    | { readonly kind: 'wire'; readonly plan: WirePlan }
    | {
        readonly kind: 'userspace'
        readonly channel: SharedArrayBuffer
        readonly clock: 'virtual' | 'wall'
        /** As it calls itself: `lwIP 2.1.3`. */
        readonly stack: string
        /** The admin server's `host:port`, for the script's commands; null: none. */
        readonly admin: string | null
        /** What the stack declares: bits of dpdk-native's `lunaCapabilities`. */
        readonly capabilities: bigint
        /** See OpenedStack. */
        readonly tasks: readonly string[]
      }
  /** Addresses as decided by the main thread, which has opened the userspace host with them. */
  readonly addresses: Addresses
}

/** An order's part that the interpreter needs. */
export const taskOf = (
  { runId, scriptPath, text, script, options, neighbours, trace }: RunOrder,
  addresses: Addresses,
): Omit<InterpreterTask, 'host'> => ({ runId, scriptPath, text, script, options, neighbours, trace, addresses })

/** Interpreter thread → main thread. */
export interface InterpreterReport {
  /** Null: pass. */
  readonly failure: Failure | null
  /** Our text for the failure. */
  readonly message: string | null
  readonly warnings: readonly string[]
  readonly verbose: readonly string[]
  /** See RunResult. */
  readonly trace: readonly string[]
  /** The most that the tester itself was late by, microseconds. */
  readonly worstLateUs: number
  /** See ThreadSchedule; all of the process so far. */
  readonly pacemakerUs: number
}

/** The report of a run in which no event came about. */
export const unrun = (failure: Failure | null, message: string | null): InterpreterReport => ({
  failure,
  message,
  warnings: [],
  verbose: [],
  trace: [],
  worstLateUs: 0,
  pacemakerUs: 0,
})

/** Run process → supervisor. */
export type RunMessage =
  /** `prepared`: it waits for `go`; `untimed`: its timed part is over. Of runs with neighbours, in this order, once each. */
  | { readonly kind: 'prepared' | 'untimed'; readonly runId: number }
  /** The process and its interpreter are there; sent once. */
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'done'
      readonly runId: number
      readonly report: InterpreterReport
      readonly clock: 'virtual' | 'wall'
      readonly wallS: number
      readonly cpuS: number
      /** Something of the stack goes on in the process, which is to take no other run. */
      readonly spent: boolean
    }
  /** The stack does not come back from `entry`; the supervisor kills the process. */
  | {
      readonly kind: 'hang'
      readonly runId: number
      readonly entry: string
      readonly seconds: number
      readonly how: HangKind | null
    }
