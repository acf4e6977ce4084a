// Sentences of semantic errors, one factory per cause: upstream's words, ours, and a hint.
// Upstream's words are matched by its users and tests and must not change by a letter.
import type { ParameterProblem } from '../fault/value.js'

export interface SemanticWording {
  /** What upstream prints after `semantic error: `. Where upstream accepts or aborts, what it would say in its manner. */
  readonly upstream: string
  readonly message: string
  readonly hint: string | null
}

function wording(upstream: string, message: string = upstream, hint: string | null = null): SemanticWording {
  return { upstream, message, hint }
}

/** Our sentence stays on a line whatever was written. */
function shortened(found: string): string {
  return found.length > 40 ? `${found.slice(0, 37)}…` : found
}

// ------------------------------------------------------------------ faults

/** Upstream has no faults. */
export function badFault(fault: string, { message, hint }: ParameterProblem): SemanticWording {
  const sentence = message.startsWith(fault) ? message : `${message} of ${fault}`
  return wording(sentence, sentence, hint)
}

// ------------------------------------------------------------------ numbers

/** `what` is the field with the words that upstream puts before "out of range". */
export function outOfRange(what: string, found: string, min: number, max: number): SemanticWording {
  return wording(`${what} out of range`, `${what} ${shortened(found)} is out of range: ${min} to ${max}`)
}

export function outOfRangeForBits(what: string, found: string, bits: number): SemanticWording {
  const max = 2 ** bits - 1
  const shown = found.startsWith('0x') ? `0x${max.toString(16)}` : String(max)
  return wording(
    `${what} out of range for ${bits} bits`,
    `${what} ${found} does not fit into ${bits} bits (0 to ${shown})`,
  )
}

// ------------------------------------------------------------------ times

export function negativeTime(found: string): SemanticWording {
  return wording('negative time', `an event cannot be at a negative time (${found})`)
}

export function backwardRange(): SemanticWording {
  return wording('time range is backwards', 'this time range ends before it starts')
}

export function anyTimeNotOutbound(): SemanticWording {
  return wording(
    'event time <star> can only be used with outbound packets',
    "'*' as a time can only be used with outbound packets (>)",
    'Everything else is done by the test itself and needs its time.',
  )
}

export function rangeNotOutbound(): SemanticWording {
  return wording(
    'event time range can only be used with outbound packets',
    'a time range (A~B) can only be used with outbound packets (>)',
    'A call that blocks until a later time is written 0...0.1 call().',
  )
}

// ------------------------------------------------------------------ addresses

export function badSockaddr(family: 4 | 6, found: string): SemanticWording {
  return wording(`invalid IPv${family} address`, `'${found}' is no IPv${family} address`)
}

export function badIn6Addr(found: string): SemanticWording {
  return wording('cannot parse in6_addr', `'${found}' is no IPv6 address`)
}

/** Upstream takes it for 255.255.255.255. */
export function badInetAddr(found: string): SemanticWording {
  return wording('invalid IPv4 address', `'${found}' is no IPv4 address`)
}

export function badOuterAddress(family: 4 | 6, end: 'src' | 'dst', found: string): SemanticWording {
  const side = end === 'src' ? 'source' : 'destination'
  return wording(
    // An empty line follows.
    `bad IPv${family} ${end} address: '${found}'\n`,
    `'${found}' is no IPv${family} address, but is used as the ${side}`,
  )
}

/** Upstream reads on with whatever the memory holds. */
export function unknownFamily(found: string): SemanticWording {
  return wording(
    `unknown sa_family '${found}'`,
    `'${found}' is no address family that can be written here`,
    'sa_family is AF_INET or AF_INET6, or a define with one of these words.',
  )
}

// ------------------------------------------------------------------ IP

export function ect01Inbound(): SemanticWording {
  return wording(
    '[ect01] can only be used with outbound packets',
    '[ect01] can only be used with outbound packets (>)',
    'It stands for "ECT(0) or ECT(1)"; an injected packet needs one of them: [ect0] or [ect1].',
  )
}

