// An acknowledgement of octets that the stack cannot have sent. RFC 9293 3.10.7.4 has it answered and dropped: a script
// may well mean that, so it is a warning.
import { behind, segments } from './connections.js'
import { fieldSpan } from './field-span.js'
import type { Rule } from './rule.js'

export const inboundAck: Rule = {
  name: 'inbound-ack',
  check({ text, script }, report) {
    for (const { direction, body, known } of segments(script)) {
      if (direction !== 'inbound' || !body.flags.ack || body.flags.rst || known.sendable === null) continue
      if (!behind(body.ack, known.sendable)) continue
      report.warning(
        fieldSpan(text, body.span, 'ack'),
        `${body.ack} is acknowledged, but the stack can have sent up to ${known.sendable} only`,
        'the stack will drop this segment, unless a write() before it is missing',
      )
    }
  },
}
