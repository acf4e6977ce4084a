// Parameters of faults from text: the same in a script and in a query. Durations are 10 (milliseconds), 10us, 10ms, 2s,
// fractions too. Read first: faults.ts.
import { suggest } from '../diagnostic/suggest.js'
import { Direction, type Fault, type FaultName, faults, type Parameter } from './faults.js'

/** What is wrong with one parameter: a sentence, and what to do about it. */
export interface ParameterProblem {
  /** Which one; null: one that is missing. */
  readonly name: string | null
  readonly message: string
  readonly hint: string
}

/** A fault to be caused: `values` has every parameter of its, by name. */
export interface FaultOrder {
  readonly name: FaultName
  readonly values: ReadonlyMap<string, number>
}

/** How an author writes a parameter: `time=10`, with these words behind it. */
const wordsFor: Readonly<Record<Parameter['kind'], (parameter: Parameter) => string>> = {
  duration: ({ max }) => ` for 10 ms, or 10us, 10ms, 2s; above 0, up to ${max > 86_400e6 ? 'ten years' : 'a day'}`,
  whole: ({ min, max }) => `; a whole number from ${min} to ${max}`,
  probability: () => '; above 0, up to 1',
  direction: () => ' (to the stack), tx (from it) or both',
}

const unitUs: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000 }

/** The value that `text` stands for; undefined where it is none. */
export function parameterValue(parameter: Parameter, text: string): number | undefined {
  const value = read(parameter, text)
  if (value === undefined || value < parameter.min || value > parameter.max) return undefined
  return parameter.kind === 'probability' && value === 0 ? undefined : value
}

function read({ kind }: Parameter, text: string): number | undefined {
  if (kind === 'direction')
    return Object.hasOwn(Direction, text) ? Direction[text as keyof typeof Direction] : undefined
  if (kind === 'whole') return /^\d{1,15}$/.test(text) ? Number(text) : undefined
  const [, digits, unit] = /^(\d+(?:\.\d+)?|\.\d+)(us|ms|s)?$/.exec(text) ?? []
  if (digits === undefined) return undefined
  if (kind === 'probability') return unit === undefined ? Number(digits) : undefined
  return Math.round(Number(digits) * (unitUs[unit ?? 'ms'] as number))
}

/**
 * The order that these parameters make, or what is wrong with the first that is.
 * @param spelled how this place writes a fault with one parameter, for what to do: `/drop?count=1`, `drop(count=1)`
 */
export function faultOrder(
  name: FaultName,
  given: Iterable<readonly [name: string, text: string]>,
  spelled: (parameter: string, value: string) => string,
): FaultOrder | ParameterProblem {
  const { parameters }: Fault = faults[name]
  const values = new Map<string, number>()
  for (const [parameter, text] of given) {
    const known = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined
    if (known === undefined) return unknown(name, parameter, Object.keys(parameters))
    if (values.has(parameter)) {
      return { name: parameter, message: `${parameter} is given twice`, hint: `write ${spelled(parameter, text)}` }
    }
    const value = parameterValue(known, text)
    if (value === undefined) return bad(parameter, known, text, spelled)
    values.set(parameter, value)
  }
  for (const [parameter, known] of Object.entries(parameters)) {
    if (values.has(parameter)) continue
    if (known.fallback === null) return { ...bad(parameter, known, '', spelled), name: null }
    values.set(parameter, known.fallback)
  }
  return { name, values }
}

export const isProblem = (made: FaultOrder | ParameterProblem): made is ParameterProblem => 'message' in made

function bad(
  name: string,
  parameter: Parameter,
  text: string,
  spelled: (parameter: string, value: string) => string,
): ParameterProblem {
  const shown = text.length > 40 ? `${text.slice(0, 37)}…` : text
  const hint = `write ${spelled(name, parameter.sample)}${wordsFor[parameter.kind](parameter)}`
  return { name, message: `bad ${name} '${shown}'`, hint }
}

function unknown(fault: string, parameter: string, known: readonly string[]): ParameterProblem {
  const near = suggest(parameter, known)
  const has = known.length === 0 ? `${fault} has none` : `${fault} has ${known.join(', ')}`
  const hint = near === null ? has : `did you mean ${near}?`
  return { name: parameter, message: `${fault} has no parameter '${parameter}'`, hint }
}
