// A script checked, and what was found as the text that it points to.
import { checkScript } from '../../src/check/check-script.js'
import type { Finding } from '../../src/check/finding.js'

export interface Found {
  severity: Finding['severity']
  line: number
  column: number
  /** The text at the finding's place. */
  at: string
  message: string
  hint: string | null
}

/** What `rule` finds, and nothing of the others. */
export function found(rule: string, text: string, options: Parameters<typeof checkScript>[1] = []): Found[] {
  return checkScript(text, options)
    .findings.filter((finding) => finding.rule === rule)
    .map(({ severity, line, column, span, message, hint }) => {
      return { severity, line, column, at: text.slice(span.start, span.end), message, hint }
    })
}

/** A server's connection up to accept(), descriptor 4: lines 1 to 7. */
export const server = `\
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000 <mss 1000,nop,nop,sackOK>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>
+0 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
`

/** A client's, descriptor 3: lines 1 to 5. */
export const client = `\
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 connect(3, ..., ...) = 0
+0 > S 0:0(0) <...>
+0 < S. 0:0(0) ack 1 win 1000
+0 > . 1:1(0) ack 1
`
