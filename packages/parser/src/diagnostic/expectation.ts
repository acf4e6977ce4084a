// What the grammar expects at each place, in words. The parser names a row; syntax.ts makes the sentence.

export interface Expectation {
  /** Completes "expected …". */
  readonly words: string
  /** Words that may stand here, for "did you mean". */
  readonly nearby?: readonly string[]
  /** A name of any kind may stand here, so a keyword instead of it needs an explanation. */
  readonly free?: true
  /** Said when nothing more special is known. */
  readonly hint?: string
}

const IP_INFO = ['noecn', 'ect0', 'ect1', 'ce', 'ect01', 'tos', 'flowlabel', 'ttl'] as const
const TCP_OPTIONS = ['nop', 'eol', 'mss', 'wscale', 'sackOK', 'sack', 'TS', 'md5', 'FO', 'FOEXP', 'ECN'] as const
/** Words that a packet can begin with. */
export const PACKET_STARTS = ['udp', 'icmp', 'ipv4', 'ipv6', 'gre', 'mpls', 'encap'] as const

const NOTE_HINT = 'A note consists of plain words: no numbers, punctuation or keywords.'
const TIME_HINT = 'Times are decimal seconds such as 0, .1 or 2.5, without exponent or unit.'
const GRE_HINT = 'All fields are written, in this order: flags, sum, off, key, seq.'
const MPLS_HINT = 'An entry is written (label N, tc N, ttl N), the last one (label N, tc N, [S], ttl N).'
const TS_HINT = 'Timestamps are written TS val N ecr N.'
const HEX_HINT = 'Only a hexadecimal number is allowed here, such as 0x2.'

function keyword(word: string, hint?: string): Expectation {
  return { words: `'${word}'`, nearby: [word], ...(hint !== undefined && { hint }) }
}

