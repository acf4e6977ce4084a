// What the language has, by the syntax tree's own kinds, and which of it a script uses. A kind that the tree gets and this
// file does not know is a type error here.
// Read first: packages/parser/src/ast/nodes.ts.
import { configureRun, type RunOptions } from '../../packages/engine/dist/index.js'
import {
  type EventTime,
  type Expression,
  type FunctionExpression,
  type IcmpBody,
  type IpInfo,
  type OuterHeader,
  type PacketAction,
  parseScript,
  type Script,
  type ScriptEvent,
  type StructExpression,
  type TcpBody,
  type TcpFlags,
  type TcpOption,
} from '../../packages/parser/dist/index.js'
import type { Example } from './examples-of.js'

/** Names made of a union's members, none left out. */
const each = <Kind extends string>(prefix: string, kinds: Readonly<Record<Kind, true>>) =>
  Object.keys(kinds).map((kind) => `${prefix} ${kind}`)

/** By group, for the titles of tests. */
export const constructs: Readonly<Record<string, readonly string[]>> = {
  'every part of a script': ['an init command', 'a cleanup command', 'a comment', 'a define that is used'],
  'every form of time': [
    ...each<EventTime['kind']>('time', {
      absolute: true,
      relative: true,
      any: true,
      'absolute-range': true,
      'relative-range': true,
    }),
    'a blocking call at an absolute time',
    'a blocking call at a relative time',
  ],
  'every kind of event': each<ScriptEvent['action']['type']>('action', {
    packet: true,
    call: true,
    fault: true,
    command: true,
    code: true,
    'foreign-packet': true,
  }),
  'every kind of expression': each<Expression['type']>('expression', {
    ellipsis: true,
    integer: true,
    word: true,
    string: true,
    or: true,
    assign: true,
    list: true,
    struct: true,
    function: true,
  }),
  'every structure': [
    ...each<StructExpression['kind']>('struct', {
      sockaddr: true,
      msghdr: true,
      iovec: true,
      pollfd: true,
      epollev: true,
      linger: true,
      cmsg: true,
      scm_timestamping: true,
      sock_extended_err: true,
      mpls_stack: true,
      gre: true,
    }),
    ...['fd', 'ptr', 'u32', 'u64'].map((member) => `epollev with ${member}`),
    'pollfd with revents',
    'pollfd without revents',
    'msghdr with msg_control',
    'msghdr without msg_control',
  ],
  'every function': each<FunctionExpression['name']>('function', { inet_addr: true, inet6_addr: true, htons: true }),
  "every form of a call's result": ['an errno', 'a note', 'a failure without errno', 'a hexadecimal number'],
  'both directions': each<PacketAction['direction']>('direction', { inbound: true, outbound: true }),
  'every outer header': [
    ...each<OuterHeader['type']>('outer', { ipv4: true, ipv6: true, gre: true, mpls: true }),
    'IP fields of an outer header',
  ],
  'every field of the IP header': [
    ...each<IpInfo['check']>('ip', { none: true, ecn: true, ect01: true, tos: true }),
    'ip ttl',
    'ip flowlabel',
    'ip flowlabel behind another',
  ],
  'every body of a packet': each<PacketAction['body']['type']>('body', { tcp: true, udp: true, icmp: true }),
  'every TCP flag': [
    ...each<keyof TcpFlags>('flag', {
      fin: true,
      syn: true,
      rst: true,
      psh: true,
      ack: true,
      urg: true,
      ece: true,
      cwr: true,
      ae: true,
      ace: true,
    }),
    'no flag',
  ],
  'every part of a TCP header': [
    'tcp ports',
    'udp ports',
    'a window',
    'no window',
    'an urgent pointer',
    'any options',
    'no options',
    'a PSP packet',
  ],
  'every TCP option': [
    ...each<TcpOption['kind']>('tcp option', {
      nop: true,
      eol: true,
      sackOK: true,
      mss: true,
      wscale: true,
      sack: true,
      TS: true,
      md5: true,
      FO: true,
      FOEXP: true,
      ECN: true,
    }),
    'several SACK blocks',
    'a cookie',
    'a request for a cookie',
    'ECN in order 0',
    'ECN in order 1',
  ],
  'everything that ICMP quotes': [
    ...each<IcmpBody['echoed']['kind']>('echoed', { none: true, tcp: true, udp: true, raw: true }),
    'icmp mtu ipv4',
    'icmp mtu ipv6',
    'icmp id',
    'icmp type_N',
    'icmp code_N',
  ],
}

/** What a script uses of it; nothing where it cannot be read, which is what some examples show. */
export function constructsOf({ script: text, options, families }: Example): Set<string> {
  const found = new Set<string>()
  for (const family of families) {
    const given = family === null ? options : [['ip_version', family] as const, ...options]
    let filled: RunOptions | null = null as RunOptions | null
    const { script } = parseScript(
      text,
      configureRun(given, (these) => {
        filled = these
      }),
    )
    const wire = filled?.ipVersion === 'ipv6' ? 'ipv6' : 'ipv4'
    // An option that is refused is an option nevertheless.
    for (const [, name] of text.matchAll(/^--(\w+)/gm)) found.add(`option ${name}`)
    for (const [name] of options) found.add(`option ${name}`)
    if (script !== null) ofScript(script, text, wire, found)
  }
  return found
}

