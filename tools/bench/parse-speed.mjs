// How long the parser takes for 100,000 lines of what scripts are made of: segments with options, calls, ranges, comments.
import { parseScript } from '../../packages/parser/dist/index.js'
import { rounded, summary } from './figures.mjs'

const LINES = 100_000
const RUNS = 7

const some = [
  '+0.100 < S 0:0(0) win 32792 <mss 1460,nop,wscale 7,sackOK,TS val 100 ecr 0>',
  '+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 4294967295 ecr 100,nop,wscale 7>',
  '+.1 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 200 ecr 100>',
  '+0 accept(3, ..., ...) = 4',
  '+0 write(4, ..., 1000) = 1000',
  '+0~+.5 > P. 1:1001(1000) ack 1 <nop,nop,TS val 300 ecr 200>',
  '+.05 < . 1:1(0) ack 1 win 257 <nop,nop,sack 2001:3001 4001:5001> // two holes',
  '+0 setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0',
  '2.5 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1',
  '+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0',
]

export const hundredThousandLines = () =>
  `${Array.from({ length: LINES }, (_, i) => some[i % some.length]).join('\n')}\n`

export function measure() {
  const text = hundredThousandLines()
  const samples = []
  for (let i = 0; i < RUNS; i++) {
    const started = performance.now()
    const { script, diagnostics } = parseScript(text)
    samples.push(performance.now() - started)
    if (script === null) throw new Error(`line ${diagnostics[0].line}: ${diagnostics[0].message}`)
    if (script.events.length !== LINES) throw new Error(`${script.events.length} events`)
  }
  const { median, ...rest } = summary(samples)
  const raw = { median, ...rest, octets: text.length, samples: rounded(samples) }
  return [{ measure: 'parse 100,000 lines', median, p99: null, unit: 'ms', aim: null, raw }]
}
