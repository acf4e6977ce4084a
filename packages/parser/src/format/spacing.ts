// Whether a blank stands between two tokens of an event, as scripts of the field are written:
//   +0 sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, MSG_DONTWAIT|MSG_MORE) = -1 EAGAIN (text)
//   +0 > [ect0] S. 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,sackOK,nop,wscale 8>
import type { CallAction, PacketAction } from '../ast/nodes.js'
import { C, T } from '../scan/token.js'
import type { Lexeme } from './lexeme.js'

/** The tokens of an action in order: is there a blank before this one? Never asked for the first. */
export type Spacing = (token: Lexeme, before: Lexeme) => boolean

const OPENING = new Set<number>([C.openParenthesis, C.openBracket, C.openBrace])
const CLOSING = new Set<number>([C.closeParenthesis, C.closeBracket, C.closeBrace])

export function callSpacing(action: CallAction): Spacing {
  const argumentsEnd = action.result.span.start
  let depth = 0
  return (token, before) => {
    if (OPENING.has(before.kind)) depth++
    if (CLOSING.has(token.kind)) depth = Math.max(0, depth - 1)
    // `T...U name(…)`: the name stands apart from the time before it.
    if (token.start === action.nameSpan.start) return true
    // `+0...0.2`, but `+0 ... .2`, whose dots would run together.
    if (before.end <= action.nameSpan.start) return token.text.startsWith('.')
    if (token.kind === C.comma || CLOSING.has(token.kind) || OPENING.has(before.kind)) return false
    if (before.kind === C.comma) return true
    if (token.kind === C.equals || before.kind === C.equals) return depth === 0
    if (token.kind === C.bar || before.kind === C.bar) return false
    // `"text"...`
    if (token.kind === T.ellipsis) return before.kind !== T.string
    if (token.kind !== C.openParenthesis) return true
    // A call's or function's parenthesis, and not a note's or a label's.
    return token.start >= argumentsEnd || CLOSING.has(before.kind)
  }
}

/** `drop(direction=rx, time=1.5s)`: `1.5s` is two tokens. */
export const faultSpacing: Spacing = (_token, before) => before.kind === C.comma

/** `header`: everything before the body's own tokens. */
export function packetSpacing(action: PacketAction): Spacing {
  const outerEnd = action.outer.at(-1)?.span.end ?? -1
  let inOptions = false
  let sequence = false
  return (token, before) => {
    const outer = before.start < outerEnd || token.start < outerEnd
    const wasInOptions = inOptions
    if (!outer && token.kind === C.less) {
      inOptions = true
      return true
    }
    if (wasInOptions && before.kind === C.less) return false
    if (wasInOptions && token.kind === C.greater) {
      inOptions = false
      return false
    }
    if (token.kind === C.comma || CLOSING.has(token.kind) || OPENING.has(before.kind)) return false
    if (before.kind === C.comma) return !wasInOptions
    if (token.kind === C.colon) {
      sequence = !outer && before.kind !== C.closeParenthesis
      return false
    }
    // The colon of an outer header is followed by a blank: what comes next may not touch an IPv6 address.
    if (before.kind === C.colon) return !sequence
    if (token.kind === C.equals || before.kind === C.equals) return false
    if (token.kind === C.openParenthesis && sequence) {
      sequence = false
      return false
    }
    return !isFlagEnd(token, before)
  }
}

/** The dot or digit of TCP flags, which stands apart from its letters for the scanner alone. */
function isFlagEnd(token: Lexeme, before: Lexeme): boolean {
  if (before.kind !== T.word) return false
  return token.kind === C.dot || (token.kind === T.float && token.text.startsWith('.'))
}
