// What nearly every test of the grammar does: parse a script and look at its one event, or at why it was refused.
import type {
  CallAction,
  Diagnostic,
  Expression,
  OuterHeader,
  PacketAction,
  ParseSettings,
  Script,
  ScriptEvent,
  TcpBody,
} from '../../src/index.js'
import { explain, parseScript } from '../../src/index.js'

const BASE: ParseSettings = { wireFamily: 'ipv4', defines: new Map(), pspUdpPort: 0 }

type Given = Partial<ParseSettings>

export function script(text: string, given: Given = {}): Script {
  const result = parseScript(text, () => ({ ...BASE, ...given }))
  if (result.script === null) throw new Error(explain(text, 'test.pkt', result.diagnostics[0] as Diagnostic))
  return result.script
}

export function refusal(text: string, given: Given = {}): Diagnostic {
  const result = parseScript(text, () => ({ ...BASE, ...given }))
  if (result.script !== null) throw new Error(`accepted: ${text}`)
  return result.diagnostics[0] as Diagnostic
}

/** Upstream's words without the place and their lead. */
export function upstream(text: string, given: Given = {}): string {
  return refusal(text, given).upstreamMessage.replace(/^semantic error: /, '')
}

export function event(text: string, given: Given = {}): ScriptEvent {
  const { events } = script(text, given)
  if (events.length !== 1) throw new Error(`${events.length} events: ${text}`)
  return events[0] as ScriptEvent
}

export function call(text: string, given: Given = {}): CallAction {
  const { action } = event(text, given)
  if (action.type !== 'call') throw new Error(`no call: ${text}`)
  return action
}

/** The only argument of a call. */
export function argument(text: string, given: Given = {}): Expression {
  const { args } = call(`0 f(${text}) = 0\n`, given)
  if (args.length !== 1) throw new Error(`${args.length} arguments: ${text}`)
  return args[0] as Expression
}

export function packet(text: string, given: Given = {}): PacketAction {
  const { action } = event(`0 ${text}\n`, given)
  if (action.type !== 'packet') throw new Error(`no packet: ${text}`)
  return action
}

export function tcp(text: string, given: Given = {}): TcpBody {
  const { body } = packet(text, given)
  if (body.type !== 'tcp') throw new Error(`no TCP: ${text}`)
  return body
}

export function outer(text: string): OuterHeader {
  return packet(`> ${text} . 1:1(0)`).outer[0] as OuterHeader
}

/** A tree without its spans, to be compared whole. */
export function bare(tree: unknown): unknown {
  if (tree instanceof Map) return Object.fromEntries([...tree].map(([name, value]) => [name, bare(value)]))
  if (Array.isArray(tree)) return tree.map(bare)
  if (tree === null || typeof tree !== 'object') return tree
  const entries = Object.entries(tree).filter(([name]) => name !== 'span' && name !== 'nameSpan')
  return Object.fromEntries(entries.map(([name, value]) => [name, bare(value)]))
}

/** `line:column-end`, columns from 1 and the end not included. */
export function placeOf({ line, column, span }: Diagnostic): string {
  return `${line}:${column}-${column + span.end - span.start}`
}
