// What the admin server serves: path and query in, status and text out.
// The run process's main thread. Read first: server.ts.
import { type FaultName, faultNames, faultOrder, faults, isProblem, suggest } from '@lunadrill/parser'
import { netstatText, type SocketRow, ssRows, ssText } from '@lunadrill/tcpinfo'
import type { EngineError } from '../errors.js'
import type { AdminSource } from './server.js'

export interface Reply {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** A stack that hangs answers nobody; the run's own watchdog judges that. */
const answerMs = 2000

type Route = (query: URLSearchParams, source: AdminSource) => Promise<Reply>

const routes: ReadonlyMap<string, { readonly usage: string; readonly route: Route }> = new Map([
  ['/netstat', { usage: '/netstat                 sockets as netstat -anp shows them', route: netstat }],
  ['/ss', { usage: '/ss                      TCP connections as ss -tinoO shows them; ?all=1 as ss -a', route: ss }],
  ...faultNames.map((name) => [`/${name}`, faultRoute(name)] as const),
])

const help = [
  'Paths:',
  ...[...routes.values()].map(({ usage }) => `  ${usage}`),
  'With ?format=json the first two give JSON. docs/interference.md has the parameters of the others.',
]

/** Never rejects. */
export async function answer(url: string, source: AdminSource): Promise<Reply> {
  // Not with URL: it throws at what a program may well send, and nothing here needs more than this.
  const [path = '', query = ''] = url.split('?', 2)
  const found = routes.get(path)
  if (found === undefined) {
    const near = suggest(path, routes.keys())
    const meant = near === null ? '' : `; did you mean ${near}?`
    return text(404, `no such path: ${path}${meant}\n${help.join('\n')}\n`)
  }
  try {
    return await withinTime(found.route(new URLSearchParams(query), source))
  } catch (error) {
    const { code, message = String(error) } = error as Partial<EngineError>
    if (code === 'LD_UNSUPPORTED') return text(501, `the run needs ${message}\n`)
    return text(503, `${message}\n`)
  }
}

async function netstat(query: URLSearchParams, source: AdminSource): Promise<Reply> {
  return listing(query, await source.sockets(), netstatText)
}

async function ss(query: URLSearchParams, source: AdminSource): Promise<Reply> {
  const given = query.get('all') ?? '0'
  if (given !== '0' && given !== '1') return text(400, `bad all '${given}': write ?all=1, or nothing\n`)
  const all = given === '1'
  return listing(query, ssRows(await source.sockets(), all), (rows) => ssText(rows, all))
}

/** A fault under its own name: the parameters are the script statement's. */
function faultRoute(name: FaultName): { usage: string; route: Route } {
  const [first] = Object.entries(faults[name].parameters)
  const example = first === undefined ? `/${name}` : `/${name}?${first[0]}=${first[1].sample}`
  const spelled = (parameter: string, value: string) => `/${name}?${parameter}=${value}`
  const route: Route = async (query, source) => {
    const order = faultOrder(name, query, spelled)
    if (isProblem(order)) return text(400, `${order.message}: ${order.hint}\n`)
    await source.interfere(order)
    return text(200, `${name} begins\n`)
  }
  return { usage: `${example.padEnd(24)} ${faults[name].does}`, route }
}

function listing(
  query: URLSearchParams,
  sockets: readonly SocketRow[],
  asText: (sockets: readonly SocketRow[]) => string,
): Reply {
  const format = query.get('format') ?? 'text'
  if (format === 'text') return text(200, asText(sockets))
  if (format === 'json') return { status: 200, type: 'application/json', body: `${JSON.stringify(sockets, asJson)}\n` }
  return text(400, `bad format '${format}': write ?format=json, or nothing\n`)
}

/** Maps become objects; a 64-bit number stays a number where that is exact, else becomes its digits. */
function asJson(_key: string, value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  if (typeof value !== 'bigint') return value
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value)
}

function withinTime(reply: Promise<Reply>): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const late = () => resolve(text(503, `the stack has not answered within ${answerMs / 1000} s: it may hang\n`))
    const timer = setTimeout(late, answerMs)
    reply.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

function text(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body }
}
