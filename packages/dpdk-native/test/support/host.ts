// A DpdkHost and its client in one thread: a command is written, then the host is polled until the answer is there.
import { type Fields, readCall, writeCall } from '../../../../test/support/call-record.js'
import {
  ACK,
  AF_INET,
  GATEWAY,
  LOCAL,
  MSS_1460,
  PORT,
  parseTcp,
  REMOTE,
  SOCK_STREAM,
  SYN,
  sockaddr,
  tcp,
} from '../../../../test/support/segment.js'
import { ChannelClient, createChannel } from '../../../engine/src/host/channel.js'
import {
  AdvanceStop,
  Call,
  CallFlag,
  CallOp,
  CommandKind,
  EventKind,
  Fault,
  FaultKind,
} from '../../../engine/src/host/layout.js'
import {
  type DpdkHostOptions,
  lendRuntimeFolder,
  loadNative,
  PollBit,
  stackPath,
  unavailable,
} from '../../src/index.js'

const F_GETFL = 3

/** Why nothing here can be tested on this machine. */
export const missing = unavailable()

export function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

export function messageOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}

type Overrides = Partial<Omit<DpdkHostOptions, 'channel' | 'admin'>>
export type Bench = ReturnType<typeof openBench>

/** The record of a call as it goes into the ring. */
export function callOctets(op: number, fields: Fields): Uint8Array {
  const octets = new Uint8Array(Call.data + (fields.data?.length ?? 0))
  writeCall(octets, op, fields)
  return octets
}

