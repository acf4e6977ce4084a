// The syntax tree of a .pkt script. Every node carries the span of source that it was read from.
// Numbers are as written in the script: nothing here has been translated to live values.
// Read first: docs/architecture.md, "The way of one event".

import type { FaultName } from '../fault/faults.js'

/** A half-open range of UTF-16 offsets into the script's text. */
export interface Span {
  readonly start: number
  readonly end: number
}

export interface Node {
  readonly span: Span
}

export interface Script {
  readonly options: readonly ScriptOption[]
  /** The untimed command before the first event. */
  readonly init: CommandAction | null
  readonly events: readonly ScriptEvent[]
  /** The untimed command after the last event. */
  readonly cleanup: CommandAction | null
  /** `#ifdef` and its kin, in their order; of another dialect. */
  readonly conditionals: readonly ConditionalLine[]
  /** Events that a condition has left out. */
  readonly excluded: readonly ScriptEvent[]
}

/** `--name` or `--name=value` at the top of a script. `value` is the raw text, quotes removed. */
export interface ScriptOption extends Node {
  readonly name: string
  readonly value: string | null
}

/**
 * When an event is due, in integer microseconds (`floor(seconds * 1e6)`, as upstream cuts them).
 * `absolute`/`relative` have `endUs === null`; the range forms have both ends.
 */
export interface EventTime extends Node {
  readonly kind: 'absolute' | 'relative' | 'any' | 'absolute-range' | 'relative-range'
  readonly us: number
  readonly endUs: number | null
}

export interface ScriptEvent extends Node {
  readonly time: EventTime
  /** Line of the time, from 1: the line that every message about this event names. */
  readonly line: number
  readonly action: PacketAction | CallAction | FaultAction | CommandAction | CodeAction | ForeignPacketAction
  /** What in it only another dialect has; absent where there is nothing, and then the event can be run. */
  readonly foreign?: readonly ForeignPart[]
}

/** A shell command in backquotes, verbatim. */
export interface CommandAction extends Node {
  readonly type: 'command'
  readonly text: string
}

/** Python between `%{` and `}%`, blanks at both ends cut. */
export interface CodeAction extends Node {
  readonly type: 'code'
  readonly text: string
  /** Line and column, from 1, of the first character of `text`: where Python's own messages must point. */
  readonly line: number
  readonly column: number
}

// ------------------------------------------------------------------ system calls

export interface CallAction extends Node {
  readonly type: 'call'
  readonly name: string
  readonly nameSpan: Span
  readonly args: readonly Expression[]
  readonly result: Expression
  readonly errno: { readonly name: string; readonly span: Span } | null
  /** The text of the note or notes behind the result, without the outermost parentheses; never compared. */
  readonly note: string | null
  /** For `T...U name()`: U in microseconds, of the same kind as the event's time. */
  readonly returnUs: number | null
}

export type Expression =
  | EllipsisExpression
  | IntegerExpression
  | WordExpression
  | StringExpression
  | OrExpression
  | AssignExpression
  | ListExpression
  | StructExpression
  | FunctionExpression

export interface EllipsisExpression extends Node {
  readonly type: 'ellipsis'
}
/** Decimal or hex, signed 64 bit. `text` is the source, or a define's name. */
export interface IntegerExpression extends Node {
  readonly type: 'integer'
  readonly value: bigint
  readonly text: string
}
export interface WordExpression extends Node {
  readonly type: 'word'
  readonly name: string
}
/** Adjacent literals joined; escapes are not decoded here (see `decodeString`). */
export interface StringExpression extends Node {
  readonly type: 'string'
  readonly raw: string
  /** The literals one by one, where there are several: escapes do not reach over their joints. */
  readonly parts?: readonly string[]
}
export interface OrExpression extends Node {
  readonly type: 'or'
  readonly left: Expression
  readonly right: Expression
}
export interface AssignExpression extends Node {
  readonly type: 'assign'
  readonly name: string
  readonly value: Expression
}
export interface ListExpression extends Node {
  readonly type: 'list'
  readonly elements: readonly Expression[]
  readonly braces: boolean
}

/**
 * A brace form with named fields, in source order; a field that is not written is not there. Names of fields by kind:
 * - sockaddr: `sa_family` (word), `sin_port` (htons), `sin_addr` (inet_addr, also for IPv6)
 * - msghdr: `msg_name`, `msg_iovlen`, `msg_iov`, `msg_flags`, `msg_control`; iovec: `iov_base`, `iov_len`
 * - pollfd: `fd`, `events`, `revents`; epollev: `events` and one of `fd`, `ptr`, `u32`, `u64`
 * - linger: `l_onoff`, `l_linger`; cmsg, scm_timestamping, sock_extended_err: as in the script
 * - gre: `flags`, `sum`, `off`, `key`, `seq`, all integers
 * - mpls_stack: `labels`, a list with one list of integers per entry: label, traffic class, bottom (0 or 1), TTL
 */
export interface StructExpression extends Node {
  readonly type: 'struct'
  readonly kind:
    | 'sockaddr'
    | 'msghdr'
    | 'iovec'
    | 'pollfd'
    | 'epollev'
    | 'linger'
    | 'cmsg'
    | 'scm_timestamping'
    | 'sock_extended_err'
    | 'mpls_stack'
    | 'gre'
  readonly fields: ReadonlyMap<string, Expression>
}

/** `inet_addr("…")`, `inet6_addr("…")`, `htons(N)` inside a sockaddr. */
export interface FunctionExpression extends Node {
  readonly type: 'function'
  readonly name: 'inet_addr' | 'inet6_addr' | 'htons'
  readonly argument: Expression
}

