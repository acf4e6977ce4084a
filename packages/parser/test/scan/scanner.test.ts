import { describe, expect, it } from 'vitest'
import { parseScript } from '../../src/index.js'
import { replacements } from '../../src/scan/define.js'
import { Scanner } from '../../src/scan/scanner.js'
import { K, SPELLINGS, T } from '../../src/scan/token.js'

const NAMES = new Map<number, string>([...Object.entries(T)].map(([name, kind]) => [kind, name]))

/** Kinds and texts: `integer 1`, `word a`, `'(' `, `key ack`. */
function tokens(source: string, defines: Record<string, string> = {}): string[] {
  const scanner = new Scanner(source)
  scanner.next()
  scanner.defineFromHere(replacements(new Map(Object.entries(defines))))
  const found: string[] = []
  while (scanner.kind !== T.end) {
    const { kind } = scanner
    const name = kind < 128 ? 'char' : (NAMES.get(kind) ?? 'key')
    found.push(`${name} ${scanner.sourceText()}`)
    scanner.next()
  }
  return found
}

function first(source: string): Scanner {
  const scanner = new Scanner(source)
  scanner.next()
  return scanner
}

describe('the longest match', () => {
  it.each([
    ['123', ['integer 123']],
    ['123abc', ['word 123abc']],
    ['1e6 3s 0X1F 0x', ['word 1e6', 'word 3s', 'word 0X1F', 'word 0x']],
    ['0x1F', ['hex 0x1F']],
    ['0x1g', ['word 0x1g']],
    ['00x1', ['word 00x1']],
    ['1.', ['integer 1', 'char .']],
    ['1.5.3', ['float 1.5', 'float .3']],
    ['1.2.3.4', ['ipv4 1.2.3.4']],
    ['1.2.3.4.5', ['ipv4 1.2.3.4', 'float .5']],
    ['1.2.3.999', ['ipv4 1.2.3.999']],
    ['1.2.3.', ['float 1.2', 'float .3', 'char .']],
    ['-1.2.3.4', ['float -1.2', 'float .3', 'float .4']],
    ['-0x1F', ['integer -0', 'word x1F']],
    ['5-3', ['integer 5', 'integer -3']],
    ['+5', ['char +', 'integer 5']],
    ['0...0.1', ['integer 0', 'ellipsis ...', 'float 0.1']],
    ['0....5', ['integer 0', 'ellipsis ...', 'float .5']],
    ['..', ['char .', 'char .']],
    ['S.', ['word S', 'char .']],
    ['S.5', ['word S', 'float .5']],
    ['S5', ['word S5']],
    ['-.5 - -- --x', ['float -.5', 'char -', 'char -', 'char -', 'option --x']],
    ['--5 ---a', ['option --5', 'char -', 'option --a']],
    ['ack1 ack sackok sackOK', ['word ack1', 'key ack', 'word sackok', 'key sackOK']],
    ['sequence# sequence sequence1#', ['key sequence#', 'word sequence', 'word sequence1', 'char #']],
    ['a#b', ['word a', 'char #', 'word b']],
    ['_1 a_b', ['word _1', 'word a_b']],
  ])('%j', (source, expected) => {
    expect(tokens(source)).toEqual(expected)
  })
})

describe('keywords', () => {
  it('are found by every spelling, and with a letter more or less are words', () => {
    for (const [spelling, kind] of SPELLINGS) {
      expect(first(spelling).kind, spelling).toBe(kind)
      expect(first(`${spelling}_`).kind === kind, spelling).toBe(spelling === 'sequence#')
      expect(first(`x${spelling}`).kind, spelling).toBe(T.word)
    }
  })
  it('have synonyms', () => {
    expect(first('GREv0').kind).toBe(K.gre)
    expect(first('Flags').kind).toBe(K.flags)
  })
})

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['0010', 10],
    ['-5', -5],
    ['0x10', 16],
    ['1.001', 1.001],
    ['.000249', 0.000249],
    ['-.5', -0.5],
    ['-.0', 0],
    ['1234567890123456.5', 1234567890123456.5],
    ['0.12345678901234566000', 0.12345678901234566],
    ['-.0000000000000000000', 0],
  ])('%s', (source, value) => {
    expect(first(source).number).toBe(value)
  })
  it.each([
    ['9007199254740993', 9007199254740993n],
    ['9223372036854775807', 9223372036854775807n],
    ['9223372036854775808', 9223372036854775807n],
    ['-9999999999999999999', -9223372036854775808n],
    ['0xffffffffffffffff', 9223372036854775807n],
    ['0x20000000000001', 0x20000000000001n],
    ['-1', -1n],
    ['4096', 4096n],
    ['4097', 4097n],
  ])('%s exactly, within 64 bits', (source, value) => {
    expect(first(source).integerValue()).toBe(value)
  })
})