export function ecnOnUdp(): SemanticWording {
  return wording(
    'ECN can only be used with TCP packets',
    'the ECN words cannot be used with UDP packets',
    'The whole octet can: [tos 0x2].',
  )
}

export function tooManyHeaders(limit: number): SemanticWording {
  return wording('too many headers', `too many outer headers: at most ${limit} before this packet`)
}

/** Upstream dies with an internal assertion. */
export function badGreFlags(flags: number): SemanticWording {
  const found = `0x${flags.toString(16)}`
  return wording(
    `GRE flags ${found} not supported`,
    `GRE flags ${found} have a version or the routing bit set`,
    'Possible are 0x8000 (checksum), 0x2000 (key) and 0x1000 (sequence), and their sums.',
  )
}

export function mplsBottomExpected(found: string): SemanticWording {
  return wording(
    'expected [S] for MPLS label stack bottom',
    `expected [S], the bottom of the label stack, found [${found}]`,
  )
}

export function tooManyLabels(): SemanticWording {
  return wording('too many MPLS labels', 'too many MPLS labels: at most 6')
}

export function pspWithoutPort(): SemanticWording {
  return wording(
    'attempting to use PSP without specifying its UDP port',
    'PSP needs to know its UDP port',
    'Give it with --psp_udp_port=1000.',
  )
}

// ------------------------------------------------------------------ TCP

/** `text`: all flags as written. */
export function badFlag(flag: string, text: string): SemanticWording {
  const meant = FLAG_NAMES.get(text.toUpperCase())
  return wording(
    `Invalid TCP flag: '${flag}'`,
    `'${flag}' is no TCP flag`,
    meant === undefined
      ? 'Flags are F S R P E W A U, a digit 0 to 7 for the ACE field, and a dot at the end for ACK.'
      : `Write ${meant} for ${text.toUpperCase()}.`,
  )
}

/** What packet dumps and RFCs call them. */
const FLAG_NAMES: ReadonlyMap<string, string> = new Map([
  ['SYN', 'S'],
  ['SYNACK', 'S.'],
  ['SYN_ACK', 'S.'],
  ['ACK', '.'],
  ['FIN', 'F'],
  ['FINACK', 'F.'],
  ['FIN_ACK', 'F.'],
  ['RST', 'R'],
  ['RSTACK', 'R.'],
  ['RST_ACK', 'R.'],
  ['PSH', 'P'],
  ['PSHACK', 'P.'],
  ['PSH_ACK', 'P.'],
  ['URG', 'U'],
  ['ECE', 'E'],
  ['CWR', 'W'],
  ['AE', 'A'],
  ['S', 'S'],
  ['F', 'F'],
  ['R', 'R'],
  ['P', 'P'],
])

export function conflictingFlag(flag: string): SemanticWording {
  return wording(
    `Conflicting TCP flag: '${flag}'`,
    `'${flag}' conflicts with a flag before it`,
    'A digit is the whole ACE field: it excludes E, W, A and another digit.',
  )
}

export function inconsistentSequence(start: number, end: number, length: number): SemanticWording {
  const wraps = start + length > 0xffffffff ? ' A segment across 2^32 cannot be written.' : ''
  return wording(
    'inconsistent TCP sequence numbers and payload size',
    `${start}:${end}(${length}) is inconsistent: ${start} + ${length} is ${start + length}, not ${end}`,
    `SYN and FIN are not counted here.${wraps}`,
  )
}

export function windowMissing(): SemanticWording {
  return wording(
    'window must be specified for inbound packets',
    "an inbound packet needs a window: 'win N' is missing",
    "It stands after 'ack N', before the options.",
  )
}

export function anyOptionsInbound(): SemanticWording {
  return wording(
    '<...> for TCP options can only be used with outbound packets',
    '<...> for TCP options can only be used with outbound packets (>)',
    'An injected packet has the options that are written: list them, or leave the list away.',
  )
}