export function openBench(overrides: Overrides = {}) {
  const [memory, adminMemory] = [createChannel(), createChannel()]
  const native = loadNative()
  const takeBack = lendRuntimeFolder()
  native.initEal([])
  takeBack()
  const host = new native.DpdkHost({
    soPath: stackPath('libluna.so'),
    stackOptions: '',
    clock: 'virtual',
    localIp: LOCAL,
    prefixLength: 16,
    gatewayIp: GATEWAY,
    remoteIp: REMOTE,
    mtu: 1500,
    ...overrides,
    channel: new Uint8Array(memory),
    admin: new Uint8Array(adminMemory),
  })
  const client = new ChannelClient(memory)
  const admin = new ChannelClient(adminMemory, memory)

  const packets: { atUs: number; octets: Uint8Array }[] = []
  const returned: ReturnType<typeof readCall>[] = []
  /** Of the call that was given last: the other one's return is no answer. */
  let asked = 0
  const isOther = (on: ChannelClient) =>
    on.kind === EventKind.returned && on.view.getUint32(on.payloadAt + Call.flags, true) !== asked
  /** Polls until one of `kinds` comes; packets and returns of other calls are put aside. */
  const answer = (on: ChannelClient, ...kinds: number[]) => {
    for (let turn = 0; turn < 200_000; turn++) {
      while (on.next()) {
        if (on.kind === EventKind.sniffed) {
          const octets = on.view.getUint32(on.payloadAt, true)
          packets.push({ atUs: on.timeUs, octets: on.octets.slice(on.payloadAt + 8, on.payloadAt + 8 + octets) })
        } else if (kinds.includes(on.kind) && !isOther(on)) {
          return on.kind
        } else if (on.kind === EventKind.returned) {
          returned.push(readCall(on.octets, on.payloadAt))
        } else if (on.kind === EventKind.refused) {
          const [code, ...words] = on.text().split(' ')
          throw Object.assign(new Error(words.join(' ')), { code })
        } else {
          throw new Error(`an event of kind ${on.kind}`)
        }
      }
      host.poll()
    }
    throw new Error('no answer')
  }
  const put = (on: ChannelClient, kind: number, timeUs: number, payload: Uint8Array) => {
    const at = on.begin(kind, timeUs, payload.length)
    on.octets.set(payload, at)
    on.commit()
  }
  const words = (...numbers: number[]) => new Uint8Array(Uint32Array.from(numbers).buffer)

  /** Gives a record to the host: what came back, or undefined where the call sleeps. */
  const record = (octets: Uint8Array) => {
    asked = octets[Call.flags]!
    put(client, CommandKind.call, 0, octets)
    if (answer(client, EventKind.returned, EventKind.blocked) === EventKind.blocked) return undefined
    return readCall(client.octets, client.payloadAt)
  }
  const begin = (op: keyof typeof CallOp, fields: Fields = {}) => record(callOctets(CallOp[op], fields))
  const call = (op: keyof typeof CallOp, fields: Fields = {}) => {
    const done = begin(op, fields)
    if (done === undefined) throw new Error(`${op} sleeps`)
    return done
  }
  /** A call that the script says sleeps. */
  const startBlocking = (op: keyof typeof CallOp, fields: Fields = {}) =>
    begin(op, { ...fields, flags: CallFlag.blocking })
  const inject = (packet: Uint8Array) => {
    put(client, CommandKind.inject, 0, Uint8Array.from([...words(packet.length, 0), ...packet]))
    answer(client, EventKind.injected)
    return client.timeUs
  }
  const advance = (untilUs: number, stop: keyof typeof AdvanceStop | 'never' = 'never') => {
    put(client, CommandKind.advance, untilUs, words(stop === 'never' ? 0 : AdvanceStop[stop], 0))
    answer(client, EventKind.advanced)
    return client.timeUs
  }
  const start = (zeroUs = 0) => {
    client.command(CommandKind.start, zeroUs)
    answer(client, EventKind.started)
  }
  /** Causes a fault: the fields of its record. */
  const interfere = (
    kind: keyof typeof FaultKind,
    fields: Partial<Record<Exclude<keyof typeof Fault, 'kind' | 'size'>, number>>,
  ) => {
    const record = new DataView(new ArrayBuffer(Fault.size))
    record.setUint32(Fault.kind, FaultKind[kind], true)
    const defaults = { direction: 3, burst: 1, seed: 1, count: Infinity, probability: 1, timeUs: Infinity }
    for (const [name, value] of Object.entries({ ...defaults, ...fields })) {
      const at = Fault[name as keyof typeof Fault]
      if (at < Fault.skip || at > Fault.limitUs) record.setUint32(at, value, true)
      else record.setFloat64(at, value, true)
    }
    put(admin, CommandKind.fault, 0, new Uint8Array(record.buffer))
    answer(admin, EventKind.faultBegun)
  }
  const hold = (us: number) => {
    interfere('pollinghang', { timeUs: us })
  }
  /** The payload of each `socket` record. */
  const sockets = () => {
    const list: Uint8Array[] = []
    admin.command(CommandKind.listSockets)
    while (answer(admin, EventKind.socket, EventKind.listed) === EventKind.socket) {
      list.push(admin.octets.slice(admin.payloadAt, admin.payloadAt + admin.payloadLength))
    }
    return list
  }
  /** The next TCP segment that the stack has sent until now. */
  const sniffed = () => {
    const next = packets.shift()
    return next === undefined ? undefined : { ...parseTcp(next.octets), atUs: next.atUs }
  }
  /** The same, at the latest after `us` of virtual time. */
  const sniff = (us = 60e6) => {
    const now = advance(0)
    if (packets.length === 0) advance(now + us, 'sniffed')
    return sniffed()
  }
  const close = () => {
    client.command(CommandKind.close)
    answer(client, EventKind.closed)
    const bits = host.poll()
    if ((bits & PollBit.closed) === 0) throw new Error('not closed')
    return host.close()
  }
  const listener = () => {
    const fd = call('socket', { args: [AF_INET, SOCK_STREAM, 0] }).result
    call('bind', { fd, data: sockaddr('0.0.0.0', PORT) })
    call('listen', { fd, args: [1] })
    return fd
  }
  /** A connection to a listener, accepted. The tester's next sequence number is 1. */
  const established = (sourcePort = 40000) => {
    const fd = listener()
    inject(tcp({ sourcePort, flags: SYN, seq: 0, options: MSS_1460 }))
    // Whatever the clock, the answer to a call comes behind all that the stack has sent before.
    call('fcntl', { fd, args: [F_GETFL] })
    const synAck = sniffed()
    if (synAck === undefined) throw new Error('no SYN-ACK')
    inject(tcp({ sourcePort, flags: ACK, seq: 1, ack: synAck.seq + 1 }))
    return { listener: fd, fd: call('accept', { fd }).result, sourcePort, iss: synAck.seq }
  }
  return {
    host,
    client,
    packets,
    returned,
    record,
    begin,
    call,
    startBlocking,
    inject,
    advance,
    start,
    hold,
    interfere,
    sockets,
    sniffed,
    sniff,
    close,
    listener,
    established,
  }
}
