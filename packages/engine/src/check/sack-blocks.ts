// Selective acknowledgements lie within what was sent. RFC 2018 3 and 4; a block below the acknowledgement is a duplicate
// report (RFC 2883), which is fine.
import { behind, segments } from './connections.js'
import type { Rule } from './rule.js'

export const sackBlocks: Rule = {
  name: 'sack-blocks',
  check({ script }, report) {
    for (const { direction, body, known } of segments(script)) {
      if (body.options === null || body.options === 'any') continue
      const limit = direction === 'inbound' ? known.sendable : known.injectedEnd
      for (const option of body.options) {
        if (option.kind !== 'sack') continue
        for (const { left, right } of option.blocks) {
          const block = `block ${left}:${right}`
          if (!behind(right, left)) report.warning(option.span, `${block} is empty or backward`)
          else if (limit === null || !behind(right, limit)) continue
          else if (direction === 'inbound') {
            report.warning(option.span, `${block} lies beyond what the stack can have sent, which ends at ${limit}`)
          } else {
            report.error(option.span, `${block} is expected, but nothing behind ${limit} has been injected`)
          }
        }
      }
    }
  },
}