// ------------------------------------------------------------------ faults

/** What the stack is made to suffer: `drop(direction=rx, count=1)`. Userspace stacks only. */
export interface FaultAction extends Node {
  readonly type: 'fault'
  readonly name: FaultName
  readonly nameSpan: Span
  /** Every parameter of the fault by name, those that are not written with their fallback. */
  readonly values: ReadonlyMap<string, number>
}

// ------------------------------------------------------------------ packets

export interface PacketAction extends Node {
  readonly type: 'packet'
  /** `inbound` is `<`, injected; `outbound` is `>`, expected. */
  readonly direction: 'inbound' | 'outbound'
  readonly outer: readonly OuterHeader[]
  readonly ip: IpInfo | null
  readonly body: TcpBody | UdpBody | IcmpBody
}

/** What stands in `[…]` or `(…)` before the inner packet or after an outer ipv4/ipv6. */
export interface IpInfo extends Node {
  /** How the TOS octet is compared: not at all, its ECN bits, ECT(0) or ECT(1), or whole. */
  readonly check: 'none' | 'ecn' | 'ect01' | 'tos'
  readonly tos: number
  readonly flowLabel: number
  /** 255 when not given. */
  readonly ttl: number
}

/** Outer (encapsulation) headers, outermost first. */
export type OuterHeader =
  | (Node & {
      readonly type: 'ipv4' | 'ipv6'
      readonly ip: IpInfo | null
      readonly source: string
      readonly destination: string
    })
  | (Node & {
      readonly type: 'gre'
      readonly flags: number
      readonly sum: number
      readonly off: number
      readonly key: number
      readonly seq: number
    })
  | (Node & {
      readonly type: 'mpls'
      readonly labels: readonly {
        readonly label: number
        readonly trafficClass: number
        readonly bottom: boolean
        readonly ttl: number
      }[]
    })

export interface TcpBody extends Node {
  readonly type: 'tcp'
  /** 0 means: the port of the flow. */
  readonly sourcePort: number
  readonly destinationPort: number
  readonly flags: TcpFlags
  readonly seq: number
  readonly payloadLength: number
  /** The number after `ack`, 0 when absent. Does not set the ACK flag. */
  readonly ack: number
  /** The raw header field; null when not written (outbound: not compared). */
  readonly window: number | null
  readonly urgent: number
  /** null: no option list, the segment must have none. `any`: `<...>`, not compared. */
  readonly options: readonly TcpOption[] | 'any' | null
  readonly pspSpi: number | null
}

export interface TcpFlags {
  readonly fin: boolean
  readonly syn: boolean
  readonly rst: boolean
  readonly psh: boolean
  readonly ack: boolean
  readonly urg: boolean
  readonly ece: boolean
  readonly cwr: boolean
  readonly ae: boolean
  /** True when a digit 1 to 7 set ECE, CWR and AE: they are then compared as one ACE number. */
  readonly ace: boolean
}

export type TcpOption = Node &
  (
    | { readonly kind: 'nop' | 'eol' | 'sackOK' }
    | { readonly kind: 'mss' | 'wscale'; readonly value: number }
    | { readonly kind: 'sack'; readonly blocks: readonly { readonly left: number; readonly right: number }[] }
    | { readonly kind: 'TS'; readonly val: number; readonly ecr: number }
    /** `octets`: lower-case hex. */
    | { readonly kind: 'md5' | 'FO' | 'FOEXP'; readonly octets: string }
    /** AccECN; `order` 0 is kind 172 (e0b ceb e1b), 1 is kind 174 (e1b ceb e0b). */
    | { readonly kind: 'ECN'; readonly order: 0 | 1; readonly counters: readonly number[] }
  )

export interface UdpBody extends Node {
  readonly type: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  readonly payloadLength: number
}

// ------------------------------------------------------------------ other dialects

/** Part of an event that another dialect of the language has and this one does not: recognised, and not understood. */
export interface ForeignPart extends Node {
  /** What one would need to run it. */
  readonly needs: 'SCTP' | 'UDP-Lite' | 'MPTCP' | 'FreeBSD' | 'nplab packetdrill'
  /** Which part, in words: `SCTP packets`, `the TCP option dss`. */
  readonly what: string
}

/** A packet of a protocol that only other dialects have. */
export interface ForeignPacketAction extends Node {
  readonly type: 'foreign-packet'
  readonly direction: PacketAction['direction']
  readonly protocol: 'SCTP' | 'UDP-Lite'
  /** SCTP chunks, such as INIT; their fields are not read. */
  readonly parts: readonly (Node & { readonly name: string })[]
}

/** A line that begins, turns round or ends a condition. `name`: of the define that is asked for. */
export interface ConditionalLine extends Node {
  readonly directive: 'ifdef' | 'ifndef' | 'else' | 'endif'
  readonly name: string | null
}

// ------------------------------------------------------------------ ICMP

export interface IcmpBody extends Node {
  readonly type: 'icmp'
  readonly icmpType: number
  readonly icmpCode: number
  readonly mtu: number | null
  readonly id: number
  /** What the message quotes; `none` is a TCP header with sequence 0. */
  readonly echoed:
    | { readonly kind: 'none' }
    | { readonly kind: 'tcp'; readonly seq: number; readonly payloadLength: number }
    | { readonly kind: 'udp'; readonly payloadLength: number }
    | { readonly kind: 'raw'; readonly length: number }
}
