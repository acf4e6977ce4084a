// What the admin server asks of a userspace stack while it runs: its sockets, and faults.
// The run's main thread; answers come from the host's thread over the admin channel. Read first: channel.ts.
import { LunaSocketInfo, LunaTcpInfo, lunaTcpInfoFields, lunaTcpStates, lunaTimers } from '@lunadrill/dpdk-native'
import type { FaultOrder } from '@lunadrill/parser'
import type { SocketRow } from '@lunadrill/tcpinfo'
import { AF_INET6 } from '../call/socket-address.js'
import { EngineError } from '../errors.js'
import { addressText } from '../wire/address.js'
import type { ChannelClient } from './channel.js'
import { sendFault } from './fault-record.js'
import { CommandKind, EventKind } from './layout.js'

/** A stack that hangs answers nobody; the run's own watchdog judges it. */
const ANSWER_MS = 5000

/** All sockets of the running stack, listeners first where it lists them so. LD_ADMIN_TIMEOUT, or what the host refused. */
export function listSockets(client: ChannelClient): Promise<readonly SocketRow[]> {
  return inTurn(client, async (turn) => {
    client.command(CommandKind.listSockets)
    let sockets: SocketRow[] = []
    await answer(client, turn, EventKind.listed, {
      socket: () => sockets.push(readSocket(client)),
      stale: () => {
        sockets = []
      },
    })
    return sockets
  })
}

/** Causes a fault, from now on. Resolves as soon as it has begun. LD_UNSUPPORTED: the stack or its port cannot have it. */
export function interfere(client: ChannelClient, order: FaultOrder): Promise<void> {
  return inTurn(client, async (turn) => {
    sendFault(client, order)
    await answer(client, turn, EventKind.faultBegun, { socket: () => {}, stale: () => {} })
  })
}

interface Turn {
  /** Commands sent, answers seen: an answer that comes after its asker gave up must not be taken for the next one's. */
  asked: number
  answered: number
  last: Promise<unknown>
}
const turns = new WeakMap<ChannelClient, Turn>()

/** One command at a time, in the order of the calls. */
function inTurn<T>(client: ChannelClient, ask: (turn: Turn) => Promise<T>): Promise<T> {
  const turn = turns.get(client) ?? { asked: 0, answered: 0, last: Promise.resolve() }
  turns.set(client, turn)
  const mine = turn.last.then(() => {
    turn.asked++
    return ask(turn)
  })
  turn.last = mine.catch(() => {})
  return mine
}

async function answer(
  client: ChannelClient,
  turn: Turn,
  kind: number,
  on: { socket: () => void; stale: () => void },
): Promise<void> {
  const until = performance.now() + ANSWER_MS
  for (;;) {
    if (!(await client.waitAsync(until - performance.now()))) {
      throw new EngineError('LD_ADMIN_TIMEOUT', `the stack's thread has not answered for ${ANSWER_MS / 1000} s`)
    }
    while (client.next()) {
      if (client.kind === EventKind.socket) {
        on.socket()
        continue
      }
      turn.answered++
      if (turn.answered < turn.asked) {
        on.stale()
        continue
      }
      if (client.kind === kind) return
      throw refusal(client)
    }
  }
}

/** The error that a `refused` record tells of. */
export function refusal(client: ChannelClient): EngineError {
  if (client.kind !== EventKind.refused) {
    return new EngineError('LD_PROTOCOL', `the host answered with a record of kind ${client.kind}`)
  }
  const [code, ...words] = client.text().split(' ')
  return new EngineError(code ?? 'LD_PROTOCOL', words.join(' '))
}

function readSocket(client: ChannelClient): SocketRow {
  const { view, payloadAt: at } = client
  const u32 = (field: number) => view.getUint32(at + field, true)
  const family = u32(LunaSocketInfo.family) === AF_INET6 ? 'ipv6' : 'ipv4'
  const octets = family === 'ipv6' ? 16 : 4
  const ip = (field: number) => addressText(client.octets.subarray(at + field, at + field + octets))
  return {
    fd: view.getInt32(at + LunaSocketInfo.fd, true),
    protocol: u32(LunaSocketInfo.protocol) === 17 ? 'udp' : 'tcp',
    family,
    state: lunaTcpStates[u32(LunaSocketInfo.state)] ?? 'UNKNOWN',
    localIp: ip(LunaSocketInfo.localIp),
    remoteIp: ip(LunaSocketInfo.remoteIp),
    localPort: view.getUint16(at + LunaSocketInfo.localPort, true),
    remotePort: view.getUint16(at + LunaSocketInfo.remotePort, true),
    recvq: u32(LunaSocketInfo.recvq),
    sendq: u32(LunaSocketInfo.sendq),
    timer: lunaTimers[u32(LunaSocketInfo.timer)] ?? 'unknown',
    timerMs: u32(LunaSocketInfo.timerMs),
    timerRetransmits: u32(LunaSocketInfo.timerRetransmits),
    tcp: (u32(LunaSocketInfo.flags) & 1) === 0 ? null : readTcpInfo(view, at + LunaSocketInfo.tcp),
  }
}

/** The fields of a luna_tcp_info at `at` that the stack says it knows, by name. */
export function readTcpInfo(view: DataView, at: number): ReadonlyMap<string, number | bigint> {
  const known = view.getBigUint64(at + LunaTcpInfo.known, true)
  const fields = new Map<string, number | bigint>()
  for (const { name, field, offset, size } of lunaTcpInfoFields) {
    if ((known & (1n << BigInt(field))) === 0n) continue
    fields.set(name, size === 8 ? view.getBigUint64(at + offset, true) : view.getUint32(at + offset, true))
  }
  return fields
}
