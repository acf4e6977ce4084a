// From the syntax tree to a list of events that are ready to run: packets as octets, calls with their arguments read.
// What cannot be run at all is said here, before anything has happened. Read first: language/4-running.md 10.
import type {
  CallAction,
  CodeAction,
  EventTime,
  FaultName,
  FaultOrder,
  PacketAction,
  Script,
  ScriptEvent,
} from '@lunadrill/parser'
import { PreparedCall } from '../call/call.js'
import type { Lacking } from '../host/lacking.js'
import { Problem, skip } from '../trace/problem.js'
import { buildPacket, type ScriptPacket, unsupported, type WireKind } from './script-packet.js'

export type ScheduledAction =
  | { readonly type: 'packet'; readonly packet: ScriptPacket }
  | {
      readonly type: 'call'
      readonly name: string
      /** A Problem is raised when the script reaches the call, as upstream does. */
      readonly call: PreparedCall | Problem
      /** For a blocking call: when it is to return, in the script's own numbers. */
      readonly returnUs: number | null
    }
  | { readonly type: 'fault'; readonly order: FaultOrder }
  | { readonly type: 'command'; readonly text: string }
  | { readonly type: 'code'; readonly code: CodeAction }

export interface ScheduledEvent {
  readonly source: ScriptEvent
  readonly time: EventTime
  readonly action: ScheduledAction
}

/** A Problem that belongs to a line, found before the run. */
export class ScheduleError extends Error {
  constructor(
    readonly event: ScriptEvent,
    readonly problem: Problem,
  ) {
    super(problem.message)
  }
}

/** Throws ScheduleError. */
export function schedule(script: Script, wire: WireKind): ScheduledEvent[] {
  return script.events.map((source) => ({ source, time: source.time, action: prepare(source, wire) }))
}

/** For stacks that nobody can interfere with. Throws ScheduleError where the script wants to. */
export function refuseFaults(script: Script): void {
  for (const event of script.events) {
    const { action } = event
    if (action.type === 'fault') throw new ScheduleError(event, skip(`a userspace stack: the fault ${action.name}`))
  }
}

/** Throws ScheduleError where the stack does not offer what the fault needs. */
function refuseFault(event: ScriptEvent, name: FaultName, lacking: Lacking): void {
  const problem = name === 'allocfail' ? lacking.problem('ALLOC_FAULT') : null
  if (problem !== null) throw new ScheduleError(event, problem)
}

function prepare(event: ScriptEvent, wire: WireKind): ScheduledAction {
  const { action } = event
  switch (action.type) {
    case 'packet':
      return { type: 'packet', packet: preparePacket(event, action, wire) }
    case 'call':
      return prepareCall(event, action)
    case 'fault':
      refuseFault(event, action.name, wire.lacking)
      return { type: 'fault', order: { name: action.name, values: action.values } }
    case 'command':
      return { type: 'command', text: action.text }
    case 'code':
      return { type: 'code', code: action }
    case 'foreign-packet':
      throw new ScheduleError(event, skip(action.protocol))
  }
}

function preparePacket(event: ScriptEvent, action: PacketAction, wire: WireKind): ScriptPacket {
  const needs = unsupported(action, wire)
  if (needs !== null) throw new ScheduleError(event, needs)
  return buildPacket(action, wire.family)
}

function prepareCall(event: ScriptEvent, action: CallAction): ScheduledAction {
  const call = PreparedCall.prepare(action)
  if (call instanceof Problem && call.verdict === 'skip') throw new ScheduleError(event, call)
  return { type: 'call', name: action.name, call, returnUs: action.returnUs }
}
