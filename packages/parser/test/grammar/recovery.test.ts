// What is reported of a script with several mistakes: each of them once, in its place, and nothing that only follows
// from another.
import { describe, expect, it } from 'vitest'
import { explainAll, OptionProblem, parseScript } from '../../src/index.js'

const places = (text: string) => parseScript(text).diagnostics.map(({ line, column }) => `${line}:${column}`)
const messages = (text: string) => parseScript(text).diagnostics.map(({ message }) => message)

describe('a mistake in each of several events', () => {
  it('is reported for each, and the good ones between them are not touched', () => {
    expect(places('0 a() 0\n+0 b() = 0\n+0 > S 0:1(0)\n+0 `x`\n+0 < Sx 0:0(0) win 5\n')).toEqual(['1:7', '3:8', '5:6'])
  })
  it('is reported of every kind of action and time', () => {
    const text = '1e3 a() = 0\n+ b() = 0\n* c() = 0\n0~1 `x`\n0...1 > . 1:1(0)\n5 foo\n+0 + 1\n'
    expect(places(text)).toEqual(['1:1', '2:3', '3:1', '4:1', '5:7', '7:4'])
  })
  it('leaves the first to be what upstream says', () => {
    const [first] = parseScript('0 > S 0:1(0)\n+0 a( = 0\n').diagnostics
    expect(first?.upstreamMessage).toBe('semantic error: inconsistent TCP sequence numbers and payload size')
  })
})

describe('one mistake', () => {
  it.each([
    ['in an event over several lines', '0 a(3,\n    {fd=3, evnts=1},\n    5) = 0\n+0 b() = 0\n'],
    ['before the segment’s other lines', '0 > S 0:0(0) akc 1\n  win 5\n  <mss 1460,\n   nop>\n+0 b() = 0\n'],
    ['with numbers at the start of the next lines', '0 > S 0:0(0) akc\n  1 win\n  5 <mss 1460>\n+0 b() = 0\n'],
    ['with a number before options at the margin', '+0 < S 0:0(0) ack 1\n5 <mss 1460>\n+0 b() = 0\n'],
    ['at the end of a line that lacks its last part', '0 a(3, 4\n+0 b() = 0\n'],
    ['with a call without its result', '0 a()\n+0 b() = 0\n'],
    ['with a call without its errno’s text', '0 a() = -1 EAGAIN\n+0 b() = 0\n'],
    ['with a line that is no event', 'what is this\n0 b() = 0\n+0 c() = 0\n'],
    ['with the option block behind the init command', '`x`\n--a=1\n--b=2\n0 b() = 0\n'],
    ['before the init command', 'x\n`init`\n0 a() = 0\n+0 b() = 0\n`end`\n'],
    ['with a comment that does not end', '0 a() = 0\n/* x\n+0 b() = \n+0 c( = 0\n'],
    ['with a list of unfinished brackets', '0 a([[[[[[[{{{{\n+0 b([1], {2}) = 0\n'],
    ['with an unfinished command at the end', '0 a() = 0\n`x\n+0 b() = 0\n'],
  ])('%s is one error', (_, text) => {
    expect(places(text)).toHaveLength(1)
  })
})

describe('a missing quote', () => {
  it('is blamed where it opens, in our words; upstream’s place stays', () => {
    const [first, ...others] = parseScript('0 a("x) = 0\n+0 b("y") = 0\n+0 c("z") = 0\n+0 d( = 0\n').diagnostics
    expect(first).toMatchObject({
      code: 'LD_UNCLOSED',
      line: 1,
      column: 5,
      message: 'the string that starts here ends a line below, with an event in it',
      hint: 'Is its closing quote missing?',
      upstreamLine: 2,
      upstreamMessage: "parse error at 'y': syntax error",
    })
    expect(others.map(({ line, column }) => [line, column])).toEqual([[4, 7]])
  })
  it('is blamed of commands too, also of the statement before', () => {
    expect(places('`x\n0 a() = 0\n`y`\n')).toEqual(['1:1'])
    expect(places('0 `x\n+0 a() = 0\n+0 `y`\n+0 b( = 0\n')).toEqual(['1:3', '4:7'])
  })
  it('is not suspected of a command over several lines', () => {
    expect(places('0 `x\n  y`\n+0 b( = 0\n')).toEqual(['3:7'])
  })
})

describe('the option block', () => {
  const configure = () => ({ wireFamily: 'ipv4' as const, defines: new Map<string, string>(), pspUdpPort: 0 })

  it('is read on behind an error in it', () => {
    expect(places('--a=1.5\n--b=`x`\n--c=5\n0 a( = 0\n')).toEqual(['1:5', '2:5', '4:6'])
  })
  it('has the rest of a value that lacks its quotes', () => {
    const text = '--remote_ip=192.0.2.1/24\n--init_scripts=./a.sh\n--x=a,b --c\n0 a() = 0\n'
    expect(places(text)).toEqual(['1:22', '2:16', '3:6'])
    expect(messages(text)[0]).toBe("expected the end of the option, found '/'")
  })
  it.each(['--define=A=5', '--ip_version=5.5', '--defin=A.B', '--psp_udp_port=5/5'])(
    'ends the reading when what follows cannot be judged: %s',
    (option) => {
      expect(places(`${option}\n--b=1.5\n0 a( = 0\n`).map((place) => place.split(':')[0])).toEqual(['1', '2'])
    },
  )
  it('is judged before a value’s rest, as upstream does, and every refused option is named', () => {
    const refused = ['x', 'y']
    const result = parseScript('--x=1\n--b=2/3\n--y=4\n0 a( = 0\n', (options) => {
      const bad = options.find(({ name }) => refused.includes(name))
      if (bad !== undefined) throw new OptionProblem(bad, `bad --${bad.name}: 1`, 'hint')
      return configure()
    })
    expect(result.diagnostics.map(({ message }) => message)).toEqual([
      'bad --x: 1',
      "expected the end of the option, found '/'",
      'bad --y: 1',
      "expected an argument or ')', found '='",
    ])
    expect(result.diagnostics[0]?.hint).toBe('hint')
  })
  it('keeps a foreign problem silent behind a first finding, and throws it otherwise', () => {
    const foreign = () => {
      throw new Error('foreign')
    }
    expect(parseScript('--a=1.5\n0 a( = 0', foreign).diagnostics).toHaveLength(1)
    expect(() => parseScript('--a=1\n0 a( = 0', foreign)).toThrow('foreign')
    expect(() => parseScript('--a=1/5\n0 a( = 0', foreign)).toThrow('foreign')
  })
})

describe('many mistakes', () => {
  const result = parseScript('0 a( = 0\n'.repeat(25))

  it('are told up to the twentieth, and counted', () => {
    expect(result.diagnostics).toHaveLength(20)
    expect(result.more).toBe(5)
    const text = explainAll('0 a( = 0\n'.repeat(25), 'x', result.diagnostics, result.more)
    expect(text.split('\n')[0]).toBe("x:1:6: expected an argument or ')', found '='")
    expect(text.endsWith('\nand 5 more errors')).toBe(true)
    expect(explainAll('', 'x', [], 1)).toBe('and 1 more error')
  })
  it('are none for a script that is right', () => {
    expect(parseScript('0 a() = 0')).toMatchObject({ diagnostics: [], more: 0 })
  })
})
