// What the admin server serves: path and query in, status and text out.
// The run process's main thread. Read first: server.ts.
import { netstatText, type SocketRow, ssRows, ssText } from '@lunadrill/tcpinfo'
import { durationUs } from './duration.js'
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
  ['/pollinghang', { usage: '/pollinghang?time=10     hold the polling thread: 10 (ms), 10us, 10ms, 2s', route: hang }],
])

const help = [
  'Paths:',
  ...[...routes.values()].map(({ usage }) => `  ${usage}`),
  'With ?format=json the first two give JSON.',
]

/** Never rejects. */
export async function answer(url: string, source: AdminSource): Promise<Reply> {
  // Not with URL: it throws at what a program may well send, and nothing here needs more than this.
  const [path = '', query = ''] = url.split('?', 2)
  const found = routes.get(path)
  if (found === undefined) return text(404, `no such path: ${path}\n${help.join('\n')}\n`)
  try {
    return await withinTime(found.route(new URLSearchParams(query), source))
  } catch (error) {
    return text(503, `${error instanceof Error ? error.message : String(error)}\n`)
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

async function hang(query: URLSearchParams, source: AdminSource): Promise<Reply> {
  const time = query.get('time') ?? ''
  const us = durationUs(time)
  if (us === undefined) {
    return text(
      400,
      `bad time '${time}': write /pollinghang?time=10 for 10 ms, or 10us, 10ms, 2s; above 0, up to a day\n`,
    )
  }
  await source.hold(us)
  return text(200, `polling is held for ${us} us\n`)
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
