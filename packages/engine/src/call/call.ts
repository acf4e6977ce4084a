// A system call made ready before time 0: what it writes into its record, and how its return is judged.
// Read first: language/3-calls.md 2 and 3; the families are in the files beside this one.
import { type CallAction, type Expression, suggest } from '@lunadrill/parser'
import { errnoText } from '@lunadrill/tcpinfo'
import type { FlowTable } from '../flow/flow-table.js'
import { callProblem, Problem, skip } from '../trace/problem.js'
import { Arguments, badType, s32 } from './arguments.js'
import type { Descriptors } from './descriptors.js'
import { evaluate, symbol, ValueError } from './evaluate.js'
import { optionCalls } from './option-calls.js'
import type { CallRecord } from './record.js'
import { socketCalls } from './socket-calls.js'
import { transferCalls } from './transfer-calls.js'

/** What calls act on in a run. */
export interface CallContext {
  readonly descriptors: Descriptors
  readonly flows: FlowTable
  /** AF_INET or AF_INET6: what `...` means as a domain. */
  readonly domain: number
  /** Live sockaddr of bind() and of connect(). */
  readonly bindAddress: Uint8Array
  readonly connectAddress: Uint8Array
}

/** A form of a call, after its arguments have been looked at. */
export interface CallForm {
  /** `fd`: any non-negative result fits a non-negative expectation; the number is the script's name for it. */
  readonly mode: 'exact' | 'fd'
  /** Fills the record at the call's time. ValueError where a descriptor is unknown. */
  write(record: CallRecord, context: CallContext): void
  /** After the result has been judged: out-parameters and bookkeeping. `expected` is the script's result. */
  after?(record: CallRecord, context: CallContext, expected: number): void
}

export type CallMaker = (args: Arguments) => CallForm

const makers: ReadonlyMap<string, CallMaker> = new Map([...socketCalls, ...transferCalls, ...optionCalls])

/** Upstream's calls that this version does not have. */
const later = new Set(
  'recvmsg sendmsg ioctl cap_set open sendfile epoll_create epoll_ctl epoll_wait pipe splice psp_rx_assoc psp_tx_assoc'.split(
    ' ',
  ),
)

/** How a call's arguments are read; undefined where this version does not have the call. */
export const callMaker = (name: string): CallMaker | undefined => makers.get(name)

/** All calls of the language. */
export const callNames = (): readonly string[] => [...makers.keys(), ...later]

export class PreparedCall {
  private constructor(
    readonly name: string,
    private readonly form: CallForm,
    private readonly expected: number,
    private readonly errno: number | null,
  ) {}

  /** A Problem instead of a call where the line cannot work: it is reported when the script reaches it. */
  static prepare(action: CallAction): PreparedCall | Problem {
    const { name } = action
    const make = makers.get(name)
    if (make === undefined) {
      if (later.has(name)) return skip(`${name}()`)
      const near = suggest(name, makers.keys())
      const hint = near === null ? `known: ${[...makers.keys()].join(' ')}` : `did you mean ${near}()?`
      return callProblem(name, `Unknown system call: '${name}'`, hint)
    }
    try {
      const form = make(new Arguments(action.args.map(evaluate)))
      const errno = action.errno === null ? null : symbol(action.errno.name)
      return new PreparedCall(name, form, expectedResult(action.result), errno)
    } catch (error) {
      return asProblem(name, error)
    }
  }

  write(record: CallRecord, context: CallContext): void {
    try {
      this.form.write(record, context)
    } catch (error) {
      throw asProblem(this.name, error)
    }
  }

  /** Throws Problem where result, errno or an out-parameter is not the script's. */
  judge(record: CallRecord, context: CallContext): void {
    const { result, errno } = record
    const anyDescriptor = this.form.mode === 'fd' && this.expected >= 0
    if (anyDescriptor ? result < 0 : result !== this.expected) {
      const wanted = anyDescriptor ? 'non-negative result' : `result ${this.expected}`
      throw callProblem(this.name, `Expected ${wanted} but got ${result} with errno ${errno} (${errnoText(errno)})`)
    }
    if (this.errno !== null && errno !== this.errno) {
      const wanted = `${this.errno} (${errnoText(this.errno)})`
      throw callProblem(this.name, `Expected errno ${wanted} but got ${errno} (${errnoText(errno)})`)
    }
    try {
      this.form.after?.(record, context, this.expected)
    } catch (error) {
      throw asProblem(this.name, error)
    }
  }
}

// Not evaluated: only a number will do (3-calls.md 1).
function expectedResult(result: Expression): number {
  if (result.type === 'word') throw badType({ type: 'word' }, 'integer')
  return s32(evaluate(result))
}

function asProblem(name: string, error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof ValueError) return callProblem(name, error.message, error.hint)
  throw error
}
