// The admin server: while a userspace script runs, curl looks into the stack and interferes with it. HTTP on loopback.
// The run process's main thread, the event loop there; the stack is asked through `AdminSource`, never touched.
// Read first: docs/architecture.md, "Processes and threads"; routes.ts has what is served.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FaultOrder } from '@lunadrill/parser'
import type { SocketRow } from '@lunadrill/tcpinfo'
import { EngineError } from '../errors.js'
import { answer, type Reply } from './routes.js'

/** What the server needs of a run. Both may reject: the message goes to whoever asked, with status 503. */
export interface AdminSource {
  sockets(): Promise<readonly SocketRow[]>
  /** Causes a fault. Resolves as soon as it has begun. */
  interfere(order: FaultOrder): Promise<void>
}

export interface AdminServer {
  /** Where it listens: the port that was asked for, or the one found for 0. */
  readonly port: number
  /** The same with its address: `127.0.0.1:8899`. */
  readonly address: string
  /** Stops listening and drops open connections. */
  close(): Promise<void>
}

const address = '127.0.0.1'

/** LD_ADMIN_PORT: the port cannot be had. */
export async function startAdmin(options: {
  readonly port: number
  readonly source: AdminSource
}): Promise<AdminServer> {
  const { port, source } = options
  const server = createServer((request, response) => void serve(request, response, source))
  await listen(server, port)
  const bound = (server.address() as AddressInfo).port
  return {
    port: bound,
    address: `${address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(port, error)))
    server.listen(port, address, resolve)
  })
}

function portError(port: number, error: NodeJS.ErrnoException): EngineError {
  const inUse = error.code === 'EADDRINUSE'
  const why = inUse ? 'another program listens there' : error.message
  const remedy = inUse ? `end that program (ss -tlnp 'sport = ${port}' shows it)` : 'take a port from 1024 to 65535'
  return new EngineError(
    'LD_ADMIN_PORT',
    `the admin server cannot listen on ${address}:${port}: ${why}`,
    `${remedy}, or choose another port with --admin-port=N; --admin-port=0 serves none`,
  )
}

async function serve(request: IncomingMessage, response: ServerResponse, source: AdminSource): Promise<void> {
  const reply = refusal(request) ?? (await answer(request.url ?? '/', source))
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'cache-control': 'no-store',
    // One question per connection: nothing stays open when the run ends.
    connection: 'close',
  })
  response.end(reply.body)
}

/**
 * A page in a browser on this machine can send requests to loopback too, under its own Origin or under a name of its own
 * that resolves to 127.0.0.1. Nobody who is meant to ask does either.
 */
function refusal(request: IncomingMessage): Reply | undefined {
  const { host, origin, 'sec-fetch-site': site } = request.headers
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/i.test(host ?? '')) {
    return plain(403, `Host must be ${address} or localhost, and was ${host ?? 'absent'}`)
  }
  if (origin !== undefined || (site !== undefined && site !== 'none')) {
    return plain(403, 'this server answers no web pages')
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET is served')
  return undefined
}

function plain(status: number, line: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${line}\n` }
}
