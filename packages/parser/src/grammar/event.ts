// One event: a time and what happens then.
//   event  = time-spec action .
//   action = packet | syscall | fault | command | code .
import type { EventTime, ScriptEvent } from '../ast/nodes.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { anyTimeNotOutbound, backwardRange, rangeNotOutbound } from '../diagnostic/semantic.js'
import { C, T } from '../scan/token.js'
import { readCall } from './call.js'
import { readCode } from './code.js'
import { readCommand } from './command.js'
import { readFault, startsFault } from './fault.js'
import { readPacket } from './packet.js'
import type { Reader } from './reader.js'
import { readTime } from './time.js'

export function readEvent(reader: Reader, expected: Expectation): ScriptEvent {
  const start = reader.start
  const time = readTime(reader, expected)
  const line = reader.timeLine
  const action = readAction(reader)
  checkTime(reader, time, isOutbound(action))
  const span = reader.spanFrom(start)
  if (reader.foreign.length === 0) return { time, line, action, span }
  return { time, line, action, span, foreign: reader.takeForeign() }
}

function readAction(reader: Reader): ScriptEvent['action'] {
  switch (reader.kind) {
    case C.less:
    case C.greater:
      return readPacket(reader)
    case T.word:
      return startsFault(reader) ? readFault(reader) : readCall(reader)
    case T.ellipsis:
      return readCall(reader)
    case T.backtick:
      return readCommand(reader)
    case T.code:
      return readCode(reader)
  }
  return reader.unexpected(EXPECT.action)
}

function isOutbound(action: ScriptEvent['action']): boolean {
  return (action.type === 'packet' || action.type === 'foreign-packet') && action.direction === 'outbound'
}

/** Asked when the whole event has been read, as upstream does: an error inside the action comes first. */
function checkTime(reader: Reader, time: EventTime, outbound: boolean): void {
  if (time.kind === 'absolute' || time.kind === 'relative') return
  if (time.endUs !== null && time.endUs < time.us) reader.refuse(time.span, backwardRange())
  if (outbound) return
  reader.refuse(time.span, time.kind === 'any' ? anyTimeNotOutbound() : rangeNotOutbound())
}
