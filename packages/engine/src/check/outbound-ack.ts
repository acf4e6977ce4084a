// The stack cannot acknowledge what it was never sent. RFC 9293 3.4.
import { behind, segments } from './connections.js'
import { fieldSpan } from './field-span.js'
import type { Rule } from './rule.js'

export const outboundAck: Rule = {
  name: 'outbound-ack',
  check({ text, script }, report) {
    for (const { direction, body, known } of segments(script)) {
      if (direction !== 'outbound' || !body.flags.ack || known.injectedEnd === null) continue
      if (!behind(body.ack, known.injectedEnd)) continue
      report.error(
        fieldSpan(text, body.span, 'ack'),
        `the stack is expected to acknowledge up to ${body.ack}, but nothing behind ${known.injectedEnd} has been injected`,
        'compare with the `<` lines before it; SYN and FIN count one each',
      )
    }
  },
}
