// Scripts made from every production of the language, as text: what upstream's grammar takes, with values in their ranges.
// Names stand for productions of language/1-script.md. Read first: parse.property.test.ts, which uses them.
import fc from 'fast-check'

type Text = fc.Arbitrary<string>

const text = (...parts: readonly (string | Text)[]): Text =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((done) => done.join(''))
const maybe = (part: Text): Text => fc.oneof(fc.constant(''), part)
const list = (element: Text, min = 0, separator = ', ', max = 3): Text =>
  fc.array(element, { minLength: min, maxLength: max }).map((done) => done.join(separator))
const words = (...some: readonly string[]): Text => fc.constantFrom(...some)
const upTo = (max: number): Text => fc.oneof(fc.integer({ min: 0, max }), fc.constantFrom(0, max)).map(String)

// ------------------------------------------------------------------ tokens

const integer = fc.oneof(
  upTo(9),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(String),
  words('-0', '007'),
)
const hexDigits = fc.stringMatching(/^[0-9a-fA-F]{1,6}$/)
const hex = text('0x', hexDigits)
const anyInteger = fc.oneof(upTo(70_000), hex)
const word = fc.oneof(
  words('AF_INET', 'SOCK_STREAM', 'x', 'NULL', '0X1F', '3s', 'sackok', 'ack1', '_'),
  fc.stringMatching(/^[A-Z_][A-Z0-9_]{3,8}$/),
)
const string = fc.oneof(
  words('""', '"a b"', '"\\n\\x41"', '"// x"', '"\\""', '"`"'),
  fc.stringMatching(/^"[a-z0-9 ,.()<>-]{0,9}"$/),
)
const ipv4 = words('1.2.3.4', '192.0.2.1', '255.255.255.255')
const ipv6 = words('::1', '2001:db8::1', '1:2:3:4:5:6:7:8', 'fd3d:fa7b:d17d::', '::ffff:1.2.3.4')
const command = words('`true`', '`echo "x" # y`', '`a\n b`', '``')
const code = words('%{ x = 1 }%', '%{\nassert tcpi_rto > 0\n}%', '%{}%')

// ------------------------------------------------------------------ expressions and calls

const note = text('(', words('flags O_RDWR', 'Resource temporarily unavailable', 'x'), ')')
const mplsEntry = text('(label ', upTo(1048575), ', tc ', upTo(7), ', ', maybe(words('[S], ')), 'ttl ', upTo(255), ')')
const greFlags = fc.oneof(
  words('0x0', '0x8000', '8192', '0xb000'),
  words('[none]', '[checksum present]', '[key present, sequence# present]'),
)
const comma = words(' ', ', ')
// biome-ignore format: one field behind the other
const greFields = text(
  words('flags ', 'Flags '), greFlags, comma, 'sum ', anyInteger, comma, 'off ', anyInteger, comma,
  'key ', words('', '= '), anyInteger, comma, 'seq ', anyInteger,
)

export const { expression } = fc.letrec<{ expression: string; simple: string; braces: string; array: string }>(
  (tie) => {
    const value = tie('expression')
    const array = tie('array')
    return {
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true, maxDepth: 3 },
        { arbitrary: tie('simple'), weight: 4 },
        { arbitrary: text(tie('simple'), '|', value), weight: 1 },
        { arbitrary: text(word, '=', value), weight: 1 },
        { arbitrary: array, weight: 1 },
        { arbitrary: tie('braces'), weight: 2 },
      ),
      simple: fc.oneof(
        words('...'),
        integer,
        hex,
        word,
        string,
        text(string, ' ', string),
        text(string, '...'),
        words('inet_addr("1.2.3.4")', 'inet6_addr("::1")'),
      ),
      array: text('[', list(value), ']'),
      braces: fc.oneof(
        text('{', list(fc.oneof(integer, word, string), 1), '}'),
        text('{sa_family = AF_INET, sin_port = htons(', upTo(65535), '), sin_addr = inet_addr("192.0.2.1")}'),
        text('{sa_family = AF_INET6, sin_port = htons(', upTo(65535), '), sin_addr = inet_addr("::1")}'),
        text(
          '{msg_name(...)=..., msg_iov(',
          integer,
          ')=',
          array,
          ', msg_flags=',
          value,
          maybe(text(', msg_control=', array)),
          '}',
        ),
        text('{..., ', integer, '}'),
        text('{fd=', value, ', events=', value, maybe(text(', revents=', value)), '}'),
        text('{events=', value, ', ', words('fd', 'ptr', 'u32', 'u64'), '=', value, '}'),
        text('{onoff=', integer, ', linger=', integer, '}'),
        text('{cmsg_level=', value, ', cmsg_type=', value, ', cmsg_data=', value, '}'),
        text('{scm_sec=', integer, ', scm_nsec=', integer, '}'),
        // biome-ignore format: one field behind the other
        text('{ee_errno=', value, ', ee_origin=', value, ', ee_type=', value, ', ee_code=', value,
        ', ee_info=', value, ', ee_data=', value, '}'),
        text('{', list(mplsEntry, 0, ' '), '}'),
        text('{', greFields, '}'),
      ),
    }
  },
)