describe('blanks and comments', () => {
  it('take carriage returns for blanks', () => {
    expect(tokens('a\r\nb\r')).toEqual(['word a', 'word b'])
  })
  it('let a line comment end the file', () => {
    expect(tokens('a // b')).toEqual(['word a'])
    expect(tokens('//')).toEqual([])
    expect(tokens('a // b\nc')).toEqual(['word a', 'word c'])
  })
  it.each(['/**/', '/***/', '/****/', '/* x **/', '/* x\n * y\n */', '/*/*/', '/* // */'])(
    '%j is one comment',
    (comment) => {
      expect(tokens(`a${comment}b`)).toEqual(['word a', 'word b'])
    },
  )
  it('do not nest comments', () => {
    expect(tokens('/* /* */ a')).toEqual(['word a'])
  })
  it('count the lines of all of them', () => {
    const scanner = new Scanner('\n// x\n/* a\n b */ "c\nd" e\n')
    scanner.next()
    expect([scanner.startLine, scanner.line]).toEqual([4, 5])
    scanner.next()
    expect([scanner.startLine, scanner.line]).toEqual([5, 5])
    scanner.next()
    expect([scanner.kind, scanner.line]).toEqual([T.end, 6])
  })
  it('stay at the end', () => {
    const scanner = first('')
    scanner.next()
    expect([scanner.kind, scanner.start, scanner.end, scanner.line]).toEqual([T.end, 0, 0, 1])
  })
})

describe('strings and commands', () => {
  it.each([
    ['"a"', ['string "a"']],
    ['"a\\"b"', ['string "a\\"b"']],
    ['"x\\\\", "y"', ['string "x\\\\"', 'char ,', 'string "y"']],
    ['"a\nb"', ['string "a\nb"']],
    ['`a\\`b` c', ['backtick `a\\`b`', 'word c']],
    ['"\\" x', ['string "\\"', 'word x']],
    ['"é"', ['string "é"']],
  ])('%j', (source, expected) => {
    expect(tokens(source)).toEqual(expected)
  })
  it.each(['"abc', '`abc', '/* abc', '%{ abc', '"a\\'])('%j without end is its opening alone', (source) => {
    const scanner = first(source)
    expect([scanner.kind, scanner.sourceText()]).toEqual([T.unclosed, source.charAt(0)])
  })
})

describe('code', () => {
  it.each(['%{}%', '%{ x={} }%', '%{ x={}}%', '%{ x={1:{}}}%', '%{\nx\n}%'])('%j is one token', (source) => {
    expect(tokens(`${source}a`)).toEqual([`code ${source}`, 'word a'])
  })
  it('needs its brace', () => {
    expect(tokens('% {')).toEqual(['char %', 'char {'])
  })
})

describe('characters that no script holds', () => {
  it.each(['\0', '\u00a0', 'é', '“', '😀', '\ufeff'])('%j is a token of its own', (character) => {
    expect(tokens(`a${character}b`)).toEqual(['word a', `illegal ${character}`, 'word b'])
  })
})

describe('addresses', () => {
  it.each([
    ['1:1001(1000)', ['integer 1', 'char :', 'integer 1001', 'char (', 'integer 1000', 'char )']],
    ['1::1(0)', ['ipv6 1::1', 'char (', 'integer 0', 'char )']],
    ['::2: F.', ['ipv6 ::2', 'char :', 'word F', 'char .']],
    ['::2:F.', ['ipv6 ::2:F', 'char .']],
    ['::2:gre:', ['ipv6 ::2', 'char :', 'key gre', 'char :']],
    ['fd3d:fa7b:d17d::1', ['ipv6 fd3d:fa7b:d17d::1']],
    ['2001:db8::1', ['ipv6 2001:db8::1']],
    ['2a00::1', ['ipv6 2a00::1']],
    ['fd:5', ['key fd', 'char :', 'integer 5']],
  ])('%j', (source, expected) => {
    expect(tokens(source)).toEqual(expected)
  })
})

describe('defines', () => {
  it('turn words into other tokens', () => {
    const defines = { W: 'S.', S: '"x y"', B: '`true`', N: '0x10', mss: '5' }
    expect(tokens('W S B N mss "W" WW', defines)).toEqual([
      'word W',
      'string S',
      'backtick B',
      'integer N',
      'key mss',
      'string "W"',
      'word WW',
    ])
  })
  it('give their text and value', () => {
    const scanner = new Scanner('W S N')
    scanner.next()
    scanner.defineFromHere(
      replacements(
        new Map([
          ['W', 'a|b'],
          ['S', '"x y"'],
          ['N', '010'],
        ]),
      ),
    )
    expect(scanner.wordText()).toBe('a|b')
    scanner.next()
    expect(scanner.quotedText()).toBe('x y')
    scanner.next()
    expect([scanner.number, scanner.integerValue(), scanner.wordText()]).toEqual([8, 8n, 'N'])
  })
  it('reach words that begin with a digit', () => {
    expect(tokens('1a', { '1a': '7' })).toEqual(['integer 1a'])
  })
})

// Each took longer by the square of its length, 16 MiB of them (the most that is read) minutes.
describe('a script of two million characters', () => {
  const parsed = (text: string) => {
    const started = performance.now()
    parseScript(text)
    return performance.now() - started
  }
  it.each([
    ['strings in one line', `0 a(${'"x" '.repeat(5e5)}) = 0`],
    ['code blocks without an end', '0 %{\n'.repeat(4e5)],
    ['a number', `0 a(${'9'.repeat(2e6)}) = 0`],
  ])('of %s is read in a time', (_what, text) => {
    expect(parsed(text)).toBeLessThan(3000)
  })
})
