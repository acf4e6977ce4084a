// The wire server: listens for clients and is the other end of their links, one session each.
// A process of its own, main thread; takes no script and loads no stack. Read first: docs/wire-protocol.md, session.ts.
import { createServer, type Server } from 'node:net'
import { type NativeError, raisePriority, WireDevice } from '@lunadrill/kernel-native'
import { EngineError } from '../errors.js'
import { wireFamily } from '../run/addresses.js'
import type { RunOptions } from '../run/types.js'
import { deviceOfHost, noDevice } from './machine.js'
import { Session } from './session.js'
import { tokenOf } from './token.js'

/** Connections at a time, those that have proved nothing included. */
const MOST_SESSIONS = 64
/** Ports of the remote end: below the ephemeral ports of most machines, so that traces tell them apart. */
const FIRST_PORT = 16384
const PORTS = 16384

export interface WireServer {
  /** Where it listens. */
  readonly port: number
  /** Ends all sessions, and undoes what was set at the interface. May be called twice. */
  close(): Promise<void>
}

/** Each line says what a client does, or what is refused. EngineError: LD_WIRE_TOKEN, LD_NIC, LD_WIRE_LISTEN. */
export async function startWireServer(options: RunOptions, log: (line: string) => void): Promise<WireServer> {
  const token = tokenOf(options)
  const device = options.wireServerDev ?? (await deviceOfHost(wireFamily(options)))
  if (device === undefined) throw noDevice('server')
  raisePriority()
  const nic = openDevice(device)
  const sessions = new Set<Session>()
  let ports = Math.floor(Math.random() * PORTS)
  const nextPort = () => FIRST_PORT + (ports++ % PORTS)
  const side = { token, device, mac: nic.mac(), nextPort, log }
  const listener = createServer((socket) => {
    if (sessions.size >= MOST_SESSIONS) {
      socket.destroy()
      return
    }
    const session = new Session(socket, side, () => sessions.delete(session))
    sessions.add(session)
  })
  try {
    await listen(listener, options)
  } catch (error) {
    nic.close()
    const message = `the wire server cannot listen on port ${options.wireServerPort}: ${(error as Error).message}`
    throw new EngineError('LD_WIRE_LISTEN', message, 'is another one running? another port: --wire_server_port')
  }
  const address = listener.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.wireServerPort
  log(`wire server on port ${port}, device ${device}`)
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= new Promise<void>((resolve) => {
      listener.close(() => resolve())
      for (const session of sessions) session.close()
      nic.close()
    })
    return closing
  }
  return { port, close }
}

function openDevice(device: string): WireDevice {
  try {
    return new WireDevice(device)
  } catch (error) {
    const { code, message } = error as NativeError
    throw new EngineError(code, message, 'name another with --wire_server_dev: ip link lists them')
  }
}

/** On all addresses of both families, where the machine has both. */
function listen(listener: Server, { wireServerPort }: RunOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject)
    listener.listen({ port: wireServerPort }, resolve)
  })
}