const result = text(expression, maybe(fc.oneof(text(' EAGAIN ', note, maybe(text(' ', note))), text(' ', note))))
const time = fc.oneof(upTo(99), words('.5', '0.000249', '1.001', '-0', '-.0', '007.25'))
const syscall = text(words('socket', 'f', 'O_X', '3s'), '(', list(expression), ') = ', result)

// ------------------------------------------------------------------ packets

const tos = fc.oneof(words('noecn', 'ect0', 'ect1', 'ce'), text('tos 0x', fc.stringMatching(/^[0-9a-f]{1,2}$/)))
const label = text('flowlabel 0x', fc.stringMatching(/^[0-9a-f]{1,5}$/))
const ipSpec = fc.oneof(tos, label, text('ttl ', upTo(5000)), text(tos, ', ', label))
const ipInfo = fc.oneof(text('[', ipSpec, '] '), text('(', ipSpec, ') '))
const outer = fc.oneof(
  text('ipv4 ', maybe(ipInfo), ipv4, ' > ', ipv4, ': '),
  text('ipv6 ', maybe(ipInfo), ipv6, ' > ', ipv6, ' : '),
  text(words('gre', 'GREv0'), maybe(text(words(' ', ', '), greFields)), ': '),
  text('mpls ', list(mplsEntry, 0, ' '), ': '),
)
const ports = text(upTo(65535), ' > ', upTo(65535), ' ')
const flags = words('S', 'S.', '.', '-', 'P.', 'FP.', 'R.', '.5', 'S.5', 'SEW', 'A', 'U.', 'S5', 'SEWA.', 'P.2')
export const sequence = fc
  .tuple(fc.integer({ min: 0, max: 0xfff00000 }), fc.integer({ min: 0, max: 60_000 }))
  .map(([seq, length]) => `${seq}:${seq + length}(${length})`)
/** With as many octets as it has on the wire. */
const tcpOption: fc.Arbitrary<readonly [text: string, octets: number]> = fc.oneof(
  fc.constantFrom(['nop', 1] as const, ['eol', 1] as const, ['sackOK', 2] as const),
  upTo(65535).map((value) => [`mss ${value}`, 4] as const),
  upTo(255).map((value) => [`wscale ${value}`, 3] as const),
  fc.tuple(upTo(0xffffffff), upTo(0xffffffff)).map(([val, ecr]) => [`TS val ${val} ecr ${ecr}`, 10] as const),
  fc
    .array(text(upTo(0xffffffff), ':', upTo(0xffffffff)), { minLength: 1, maxLength: 4 })
    .map((blocks) => [`sack ${blocks.join(' ')}`, 2 + 8 * blocks.length] as const),
  fc.constantFrom(['FO', 2] as const, ['FO 00ff', 4] as const, ['FOEXP', 4] as const, ['FOEXP 1234', 6] as const),
  fc.constantFrom(['md5 0011', 4] as const, ['md5 00112233445566778899aabbccddeeff', 18] as const),
  fc.constantFrom(
    ['ECN e0b 1', 5] as const,
    ['ECN e1b 1 ceb 2', 8] as const,
    ['ECN e0b 1 ceb 2 e1b 16777215', 11] as const,
  ),
)
/** As many as fit, filled up with nops. */
const tcpOptions = fc.array(tcpOption, { minLength: 1, maxLength: 6 }).map((given) => {
  const taken: string[] = []
  let length = 0
  for (const [option, octets] of given) {
    if (length + octets > 40) continue
    taken.push(option)
    length += octets
  }
  for (; length % 4 !== 0; length++) taken.push('nop')
  return ` <${taken.join(',')}>`
})
// biome-ignore format: one part behind the other
const tcp = text(
  maybe(ipInfo), maybe(ports), flags, ' ', sequence, maybe(text(' ack ', upTo(0xffffffff))),
  text(' win ', upTo(65535)), maybe(text(' urg ', upTo(65535))), maybe(tcpOptions),
)
const plainInfo = fc.oneof(text('[tos 0x', fc.stringMatching(/^[0-9a-f]{1,2}$/), '] '), text('(ttl ', upTo(300), ') '))
const udp = text(maybe(plainInfo), 'udp ', maybe(ports), '(', upTo(60_000), ')')
const echoed = fc.oneof(
  text('[', sequence, ']'),
  text('[udp (', upTo(65535), ')]'),
  text('[raw (', words('8', '64'), ')]'),
)
const icmpKind = fc.oneof(
  words(
    'unreachable',
    'unreachable port_unreachable',
    'echo_request',
    'unreachable frag_needed mtu 1200',
    'source_quench',
  ),
  text('type_', upTo(255), maybe(text(' code_', upTo(255)))),
  words('time_exceeded mtu -1', 'type_3x code_4x mtu 5'),
)
const icmp = text(maybe(ipInfo), 'icmp ', icmpKind, maybe(text(' id ', upTo(65535))), maybe(text(' ', echoed)))
const body = fc.oneof({ arbitrary: tcp, weight: 3 }, { arbitrary: udp, weight: 1 }, { arbitrary: icmp, weight: 1 })
export const packet = text(words('<', '>'), ' ', list(outer, 0, '', 2), body)

