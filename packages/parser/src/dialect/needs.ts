// What an event needs that neither the kernel here nor a userspace stack has: the parts that the grammar has noted, and
// names that only other systems know.
import type { Expression, ForeignPart, Script, ScriptEvent } from '../ast/nodes.js'

type Needs = ForeignPart['needs']

const CALLS: readonly (readonly [pattern: RegExp, needs: Needs])[] = [[/^sctp_/, 'SCTP']]

const SYMBOLS: readonly (readonly [pattern: RegExp, needs: Needs])[] = [
  [/^(IPPROTO_SCTP$|SCTP_|SPP_|SOL_SCTP$)/, 'SCTP'],
  [/^(IPPROTO_UDPLITE$|UDPLITE_|SOL_UDPLITE$)/, 'UDP-Lite'],
  [/^(IPPROTO_MPTCP$|MPTCP_|SOL_MPTCP$)/, 'MPTCP'],
  [/^(TCP_NOOPT|TCP_NOPUSH|TCP_KEEPINIT|TCP_REMOTE_UDP_ENCAPS_PORT|TCP_FUNCTION_BLK|TCP_LOG|SO_SETFIB)$/, 'FreeBSD'],
]

/** Commands that no Linux has: BSD's sysctl tree and its tools. */
const COMMAND = /(^|[;&|(]|\bsudo\s)\s*(sysctl\s+(-\w+\s+)*(net\.inet6?\.|kern\.|vfs\.)|sockstat\b|tcpdrop\b|kldload\b)/

/** The first thing that an event needs, or null. */
function needOf(event: ScriptEvent): ForeignPart | null {
  const marked = event.foreign?.[0]
  if (marked !== undefined) return marked
  const { action } = event
  if (action.type === 'command') {
    return COMMAND.test(action.text) ? { needs: 'FreeBSD', what: 'its commands', span: action.span } : null
  }
  if (action.type !== 'call') return null
  const needs = found(CALLS, action.name)
  if (needs !== null) return { needs, what: `${action.name}()`, span: action.nameSpan }
  return needOfAny([...action.args, action.result])
}

function found(table: readonly (readonly [pattern: RegExp, needs: Needs])[], name: string): Needs | null {
  return table.find(([pattern]) => pattern.test(name))?.[1] ?? null
}

function needOfAny(expressions: Iterable<Expression>): ForeignPart | null {
  for (const expression of expressions) {
    const need = needOfExpression(expression)
    if (need !== null) return need
  }
  return null
}

function needOfExpression(expression: Expression): ForeignPart | null {
  switch (expression.type) {
    case 'word': {
      const needs = found(SYMBOLS, expression.name)
      return needs === null ? null : { needs, what: expression.name, span: expression.span }
    }
    case 'or':
      return needOfAny([expression.left, expression.right])
    case 'assign':
      return needOfAny([expression.value])
    case 'list':
      return needOfAny(expression.elements)
    case 'struct':
      return needOfAny(expression.fields.values())
  }
  return null
}

/** The first event of a script that needs what only another system has. */
export function foreignNeed(script: Script): { readonly event: ScriptEvent; readonly part: ForeignPart } | null {
  for (const event of script.events) {
    const part = needOf(event)
    if (part !== null) return { event, part }
  }
  return null
}

const OPTIONS: ReadonlyMap<string, Needs> = new Map([
  ['udp_encapsulation', 'FreeBSD'],
  ['tcp_md5_secret', 'nplab packetdrill'],
  ['tun_dev', 'nplab packetdrill'],
  ['persistent_tun_dev', 'nplab packetdrill'],
])

/** What an option needs that upstream does not have, or null. */
export function optionNeed(name: string): Needs | null {
  return OPTIONS.get(name) ?? null
}