export function badPadding(length: number): SemanticWording {
  const excess = length % 4
  const missing = 4 - excess
  return wording(
    `TCP options are not padded correctly to ensure TCP header is a multiple of 4 bytes: ${excess} excess bytes`,
    `the length of these TCP options is ${length}, which is no multiple of 4 bytes`,
    `Add ${missing === 1 ? 'one nop' : `${missing} nops`} where the sender puts them.`,
  )
}

export function optionsTooLong(length: number): SemanticWording {
  return wording('TCP option list too long', `the length of these TCP options is ${length}, at most 40 bytes fit`)
}

export function segmentTooLarge(length: number): SemanticWording {
  return wording('TCP segment too large', `this segment makes an IP packet of ${length} bytes, at most 65536 fit`)
}

export function digestTooLong(digits: number): SemanticWording {
  return wording(
    'TCP MD5 digest longer than 16 bytes',
    `this MD5 digest has ${digits} digits, at most 32 (16 bytes) fit`,
  )
}

export function badDigest(found: string): SemanticWording {
  return wording(
    'TCP MD5 digest is not a valid hex string',
    `the MD5 digest '${found}' is no even number of hex digits`,
  )
}

export function oddCookie(found: string): SemanticWording {
  return wording(
    'TCP fast open cookie has an odd number of digits',
    `the Fast Open cookie '${found}' has an odd number of digits`,
  )
}

export function cookieTooLong(bytes: number, max: number): SemanticWording {
  return wording(
    `TCP fast open cookie of ${bytes} bytes exceeds maximum cookie length of ${max} bytes`,
    `this Fast Open cookie has ${bytes} bytes, at most ${max} fit`,
  )
}

export function badCookie(found: string, defined: boolean): SemanticWording {
  return wording(
    `TCP fast open cookie '${found}' is not a valid hex string`,
    `the Fast Open cookie '${found}' does not consist of hex digits`,
    defined
      ? `${found} is defined as a number, which has no digits of its own: define it with a letter, or write it out.`
      : null,
  )
}

// ------------------------------------------------------------------ UDP and ICMP

export function datagramTooLarge(length: number): SemanticWording {
  return wording('UDP datagram too large', `this datagram makes an IP packet of ${length} bytes, at most 65536 fit`)
}

export function badIcmpType(found: string, version: 4 | 6, near: string | null): SemanticWording {
  return wording(
    `bad ICMP type ${found}`,
    `'${found}' is no ICMPv${version} type`,
    near === null ? 'Any type can be written as type_N, with N from 0 to 255.' : `Did you mean '${near}'?`,
  )
}

export function badIcmpCode(found: string, type: string, near: string | null): SemanticWording {
  return wording(
    `bad ICMP code ${found}`,
    `'${found}' is no code of ICMP type ${type}`,
    near === null ? 'Any code can be written as code_N, with N from 0 to 255.' : `Did you mean '${near}'?`,
  )
}

export function badMtu4(): SemanticWording {
  return wording(
    'ICMPv4 MTU is only valid for unreachable-frag_needed',
    "an ICMPv4 message has an MTU only as 'unreachable frag_needed'",
  )
}

export function mtu4OutOfRange(found: string): SemanticWording {
  return wording('ICMPv4 MTU out of 16-bit range', `the MTU ${found} does not fit into 16 bits (0 to 65535)`)
}

export function badMtu6(): SemanticWording {
  return wording(
    'ICMPv6 MTU is only valid for packet_too_big-0',
    "an ICMPv6 message has an MTU only as 'packet_too_big' with code 0",
  )
}

export function mtu6OutOfRange(found: string): SemanticWording {
  return wording('ICMPv6 MTU out of 32-bit range', `the MTU ${found} does not fit into 32 bits (0 to 4294967295)`)
}

export function badEchoId(found: string): SemanticWording {
  return wording(
    'invalid echo_id, must be between 0 and 65535',
    `the echo identifier ${found} is out of range: 0 to 65535`,
  )
}

export function icmpTooShort(bytes: number): SemanticWording {
  return wording(
    `icmp_bytes ${bytes} smaller than icmp header length 8`,
    `raw (${bytes}) is shorter than the ICMP header, which it includes (8 bytes)`,
  )
}
