// What holds for every script: no text makes the parser throw, places lie within the text and within their parents,
// and what is written is what is read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Diagnostic, excerpt, explain, parseScript, type Span, upstreamText } from '../src/index.js'
import { call, tcp } from './support/parse.js'

const SEEDS = [
  '--tolerance_usecs=10000 --define=A=B\n`init`\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n',
  '+0...0.1 accept(3, ..., ...) = 4 // later\n+.1 write(4, "a\\x00b", 5) = -1 EAGAIN (Resource temporarily unavailable)\n',
  '0 connect(3, {sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("192.0.2.1")}, 16) = 0\n',
  '0 recvmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 5}], msg_flags=A|B, msg_control=[]}, 0) = 5\n',
  '0 poll([{fd=3, events=POLLIN, revents=0}], 1, 0) = 0 /* x */ 1 a({(label 1, tc 0, [S], ttl 9)}) = 0\n',
  '+0 < S 0:0(0) win 65535 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>\n',
  '+0 > S. 0:0(0) ack 1 <...>\n* > 5 > 6 P.5 1:1001(1000) ack 1 <nop,nop,sack 1:2 3:4>\n',
  '0~.1 > [ect0] . 1:1(0) <FO 3021b9d889017eeb,nop,nop>\n0 > . 1:1(0) <ECN e0b 1 ceb 2 e1b 3,nop>\n',
  '0 > ipv6 [ttl 5] 2001:db8::1 > ::2: gre flags 0x8000, sum 0, off 0, key 0, seq 0: . 1:1(0)\n',
  '0 < icmp unreachable frag_needed mtu 1200 [1:1461(1460)]\n+0 > udp 1 > 2 (1000)\n+0 %{ assert tcpi_snd_cwnd == 10 }%\n`end`\n',
  '#ifdef A\n0 > sctp(tag=1): INIT[tag=1, x={1,0}];I-DATA[]\n#else\n+0 < udplite(5, 0)\n#endif\n',
  '+0 < addr[a] > addr[b] S. ...(5) ack 1 win 5 <dss dack8=1 nocs, md5 valid>/udp(1 > 2)\n+0 > R 0:0(0)! ack 1\n',
  '0 < [1:5(4)] icmp time_exceeded frag_reass_exceeded\n0 a({iov_base=..., iov_len=5}, htonl(5), {cmsg_len=1, cmsg_level=2}) = 0\n',
]

const FRAGMENTS = SEEDS.flatMap((seed) => seed.split(/(\s+|\b)/)).filter((part) => part !== '')

/** A script with some of its characters or tokens taken out, doubled or replaced. */
const mutated = fc
  .tuple(
    fc.shuffledSubarray(SEEDS, { minLength: 1 }),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.nat(20),
        fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 3 })),
      ),
    ),
  )
  .map(([seeds, edits]) => {
    let text = seeds.join('')
    for (const [where, length, insert] of edits) {
      const at = where % (text.length + 1)
      text = text.slice(0, at) + insert + text.slice(at + length)
    }
    return text
  })

/** A run of the language's own tokens. */
const soup = fc
  .array(fc.constantFrom(...FRAGMENTS, '"', '`', '/*', '%{', '::', '{', '[', '(', '|', '...'))
  .map((parts) => parts.join(' '))

const noise = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), soup, mutated)

const settings = fc.record({
  wireFamily: fc.constantFrom('ipv4' as const, 'ipv6' as const),
  defines: fc
    .dictionary(
      fc.constantFrom('a', 'AF_INET', 'S', 'EAGAIN', 'x', 'POLLIN'),
      fc.constantFrom('5', '"x', '`', 'S.', '', 'é'),
    )
    .map((names) => new Map(Object.entries(names))),
  pspUdpPort: fc.constantFrom(0, 1000),
})

/** Every node lies within its parent, and every span within the text. */
function checkSpans(tree: unknown, within: Span): void {
  if (tree === null || typeof tree !== 'object') return
  const own = (tree as { span?: Span }).span
  if (own !== undefined) {
    expect(own.start).toBeLessThanOrEqual(own.end)
    expect(own.start).toBeGreaterThanOrEqual(within.start)
    expect(own.end).toBeLessThanOrEqual(within.end)
  }
  const children = tree instanceof Map ? [...tree.values()] : Object.values(tree)
  for (const child of children) checkSpans(child, own ?? within)
}

