import { expect, it } from 'vitest'
import { explain, upstreamText } from '../../src/diagnostic/explain.js'
import { OptionProblem, parseScript } from '../../src/index.js'
import { refusal } from '../support/parse.js'

it('gives place, sentence, line, carets and hint', () => {
  const text = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 < S 0:0(0) <mss 1000>\n'
  expect(explain(text, 'a/b.pkt', refusal(text))).toMatchInlineSnapshot(`
    "a/b.pkt:2:6: an inbound packet needs a window: 'win N' is missing
       2 | +0 < S 0:0(0) <mss 1000>
         |      ^^^^^^^^^^^^^^^^^^^
      It stands after 'ack N', before the options."
  `)
})

it('leaves the hint out where there is none', () => {
  const text = '0 a() 0'
  expect(explain(text, 'x.pkt', refusal(text)).split('\n')).toHaveLength(3)
})

it("gives upstream's line", () => {
  const text = '0 a() = -1 EAGAIN\n'
  expect(upstreamText('x.pkt', refusal(text))).toBe("x.pkt:2: parse error at '': syntax error")
})

it('gives options without a line, as upstream does', () => {
  const { diagnostics } = parseScript('\n--x\n0 a() = 0', (options) => {
    throw new OptionProblem(options[0]!, "option 'x' unknown")
  })
  expect(upstreamText('x.pkt', diagnostics[0]!)).toBe("x.pkt: option 'x' unknown")
  expect(diagnostics[0]).toMatchObject({
    code: 'LD_OPTION',
    kind: 'option',
    line: 2,
    column: 1,
    span: { start: 1, end: 4 },
  })
})
