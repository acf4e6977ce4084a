// The sentences and hints of syntax errors: they are what users read, so they stand here in full.
import { describe, expect, it } from 'vitest'
import { refusal } from '../support/parse.js'

describe('what was expected and found', () => {
  it.each([
    ['0 > ) 0:0(0)', "expected a flags word such as S. or P., ports, 'udp', 'icmp' or an outer header, found ')'"],
    ['0 > 1 > 2 ) 0:0(0)', "expected a flags word such as S. or P., found ')'"],
    ['0 > . 1:1(0) ack x', "expected a decimal integer, found 'x'"],
    ['0 > . 1:1(0) ack win', "expected a decimal integer, found the keyword 'win'"],
    ['0 > . 1:1(0) <mss 1460', "expected ',' or '>' after the TCP option, found the end of the script"],
    ['0 a("x" 5) = 0', "expected ',' or ')' after the argument, found the number 5"],
    [
      '0 "x"',
      `expected a packet ('<' or '>'), a system call, a command in backquotes or code (%{ }%), found the string "x"`,
    ],
    ['0 a(`x`) = 0', "expected an argument or ')', found the command `x`"],
    ['0 a(%{x}%) = 0', "expected an argument or ')', found code (%{ }%)"],
    ['0 a(1.2.3.4) = 0', "expected an argument or ')', found the IPv4 address 1.2.3.4"],
    ['0 a(\x01) = 0', "expected an argument or ')', found the character U+0001"],
    ['0 > ...', "expected a flags word such as S. or P., ports, 'udp', 'icmp' or an outer header, found '...'"],
    [`0 a(0, "${'x'.repeat(99)}" 5) = 0`, "expected ',' or ')' after the argument, found the number 5"],
    [`0 "${'x'.repeat(99)}"`, /found the string "x{36}…$/],
  ])('%s', (text, message) => {
    expect(refusal(text).message).toMatch(message)
  })

  it('says when a define has put the token there', () => {
    const defines = new Map([
      ['D', '5'],
      ['S', '"x"'],
      ['C', '`x`'],
      ['W', 'w'],
    ])
    expect(refusal('+0 D', { defines }).message).toMatch(/found the number D \(a define\)$/)
    expect(refusal('+0 S', { defines }).message).toMatch(/found 'S' \(defined as a string\)$/)
    expect(refusal('0 a(C', { defines }).message).toMatch(/found 'C' \(defined as a command\)$/)
    expect(refusal('0 a(1 W', { defines }).message).toMatch(/found 'W' \(a define\)$/)
  })

  it('points behind the last token at the end of the script', () => {
    expect(refusal('0 a() =  \n\n')).toMatchObject({ line: 1, column: 8, upstreamLine: 3, span: { start: 7, end: 7 } })
    expect(refusal('')).toMatchObject({ line: 1, column: 1, upstreamLine: 1 })
    expect(refusal('// nothing\n\n')).toMatchObject({ line: 1, column: 1, upstreamLine: 3 })
  })
})

describe('hints', () => {
  it.each([
    ['0 > . 1:1(0) akc 1', "Did you mean 'ack'?"],
    ['0 > . 1:1(0) <sackok,nop,nop>', "Did you mean 'sackOK'?"],
    ['0 > . 1:1(0) <NOP>', "Did you mean 'nop'?"],
    ['0 > [ETC0] . 1:1(0)', null],
    ['0 > [ECT0] . 1:1(0)', "Did you mean 'ect0'?"],
    ['0 > udq (5)', "Did you mean 'udp'?"],
    ['0 > . 1:1(0) win 5 ack 1', 'The parts of a segment stand in this order: ack, win, urg, <options>.'],
    ['0 > . 1:1(0) window 5', "Did you mean 'win'?"],
    ['0 > . 1:1(0) urgnt 5', null],
    ['0 > . 1:1(0) <MSS 1460>', "Did you mean 'mss'?"],
    ['0 > . 1:1(0) <accecn>', "Did you mean 'ECN'?"],
    ['0 > ipv8 1.1.1.1 > 2.2.2.2: . 1:1(0)', "Did you mean 'ipv4'?"],
    ['0 > ipv4 ::1 > ::2 : . 1:1(0)', null],
    ['0 a(inet_adr("1.2.3.4")) = 0', "Did you mean 'inet_addr'?"],
    ['0 a(f(5)) = 0', 'The only functions are inet_addr("…"), inet6_addr("…") and, within a sockaddr, htons(N).'],
    ['0 a(htons(5)) = 0', 'htons(N) stands only within a sockaddr, behind sin_port.'],
    ['0 a(1, 2 = 0', "Is a ')' missing before it?"],
    ['0,5 a() = 0', 'Seconds have a decimal point: 0.5 and not 0,5.'],
    ['0 a({sa_famly = AF_INET, sin_port = htons(1)}) = 0', "Did you mean 'sa_family' instead of 'sa_famly'?"],
    ['0 > 1 > 2 udp (5)', 'The ports of a datagram stand behind the word: udp 1 > 2 (1000)'],
    ['0 > P.F 0:0(0)', null],
    ['0 > . 1::1(0)', "'1::1' reads as an IPv6 address; put a blank after its first colon."],
    [
      '0 > ipv6 ::1 > ::2:F. 1:1(0)',
      "'::2:F' reads as one IPv6 address; put a blank behind the colon that ends the header.",
    ],
    ['0 > . 1:1(0) <mss 0x5>', 'Write it in decimal: 5'],
    ['0 a(-0x1) = 0', 'Hexadecimal numbers have no sign.'],
    ['0 > [tos 0X1F] . 1:1(0)', 'Write the x of a hexadecimal number small: 0x1F'],
    ['0 > [tos 5] . 1:1(0)', 'Only a hexadecimal number is allowed here, such as 0x2.'],
    ['0 raw(1) = 0', null],
    ['0 a(raw) = 0', "'raw' is a keyword of the language and cannot be used as a name or word."],
    ['0 a() = -1 E (socket off line)', "'off' is a keyword of the language and cannot be used as a name or word."],
    [
      '0 a() = -1 E (3 bad)',
      'Behind a result, a word is its errno and the parentheses hold its text. The next event begins with its time.',
    ],
    ['0 > . 1:1(0) <FO fd,nop>', `'fd' is a keyword. A define can hold such digits: --define="COOKIE=fd"`],
    ['0 a() = 0 # why', 'Comments start with // or stand between /* and */.'],
    ['0 a() = 0 --x', 'Options stand before everything else.'],
    ['1e3 a() = 0', 'Times are decimal seconds such as 0, .1 or 2.5, without exponent or unit.'],
    ['0 a() = 0 10ms b() = 0', 'An errno is followed by its text: -1 EAGAIN (Resource temporarily unavailable).'],
    ['--tolerance_percent=12.5', 'Put it in quotes: only words, decimal integers and addresses may stand without.'],
    ['--define=A=5', 'Write --define="NAME=VALUE" for any other value.'],
    ['`a` `b` 0 a() = 0', null],
    ['0 a() = 0 `b` `c`', 'A command without a time stands before the first event or after the last.'],
    ['0 > . 1:1(0) <...,nop>', '<...> stands for all options and cannot be combined with others.'],
    ['+0~1 > . 1:1(0)', 'Both ends of a range are of one kind: A~B or +A~+B.'],
  ])('%s', (text, hint) => {
    const { hint: found } = refusal(text)
    if (hint === null) expect(found === null || !found.startsWith('Did you mean')).toBe(true)
    else expect(found).toBe(hint)
  })
})

describe('characters and openings', () => {
  it('names a character that cannot stand here', () => {
    expect(refusal('0 a()\u00a0= 0\n')).toMatchObject({
      code: 'LD_CHARACTER',
      kind: 'syntax',
      column: 6,
      message: 'a no-break space (U+00A0) cannot stand in a script',
      hint: 'Write an ordinary space.',
      upstreamMessage: "parse error at '\u00a0': syntax error",
    })
    expect(refusal('0 a() = 0\n\0').message).toBe('a NUL byte (U+0000) cannot stand in a script')
    expect(refusal('\ufeff0 a() = 0\n').message).toMatch(/byte order mark/)
  })
  it.each([
    ['0 a("x) = 0\n', 'the string that starts here does not end', '"', 5],
    ['0 `true\n', 'the command that starts here does not end', '`', 3],
    ['0 a() = 0 /* x\n', 'the comment that starts here does not end', '/', 11],
    ['0 %{ x\n', 'the code block that starts here does not end', '%', 3],
  ])('%j', (text, message, token, column) => {
    expect(refusal(text)).toMatchObject({
      code: 'LD_UNCLOSED',
      message,
      column,
      upstreamMessage: `parse error at '${token}': syntax error`,
    })
  })
})