/** The words of a script that stand outside strings, commands, blocks and comments. */
export const wordsOf = (text: string): string[] =>
  text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|"(\\.|[^"])*"|`(\\.|[^`])*`|%\{[\s\S]*?\}%/g, ' ').match(/sequence#|\w+/g) ?? []

function ofScript(script: Script, text: string, wire: 'ipv4' | 'ipv6', found: Set<string>): void {
  if (script.init !== null) found.add('an init command')
  if (script.cleanup !== null) found.add('a cleanup command')
  if (/\/\//.test(text) || text.includes('/*')) found.add('a comment')
  if (text.includes('--define=')) found.add('a define that is used')
  for (const event of script.events) ofEvent(event, text, wire, found)
}

function ofEvent({ time, action }: ScriptEvent, text: string, wire: 'ipv4' | 'ipv6', found: Set<string>): void {
  found.add(`time ${time.kind}`)
  found.add(`action ${action.type}`)
  if (action.type === 'packet') ofPacket(action, text, wire, found)
  if (action.type === 'fault') found.add(`fault ${action.name}`)
  if (action.type !== 'call') return
  found.add(`call ${action.name}`)
  if (action.returnUs !== null)
    found.add(`a blocking call at ${time.kind === 'absolute' ? 'an' : 'a'} ${time.kind} time`)
  if (action.errno !== null) found.add('an errno')
  else if (action.note !== null) found.add('a note')
  if (action.errno === null && action.result.type === 'integer' && action.result.value === -1n)
    found.add('a failure without errno')
  for (const argument of action.args) ofExpression(argument, found)
  ofExpression(action.result, found)
}

function ofExpression(expression: Expression, found: Set<string>): void {
  found.add(`expression ${expression.type}`)
  switch (expression.type) {
    case 'integer':
      if (expression.text.startsWith('0x')) found.add('a hexadecimal number')
      break
    case 'or':
      ofExpression(expression.left, found)
      ofExpression(expression.right, found)
      break
    case 'assign':
      ofExpression(expression.value, found)
      break
    case 'list':
      for (const element of expression.elements) ofExpression(element, found)
      break
    case 'function':
      found.add(`function ${expression.name}`)
      break
    case 'struct':
      ofStruct(expression, found)
  }
}

function ofStruct({ kind, fields }: StructExpression, found: Set<string>): void {
  found.add(`struct ${kind}`)
  const optional = { pollfd: ['revents'], msghdr: ['msg_control'], epollev: ['fd', 'ptr', 'u32', 'u64'] }
  for (const name of kind in optional ? optional[kind as keyof typeof optional] : []) {
    found.add(`${kind} ${fields.has(name) ? 'with' : 'without'} ${name}`)
  }
  for (const value of fields.values()) ofExpression(value, found)
}

// ------------------------------------------------------------------ packets

function ofPacket(packet: PacketAction, text: string, wire: 'ipv4' | 'ipv6', found: Set<string>): void {
  const { body, ip } = packet
  found.add(`direction ${packet.direction}`)
  found.add(`body ${body.type}`)
  for (const outer of packet.outer) {
    found.add(`outer ${outer.type}`)
    if ('ip' in outer && outer.ip !== null) found.add('IP fields of an outer header')
  }
  if (ip === null) found.add('ip none')
  else {
    found.add(`ip ${ip.check}`)
    if (ip.ttl !== 255) found.add('ip ttl')
    if (ip.flowLabel !== 0) found.add(ip.check === 'none' ? 'ip flowlabel' : 'ip flowlabel behind another')
  }
  if (body.type === 'icmp') ofIcmp(body, text.slice(body.span.start, body.span.end), wire, found)
  if (body.type !== 'icmp' && (body.sourcePort !== 0 || body.destinationPort !== 0)) found.add(`${body.type} ports`)
  if (body.type === 'tcp') ofTcp(body, found)
}

function ofTcp({ flags, window, urgent, options, pspSpi }: TcpBody, found: Set<string>): void {
  const set = Object.entries(flags).filter(([, isSet]) => isSet)
  for (const [name] of set) found.add(`flag ${name}`)
  if (set.length === 0) found.add('no flag')
  found.add(window === null ? 'no window' : 'a window')
  if (urgent !== 0) found.add('an urgent pointer')
  if (pspSpi !== null) found.add('a PSP packet')
  if (options === 'any') found.add('any options')
  else if (options === null) found.add('no options')
  else for (const option of options) ofTcpOption(option, found)
}

function ofTcpOption(option: TcpOption, found: Set<string>): void {
  found.add(`tcp option ${option.kind}`)
  if (option.kind === 'sack' && option.blocks.length > 1) found.add('several SACK blocks')
  if (option.kind === 'ECN') found.add(`ECN in order ${option.order}`)
  if (option.kind === 'FO') found.add(option.octets === '' ? 'a request for a cookie' : 'a cookie')
}

function ofIcmp(body: IcmpBody, text: string, wire: 'ipv4' | 'ipv6', found: Set<string>): void {
  const [, type = '', code = ''] = /^icmp\s+(\w+)\s*(\w*)/.exec(text) ?? []
  found.add(`icmp ${wire} ${type}`)
  found.add(`icmp ${wire} ${code}`)
  if (type.startsWith('type_')) found.add('icmp type_N')
  if (code.startsWith('code_')) found.add('icmp code_N')
  if (body.mtu !== null) found.add(`icmp mtu ${wire}`)
  if (body.id !== 0) found.add('icmp id')
  found.add(`echoed ${body.echoed.kind}`)
}
