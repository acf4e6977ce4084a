// A system call made ready before time 0: what it writes into its record, and how its return is judged.
// Read first: language/3-calls.md 2 and 3; the families are in the files beside this one.
import { type CallAction, type Expression, suggest } from '@lunadrill/parser'
import { errnoText } from '@lunadrill/tcpinfo'
import type { FlowTable } from '../flow/flow-table.js'
import { callProblem, lacks, Problem } from '../trace/problem.js'
import { Arguments, badType, s32 } from './arguments.js'
import type { Descriptors } from './descriptors.js'
import type { Errno } from './errno.js'
import { BareError, evaluate, symbol, ValueError } from './evaluate.js'
import { fileCalls } from './file-calls.js'
import { messageCalls } from './message-calls.js'
import { optionCalls } from './option-calls.js'
import { privilegeCalls } from './privilege-calls.js'
import { readinessCalls } from './readiness-calls.js'
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
  /** `--tolerance_usecs`, for time stamps and durations in control messages. */
  readonly toleranceUsecs: number
  readonly errno: Errno
  /** A userspace stack: what it has no option for is a reason to skip the script (luna_stack.h, ENOPROTOOPT). */
  readonly userspace: boolean
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

const makers: ReadonlyMap<string, CallMaker> = new Map([
  ...socketCalls,
  ...transferCalls,
  ...messageCalls,
  ...optionCalls,
  ...readinessCalls,
  ...fileCalls,
  ...privilegeCalls,
])

/** How a call's arguments are read; undefined where there is no such call. */
export const callMaker = (name: string): CallMaker | undefined => makers.get(name)

/** All calls of the language. */
export const callNames = (): readonly string[] => [...makers.keys()]

export class PreparedCall {
  private constructor(
    readonly name: string,
    private readonly form: CallForm,
    /** What is wrong with the script's own result is said after the call, as upstream says it. */
    private readonly expected: number | ValueError,
    private readonly errno: number | ValueError | null,
    /** Of getsockopt() and setsockopt(): the option, as the script has it. */
    private readonly option: string | null,
  ) {}

  /** A Problem instead of a call where the line cannot work: it is reported when the script reaches it. */
  static prepare(action: CallAction): PreparedCall | Problem {
    const { name } = action
    const make = makers.get(name)
    if (make === undefined) {
      const near = suggest(name, makers.keys())
      const hint = near === null ? `known: ${[...makers.keys()].join(' ')}` : `did you mean ${near}()?`
      return callProblem(name, `Unknown system call: '${name}'`, hint)
    }
    try {
      const form = makeForm(make, new Arguments(action.args.map(evaluate)))
      const { errno } = action
      return new PreparedCall(
        name,
        form,
        orError(() => expectedResult(action.result)),
        errno === null ? null : orError(() => symbol(errno.name)),
        optionName(action),
      )
    } catch (error) {
      return asProblem(name, error)
    }
  }

  /** Problem where a descriptor is not open, or an argument not what the call takes. */
  write(record: CallRecord, context: CallContext): void {
    try {
      this.form.write(record, context)
    } catch (error) {
      throw asProblem(this.name, error)
    }
  }

  /** Throws Problem where result, errno or an out-parameter is not the script's. */
  judge(record: CallRecord, context: CallContext): void {
    const errno = context.errno.after(record)
    try {
      const expected = sound(this.expected)
      if (context.userspace) this.skipUnknownOption(record, expected)
      this.judgeResult(record, expected, errno)
      this.form.after?.(record, context, expected)
    } catch (error) {
      throw asProblem(this.name, error)
    }
  }

  /** Linux has the option, or the script is about its absence: then it says so. */
  private skipUnknownOption({ result, errno }: CallRecord, expected: number): void {
    if (this.option === null || result >= 0 || errno !== ENOPROTOOPT) return
    if (expected < 0 && (this.errno === null || this.errno === ENOPROTOOPT)) return
    throw lacks(`the socket option ${this.option}`)
  }

  private judgeResult({ result }: CallRecord, expected: number, errno: number): void {
    const words = (number: number) => `${number} (${errnoText(number)})`
    const anyDescriptor = this.form.mode === 'fd' && expected >= 0
    if (anyDescriptor ? result < 0 : result !== expected) {
      const wanted = anyDescriptor ? 'non-negative result' : `result ${expected}`
      throw new ValueError(`Expected ${wanted} but got ${result} with errno ${words(errno)}`)
    }
    if (this.errno === null) return
    const wanted = sound(this.errno)
    if (errno !== wanted) throw new ValueError(`Expected errno ${words(wanted)} but got ${words(errno)}`)
  }
}

const ENOPROTOOPT = 92

/** Linux has no option with a greater number. */
const GREATEST_OPTION = 255n

/** Null where Linux has no such option either, so that ENOPROTOOPT is what it says, too. */
function optionName({ name, args }: CallAction): string | null {
  const [, level, option] = args
  if ((name !== 'getsockopt' && name !== 'setsockopt') || level === undefined || option === undefined) return null
  if (option.type === 'word') return option.name
  if (option.type !== 'integer' || option.value > GREATEST_OPTION) return null
  return `${option.text} of level ${level.type === 'word' ? level.name : level.type === 'integer' ? level.text : '...'}`
}

/** Where the arguments do not fit, a form that says so at the call's time, unless an unknown descriptor comes first. */
function makeForm(make: CallMaker, args: Arguments): CallForm {
  try {
    return make(args)
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    return {
      mode: 'exact',
      write: (_record, { descriptors }) => {
        for (const fd of args.descriptors) descriptors.get(fd)
        throw error
      },
    }
  }
}

// Not evaluated: only a number will do (3-calls.md 1).
function expectedResult(result: Expression): number {
  if (result.type === 'word') throw badType({ type: 'word' }, 'integer')
  if (result.type === 'or' || result.type === 'assign') {
    throw new ValueError('Bad type; actual: binary_expression expected: integer')
  }
  return s32(evaluate(result))
}

function orError(read: () => number): number | ValueError {
  try {
    return read()
  } catch (error) {
    if (error instanceof ValueError) return error
    throw error
  }
}

function sound(value: number | ValueError): number {
  if (value instanceof ValueError) throw value
  return value
}

function asProblem(name: string, error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof BareError)
    return new Problem('LD_CALL', `${name}(): ${error.message}`, error.message, { bare: true })
  if (error instanceof ValueError) return callProblem(name, error.message, error.hint)
  throw error
}