// ------------------------------------------------------------------ events, options, scripts

const instant = fc.oneof(time, text('+', time))
const range = fc
  .tuple(upTo(5), upTo(5))
  .map(([start, length]) => [start, String(Number(start) + Number(length))] as const)
const outboundTime = fc.oneof(
  words('*'),
  range.map(([start, end]) => `${start}~${end}`),
  range.map(([start, end]) => `+${start}~+${end}`),
)
export const event = fc.oneof(
  { arbitrary: text(instant, ' ', packet), weight: 3 },
  { arbitrary: text(outboundTime, ' > ', list(outer, 0, '', 2), body), weight: 1 },
  { arbitrary: text('* > S 0:0(0) <...>'), weight: 1 },
  { arbitrary: text(instant, ' ', syscall), weight: 3 },
  { arbitrary: text(instant, '...', fc.oneof(upTo(99), words('.5')), ' ', syscall), weight: 1 },
  { arbitrary: text(instant, ' ', fc.oneof(command, code)), weight: 1 },
)
const option = fc.oneof(
  words('--tolerance_usecs=10000', '--mtu = 1500', '--strict_segments', '--remote_ip=192.0.2.1', '--so_flags=word'),
  words(
    '--tolerance_percent="12.5"',
    '--define=ABCX=B',
    '--define=ABCX="x y"',
    '--define=ABCX=`true`',
    '--define="ABCX=5"',
  ),
)
const blank = words('\n', '\n\n', ' // x\n', '\n/* y */\n', ' /* y\n z */ ', ' ')
export const script = fc
  .tuple(
    fc.array(option, { maxLength: 3 }),
    maybe(command),
    fc.array(event, { minLength: 1, maxLength: 5 }),
    maybe(command),
    blank,
  )
  .map(
    ([options, init, events, cleanup, between]) =>
      // Comments may stand anywhere; a line comment between events must not swallow one.
      `${[...options, init, ...events, cleanup].filter((part) => part !== '').join(between)}\n`,
  )

const SPOILERS = [
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  ',',
  '=',
  ':',
  '5',
  '-1',
  '0x5',
  'x',
  'ack',
  'win',
  'fd',
  '...',
  '"x"',
  '.',
  '+',
  '~',
  '*',
  '|',
  '--x',
  '1.5',
]

/** A script with one token taken out, doubled or replaced by another: mostly wrong, at one place. */
export const spoilt = fc
  .tuple(script, fc.nat(), fc.constantFrom('drop', 'double', 'replace'), words(...SPOILERS))
  .map(([whole, where, how, other]) => {
    const tokens = whole.match(/\s+|\w+|\.\.\.|[^\w\s]/g) ?? []
    const at = where % tokens.length
    const token = tokens[at] as string
    tokens[at] = how === 'drop' ? '' : how === 'double' ? `${token}${token}` : other
    return tokens.join('')
  })
