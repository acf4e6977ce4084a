import { describe, expect, it } from 'vitest'
import { OptionProblem, parseScript } from '../../src/index.js'
import { bare, refusal, script } from '../support/parse.js'

const names = (text: string) =>
  script(text).events.map(({ action }) => (action.type === 'call' ? action.name : action.type))

describe('a script', () => {
  it('needs an event', () => {
    for (const text of ['', '\n', '// x\n', '`true`\n', '--x\n', '/* */']) {
      expect(refusal(text).upstreamMessage).toBe("parse error at '': syntax error")
    }
  })
  it('may have several events on a line and one event over several', () => {
    expect(names('0 a() = 0 1 b() = 0\n\n2 // when\n c(\n1) /* what */ =\n0')).toEqual(['a', 'b', 'c'])
  })
  it('has its init command before the first event and its cleanup command after the last', () => {
    const { init, cleanup, events } = script('`one`\n0 `two`\n`three`\n')
    expect([init?.text, cleanup?.text, events.length]).toEqual(['one', 'three', 1])
  })
  it('has neither without them', () => {
    expect(script('0 a() = 0')).toMatchObject({ init: null, cleanup: null, options: [] })
  })
  it('takes no command without a time elsewhere', () => {
    expect(refusal('`a` `b`\n0 c() = 0').upstreamMessage).toBe("parse error at '`b`': syntax error")
    expect(refusal('0 a() = 0 `b` `c`\n').upstreamMessage).toBe("parse error at '`c`': syntax error")
    expect(refusal('0 a() = 0 `b` 0 c() = 0\n').upstreamMessage).toBe("parse error at '0': syntax error")
  })
  it('takes CRLF', () => {
    expect(names('--x=1\r\n0 a() = 0\r\n+0 > . 1:1(0)\r\n')).toEqual(['a', 'packet'])
  })
})

describe('configure', () => {
  const settings = { wireFamily: 'ipv4', defines: new Map(), pspUdpPort: 0 } as const

  it('is asked once, with all options, also with none', () => {
    const asked: unknown[] = []
    const configure = (options: readonly { name: string }[]) => {
      asked.push(options.map(({ name }) => name))
      return settings
    }
    parseScript('--a --b=1\n0 a() = 0\n1 b() = 0', configure)
    parseScript('0 a() = 0', configure)
    expect(asked).toEqual([['a', 'b'], []])
  })
  it('is not asked when the block does not read, and before anything behind it is judged', () => {
    const configure = () => {
      throw new Error('asked')
    }
    expect(parseScript('--a=1.5\n0 a() = 0', configure).diagnostics[0]?.upstreamMessage).toBe(
      "parse error at '1.5': syntax error",
    )
    expect(() => parseScript('--a\n)', configure)).toThrow('asked')
  })
  it('makes a diagnostic of an OptionProblem, before a syntax error behind the block', () => {
    const result = parseScript('--a\n --b=5\n)', (options) => {
      throw new OptionProblem(options[1]!, 'bad --b: 5')
    })
    expect(result.script).toBeNull()
    expect(result.diagnostics).toEqual([
      {
        code: 'LD_OPTION',
        kind: 'option',
        span: { start: 5, end: 10 },
        line: 2,
        column: 2,
        message: 'bad --b: 5',
        hint: null,
        upstreamLine: 2,
        upstreamMessage: 'bad --b: 5',
      },
    ])
  })
  it('decides what a wire family means for what follows', () => {
    expect(refusal('0 < icmp packet_too_big').upstreamMessage).toBe('semantic error: bad ICMP type packet_too_big')
    expect(script('0 < icmp packet_too_big', { wireFamily: 'ipv6' }).events).toHaveLength(1)
  })
})

describe('defines', () => {
  it('work from the first token behind the options on, which upstream lets escape', () => {
    const defines = new Map([
      ['T', '1'],
      ['C', '`true`'],
      ['F', 'S.'],
    ])
    expect(script('T a() = 0', { defines }).events[0]?.time.us).toBe(1_000_000)
    expect(script('C\n0 > F 0:0(0)', { defines }).init?.text).toBe('true')
  })
  it('work for numbers, strings, names and results', () => {
    const defines = new Map([
      ['N', '5'],
      ['S', '"x"'],
      ['W', 'AF_INET'],
      ['f', 'socket'],
    ])
    expect(bare(script('0 f(N, S, W, "S") = N', { defines }).events[0]?.action)).toEqual({
      type: 'call',
      name: 'socket',
      args: [
        { type: 'integer', value: 5n, text: 'N' },
        { type: 'string', raw: 'x' },
        { type: 'word', name: 'AF_INET' },
        { type: 'string', raw: 'S' },
      ],
      result: { type: 'integer', value: 5n, text: 'N' },
      errno: null,
      note: null,
      returnUs: null,
    })
  })
  it('name the define and not its text in a syntax error', () => {
    expect(refusal('0 a(1 N', { defines: new Map([['N', '5']]) }).upstreamMessage).toBe(
      "parse error at 'N': syntax error",
    )
  })
  it('do not reach option values', () => {
    expect(script('--a=N\n0 a() = 0', { defines: new Map([['N', '5']]) }).options[0]?.value).toBe('N')
  })
})

describe('places of errors', () => {
  it("are upstream's: the end of the token, or the anchor of a semantic error", () => {
    expect(refusal('0 a(5 "x\ny")')).toMatchObject({ line: 1, column: 7, upstreamLine: 2 })
    expect(refusal('0 >\n S\n 0:1(0)')).toMatchObject({ line: 3, column: 2, upstreamLine: 1 })
    expect(refusal('0\na(\n{sa_family = AF_INET, sin_port = htons(1), sin_addr = inet_addr("x")}) = 0')).toMatchObject({
      line: 3,
      upstreamLine: 2,
    })
    expect(refusal('*\n`x\ny`')).toMatchObject({ line: 1, upstreamLine: 3 })
    expect(refusal('*\n%{\n}%')).toMatchObject({ line: 1, upstreamLine: 3 })
  })
  it('are the own line for a time, where upstream names the event before', () => {
    expect(refusal('0 a() = 0\n\n-1 b() = 0')).toMatchObject({ line: 3, upstreamLine: 3, kind: 'semantic' })
  })
})

it('refuses endless nesting instead of running out of stack', () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{a=', '}'],
    ['A=', ''],
    ['5|', ''],
  ] as const) {
    const text = `0 a(${open.repeat(100_000)}5${close.repeat(100_000)}) = 0`
    expect(refusal(text)).toMatchObject({ code: 'LD_SYNTAX', message: 'nested more than 400 deep' })
  }
})
