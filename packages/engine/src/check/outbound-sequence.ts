// The stack sends what was written to it, and leaves no holes. RFC 9293 3.7.
import { behind, endOf, segments } from './connections.js'
import { fieldSpan } from './field-span.js'
import type { Rule } from './rule.js'

export const outboundSequence: Rule = {
  name: 'outbound-sequence',
  check({ text, script }, report) {
    for (const { direction, body, known } of segments(script)) {
      // A reset takes its number from what it answers.
      if (direction !== 'outbound' || body.flags.rst || body.flags.syn || known.sendable === null) continue
      const { seq, payloadLength, flags } = body
      const end = endOf(body)
      const span = fieldSpan(text, body.span, 'sequence')
      if (known.sentEnd !== null && behind(seq, known.sentEnd) && payloadLength > 0) {
        report.warning(span, `octets ${known.sentEnd}:${seq} are skipped: no line expects them`)
      } else if (behind(end, known.sendable)) {
        if (payloadLength > 0) {
          const message = `octets up to ${(seq + payloadLength) >>> 0} are expected, but only ${known.written} have been written`
          report.error(span, message, `the stack can have sent up to ${known.sendable}`)
        } else if (flags.fin) {
          report.warning(span, 'a FIN is expected, but nothing has been closed or shut down')
        }
      }
    }
  },
}