export const EXPECT = {
  // script
  firstEvent: { words: "an option (--name), a command or the first event's time", hint: TIME_HINT },
  event: { words: "an event's time" },
  eventOrEnd: { words: "the next event's time, a cleanup command or the end of the script" },
  afterTcp: {
    words: "'ack', 'win', 'urg', '<' and options in this order, or the next event's time",
    nearby: ['ack', 'win', 'urg'],
  },
  afterIcmp: {
    words: "'mtu', 'id', '[' and what is echoed in this order, or the next event's time",
    nearby: ['mtu', 'id'],
  },
  end: {
    words: 'the end of the script',
    hint: 'A command without a time stands before the first event or after the last.',
  },
  time: { words: 'a time in seconds', hint: TIME_HINT },
  relativeEnd: {
    words: "'+' before the end of a relative range",
    hint: 'Both ends of a range are of one kind: A~B or +A~+B.',
  },
  returnTime: {
    words: 'the time of the return, in seconds',
    hint: 'It is of the same kind as the start: +0...0.1 and not +0...+0.1.',
  },
  action: { words: "a packet ('<' or '>'), a system call, a command in backquotes or code (%{ }%)" },
  callName: {
    words: 'the name of a system call',
    hint: 'Only system calls have the time of a return (T...U); packets have ranges (T~U).',
    free: true,
  },
  optionValue: {
    words: "the option's value",
    hint: 'Put it in quotes: only words, decimal integers and addresses may stand without.',
    free: true,
  },
  restOfValue: {
    words: 'the end of the option',
    hint: 'Put the value in quotes: only words, decimal integers and addresses may stand without.',
  },
  defineValue: {
    words: 'the word or string that the name is defined as',
    hint: 'Write --define="NAME=VALUE" for any other value.',
    free: true,
  },

  // calls
  openCall: { words: "'(' after the name of the system call" },
  argument: { words: "an argument or ')'", free: true },
  nextArgument: { words: 'an argument', free: true },
  endOfArgument: { words: "',' or ')' after the argument", hint: 'Arguments are separated by commas.' },
  resultEquals: { words: "'=' and the result of the call" },
  result: { words: 'the result of the call', free: true },
  errnoNote: {
    words: "'(' and the text of the error",
    hint: 'An errno is followed by its text: -1 EAGAIN (Resource temporarily unavailable).',
  },
  noteWord: {
    words: 'a word',
    free: true,
    hint: 'Behind a result, a word is its errno and the parentheses hold its text. The next event begins with its time.',
  },
  endOfNote: { words: "a word or ')'", hint: NOTE_HINT, free: true },

  // faults
  parameter: { words: "a parameter's name" },
  parameterEquals: { words: "'=' and the parameter's value" },
  parameterValue: {
    words: "the parameter's value",
    hint: 'Values are numbers and words: count=2, probability=0.1, time=1.5s.',
  },
  endOfParameter: { words: "',' or ')' after the parameter", hint: 'Parameters are separated by commas.' },

  // expressions
  expression: { words: 'a value', free: true },
  element: { words: "a value or ']'", free: true },
  endOfElement: { words: "',' or ']' after the element", hint: 'Elements are separated by commas.' },
  endOfBraces: { words: "',' or '}' after the element", hint: 'Elements are separated by commas.' },
  equals: { words: "'='" },
  comma: { words: "','", hint: 'Fields are separated by commas.' },
  open: { words: "'('" },
  close: { words: "')'" },
  openBracket: { words: "'['" },
  closeBracket: { words: "']'" },
  closeBrace: { words: "'}'" },
  ellipsis: { words: "'...'" },
  integer: { words: 'a decimal integer' },
  anyInteger: { words: 'an integer' },
  string: { words: 'a string', hint: 'Strings stand in double quotes.' },
  family: { words: 'AF_INET or AF_INET6', nearby: ['AF_INET', 'AF_INET6'], hint: 'The family is written as a word.' },
  iovecLength: { words: 'the length, a decimal integer', hint: '{..., N} always is an iovec.' },
  firstField: {
    words: 'a value',
    hint: 'Braces around named fields are a structure, which is known by its first field.',
  },
  epollData: { words: "one of 'fd', 'ptr', 'u32', 'u64'", nearby: ['fd', 'ptr', 'u32', 'u64'] },
  sin_port: keyword('sin_port'),
  sin_addr: keyword('sin_addr'),
  htons: keyword('htons', 'A port is written htons(N).'),
  inet_addr: keyword('inet_addr', 'An address is written inet_addr("…"), an IPv6 one too.'),
  msg_iov: keyword('msg_iov'),
  msg_flags: keyword('msg_flags'),
  msg_control: keyword('msg_control'),
  events: keyword('events'),
  revents: keyword('revents'),
  linger: keyword('linger'),
  cmsg_type: keyword('cmsg_type'),
  cmsg_data: keyword('cmsg_data'),
  scm_nsec: keyword('scm_nsec'),
  ee_origin: keyword('ee_origin'),
  ee_type: keyword('ee_type'),
  ee_code: keyword('ee_code'),
  ee_info: keyword('ee_info'),
  ee_data: keyword('ee_data'),
  endOrComma: { words: "',' or '}'", hint: 'Fields are separated by commas.' },

  // packets
  packet: {
    words: "a flags word such as S. or P., ports, 'udp', 'icmp' or an outer header",
    nearby: PACKET_STARTS,
  },
  flags: {
    words: 'a flags word such as S. or P.',
    hint: 'The dot for ACK is the last of the flags; for no flag at all write -',
  },
  ipv4Source: { words: 'the IPv4 source address' },
  ipv4Destination: { words: 'the IPv4 destination address' },
  ipv6Source: { words: 'the IPv6 source address' },
  ipv6Destination: { words: 'the IPv6 destination address' },
  arrow: { words: "'>'" },
  portArrow: {
    words: "'>' between the ports",
    hint: 'A number before the flags is a source port. Flags that are a single digit are written with the dot: .5',
  },
  headerColon: { words: "':' after the outer header" },
  sequenceStart: { words: 'the sequence number, START:END(LENGTH)' },
  sequenceColon: { words: "':' and the end of the sequence range" },
  sequenceEnd: { words: 'the end of the sequence range' },
  payloadOpen: { words: "'(' and the payload length" },
  payload: { words: 'the payload length, a decimal integer' },
  udpPayload: {
    words: 'ports or the payload length in parentheses',
    hint: 'A datagram is written udp (1000) or udp 1 > 2 (1000).',
  },
  psp: keyword('psp', 'It is written: encap psp spi N.'),
  spi: keyword('spi', 'It is written: encap psp spi N.'),
  ipInfo: { words: "one of 'noecn', 'ect0', 'ect1', 'ce', 'ect01', 'tos', 'flowlabel', 'ttl'", nearby: IP_INFO },
  flowlabel: {
    words: "'flowlabel'",
    nearby: ['flowlabel'],
    hint: 'Only a TOS or ECN word and a flow label can stand together, in this order.',
  },
  tosHex: { words: 'the TOS octet in hexadecimal', hint: HEX_HINT },
  flowlabelHex: { words: 'the flow label in hexadecimal', hint: HEX_HINT },
  matchingParenthesis: { words: "')' to match the '('" },
  matchingBracket: { words: "']' to match the '['" },

  // outer headers
  greFlags: { words: "'flags'", nearby: ['flags'] },
  greFlagsValue: { words: "an integer or '[' and the names of flags" },
  greFlag: {
    words: "one of 'none', 'checksum present', 'key present', 'sequence# present'",
    nearby: ['none', 'checksum', 'key', 'sequence#'],
  },
  present: keyword('present', 'It is written: [checksum present, key present, sequence# present].'),
  greSum: keyword('sum', GRE_HINT),
  greOff: keyword('off', GRE_HINT),
  greKey: keyword('key', GRE_HINT),
  greSeq: keyword('seq', GRE_HINT),
  label: keyword('label', MPLS_HINT),
  tc: keyword('tc', MPLS_HINT),
  ttl: keyword('ttl', MPLS_HINT),
  mplsBottom: { words: 'S, the bottom of the label stack' },
  mplsEntryOrEnd: { words: "another label or '}'" },
  mplsTtl: { words: "'[S]' or 'ttl'", nearby: ['ttl'] },

  // TCP options
  tcpOption: { words: "a TCP option such as 'mss', 'nop' or 'TS'", nearby: TCP_OPTIONS },
  endOfTcpOption: { words: "',' or '>' after the TCP option", hint: 'Options are separated by commas.' },
  endOfAnyOptions: { words: "'>'", hint: '<...> stands for all options and cannot be combined with others.' },
  sackLeft: { words: 'the left edge of a SACK block' },
  sackColon: {
    words: "':' and the right edge of the SACK block",
    hint: 'Blocks are written LEFT:RIGHT, side by side without commas.',
  },
  sackRight: { words: 'the right edge of the SACK block' },
  val: keyword('val', TS_HINT),
  ecr: keyword('ecr', TS_HINT),
  digest: { words: 'the digest in hexadecimal digits, without 0x', free: true },
  accEcnFirst: {
    words: "'e0b' or 'e1b'",
    nearby: ['e0b', 'e1b'],
    hint: 'The order is e0b ceb e1b or e1b ceb e0b; the last ones may be left away.',
  },

  // ICMP
  icmpType: {
    words: 'an ICMP type such as unreachable or echo_request',
    free: true,
    hint: 'A number is written type_N, and a code code_N.',
  },
  echoed: { words: "what is echoed: a sequence range, 'udp' or 'raw'", nearby: ['udp', 'raw'] },
} as const satisfies Record<string, Expectation>