function checkDiagnostic(text: string, diagnostic: Diagnostic): void {
  const { span, line, column, upstreamLine } = diagnostic
  const lines = text.split('\n')
  expect(span.start).toBeGreaterThanOrEqual(0)
  expect(span.end).toBeGreaterThanOrEqual(span.start)
  expect(span.end).toBeLessThanOrEqual(text.length)
  expect(line).toBeGreaterThanOrEqual(1)
  expect(line).toBeLessThanOrEqual(lines.length)
  expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 1)
  expect(upstreamLine).toBeGreaterThanOrEqual(1)
  expect(upstreamLine).toBeLessThanOrEqual(lines.length)
  expect(diagnostic.message).not.toBe('')
  expect(explain(text, 'x', diagnostic)).toContain(excerpt(text, span))
  expect(upstreamText('x', diagnostic)).toMatch(/^x:\d+: (parse|semantic) error/)
}

describe('any text', () => {
  it('is read or refused, with places within it', () => {
    fc.assert(
      fc.property(noise, settings, (text, given) => {
        const { script, diagnostics } = parseScript(text, () => given)
        if (script === null) {
          expect(diagnostics.length).toBeGreaterThan(0)
          expect(diagnostics.length).toBeLessThanOrEqual(20)
          for (const diagnostic of diagnostics) checkDiagnostic(text, diagnostic)
          const starts = diagnostics.slice(1).map(({ span }) => span.start)
          expect(starts).toEqual([...starts].sort((a, b) => a - b))
        } else {
          expect(diagnostics).toEqual([])
          checkSpans(script, { start: 0, end: text.length })
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('means the same with comments and other blanks between its tokens', () => {
    const kinds = (text: string) => parseScript(text).script?.events.map(({ time, action }) => [time.us, action.type])
    const blank = fc.constantFrom(' ', '\t', '\n', '\r\n', ' // x\n', '/* y\n */', ' /***/ ')
    fc.assert(
      fc.property(fc.infiniteStream(blank), (blanks) => {
        const text = '0 a ( 5 , "x y" ) = 0 E ( f ) + .1 < S 0 : 0 ( 0 ) win 5 < mss 5 > * > . 1 : 1 ( 0 )'
        // The blank within the string belongs to it.
        const varied = text.replace(/(?<!x) /g, () => blanks.next().value as string)
        expect(kinds(varied)).toEqual([
          [0, 'call'],
          [100_000, 'packet'],
          [0, 'packet'],
        ])
      }),
    )
  })
})

// ------------------------------------------------------------------ what is written is what is read

const u16 = fc.integer({ min: 0, max: 0xffff })
const u32 = fc.integer({ min: 0, max: 0xffffffff })
const hex = (max: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 1, maxLength: max })
    .map((digits) => `00${digits.join('')}${digits.join('')}`)

/** Text, value and octets of an option. */
const option = fc.oneof(
  fc.constantFrom(['nop', { kind: 'nop' }, 1], ['eol', { kind: 'eol' }, 1], ['sackOK', { kind: 'sackOK' }, 2]),
  u16.map((value) => [`mss ${value}`, { kind: 'mss', value }, 4]),
  fc.integer({ min: 0, max: 255 }).map((value) => [`wscale ${value}`, { kind: 'wscale', value }, 3]),
  fc.tuple(u32, u32).map(([val, ecr]) => [`TS val ${val} ecr ${ecr}`, { kind: 'TS', val, ecr }, 10]),
  fc
    .array(fc.record({ left: u32, right: u32 }), { minLength: 1, maxLength: 4 })
    .map((blocks) => [
      `sack ${blocks.map(({ left, right }) => `${left}:${right}`).join(' ')}`,
      { kind: 'sack', blocks },
      2 + 8 * blocks.length,
    ]),
  hex(8).map((octets) => [`FO ${octets}`, { kind: 'FO', octets }, 2 + octets.length / 2]),
  hex(8).map((octets) => [`md5 ${octets}`, { kind: 'md5', octets }, 2 + octets.length / 2]),
  fc
    .tuple(
      fc.constantFrom(0 as const, 1 as const),
      fc.array(fc.integer({ min: 0, max: 0xffffff }), { minLength: 1, maxLength: 3 }),
    )
    .map(([order, counters]) => {
      const names = order === 0 ? ['e0b', 'ceb', 'e1b'] : ['e1b', 'ceb', 'e0b']
      const text = counters.map((counter, index) => `${names[index]} ${counter}`).join(' ')
      return [`ECN ${text}`, { kind: 'ECN', order, counters }, 2 + 3 * counters.length]
    }),
) as fc.Arbitrary<[text: string, value: object, octets: number]>

/** As many of the options as fit, filled up with nops. */
const options = fc.array(option, { maxLength: 6 }).map((given) => {
  const list: [string, object][] = []
  let length = 0
  for (const [text, value, octets] of given) {
    if (length + octets > 40) continue
    list.push([text, value])
    length += octets
  }
  for (; length % 4 !== 0; length++) list.push(['nop', { kind: 'nop' }])
  return list
})

const letters = { fin: 'F', syn: 'S', rst: 'R', psh: 'P', urg: 'U', ece: 'E', cwr: 'W', ae: 'A', ack: '.' }
const flags = fc.record({
  fin: fc.boolean(),
  syn: fc.boolean(),
  rst: fc.boolean(),
  psh: fc.boolean(),
  urg: fc.boolean(),
  ece: fc.boolean(),
  cwr: fc.boolean(),
  ae: fc.boolean(),
  ack: fc.boolean(),
})

describe('a segment', () => {
  it('reads back as the numbers that it was made of', () => {
    const segment = fc.record({
      sourcePort: u16,
      destinationPort: u16,
      flags,
      seq: fc.integer({ min: 0, max: 0xfff00000 }),
      payloadLength: fc.integer({ min: 0, max: 60_000 }),
      ack: u32,
      window: u16,
      urgent: u16,
    })
    fc.assert(
      fc.property(segment, options, (made, list) => {
        const word = Object.entries(letters)
          .filter(([name]) => made.flags[name as keyof typeof letters])
          .map(([, letter]) => letter)
          .join('')
        const range = `${made.seq}:${made.seq + made.payloadLength}(${made.payloadLength})`
        const written = list.length === 0 ? '' : ` <${list.map(([text]) => text).join()}>`
        const text = `< ${made.sourcePort} > ${made.destinationPort} ${word || '-'} ${range} ack ${made.ack} win ${made.window} urg ${made.urgent}${written}`
        const read = tcp(text)
        expect(read).toMatchObject({ ...made, flags: { ...made.flags, ace: false } })
        if (list.length === 0) expect(read.options).toBeNull()
        else expect(read.options).toMatchObject(list.map(([, value]) => value))
      }),
      { numRuns: 500 },
    )
  })
})

describe('a call', () => {
  const name = fc
    .stringMatching(/^[a-z_][a-z0-9_]{2,8}$/)
    .filter((word) => parseScript(`0 ${word}() = 0`).script !== null)
  const s64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n })

  it('reads back with its name, arguments, result and times', () => {
    fc.assert(
      fc.property(name, fc.array(s64), s64, fc.nat(10_000_000), (word, numbers, result, ms) => {
        const text = `${ms}...${ms + 1} ${word}(${numbers.join(', ')}) = ${result}\n`
        const read = call(text)
        expect(read.name).toBe(word)
        expect(read.args.map((arg) => (arg.type === 'integer' ? arg.value : arg.type))).toEqual(numbers)
        expect(read.result).toMatchObject({ value: result })
        expect(read.returnUs).toBe((ms + 1) * 1_000_000)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a time', () => {
  it('is the double of its text, times a million, cut', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{0,12}\.[0-9]{1,14}$/), (text) => {
        expect(parseScript(`${text} > . 1:1(0)`).script?.events[0]?.time.us).toBe(Math.trunc(Number(text) * 1e6))
      }),
      { numRuns: 2000 },
    )
  })
})
