// A KernelHost with what a test needs around it: calls by name, segments in and out, and a handshake.

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
import { Call, CallOp } from '../../../engine/src/host/layout.js'
import { KernelHost, type KernelHostOptions } from '../../src/index.js'

const SOL_SOCKET = 1
const SO_REUSEADDR = 2

/** Whether this process may make a kernel host at all; if not, why. */
export function refusal(): string | undefined {
  try {
    openHost().close()
    return undefined
  } catch (error) {
    return (error as { code: string }).code
  }
}

export type Bench = ReturnType<typeof openBench>

export function options(overrides: Partial<KernelHostOptions> = {}): KernelHostOptions {
  return {
    family: 'ipv4',
    localIp: LOCAL,
    prefixLength: 16,
    gatewayIp: GATEWAY,
    remoteIp: REMOTE,
    remotePrefixLength: 24,
    mtu: 1500,
    call: new Uint8Array(Call.size),
    blockingCall: new Uint8Array(Call.size),
    packet: new Uint8Array(65536 + 64),
    ...overrides,
  }
}

export function openHost(overrides: Partial<KernelHostOptions> = {}): KernelHost {
  return new KernelHost(options(overrides))
}

export function openBench(overrides: Partial<KernelHostOptions> = {}) {
  const filled = options(overrides)
  const host = new KernelHost(filled)
  const call = (op: keyof typeof CallOp, fields: Fields = {}) => {
    writeCall(filled.call, CallOp[op], fields)
    host.call()
    return readCall(filled.call)
  }
  const inject = (packet: Uint8Array) => {
    filled.packet.set(packet)
    host.inject(packet.length)
  }
  /** The next TCP segment that the stack sends; other packets (IPv6 chatter) are passed over. */
  const sniffTcp = (timeoutUs = 2e6) => {
    for (;;) {
      const length = host.sniff(timeoutUs)
      if (length === 0) return undefined
      if (filled.packet[0]! >> 4 === 4 && filled.packet[9] === 6) {
        return { ...parseTcp(filled.packet.slice(0, length)), atUs: host.sniffedAtUs() }
      }
    }
  }
  const listener = () => {
    const fd = call('socket', { args: [AF_INET, SOCK_STREAM, 0] }).result
    call('setsockopt', { fd, args: [SOL_SOCKET, SO_REUSEADDR, 4], data: new Uint8Array([1, 0, 0, 0]) })
    call('bind', { fd, data: sockaddr('0.0.0.0', PORT) })
    call('listen', { fd, args: [1] })
    return fd
  }
  /** A connection to a listener, up to the last ACK. The tester's next sequence number is 1. */
  const handshake = (port: number) => {
    inject(tcp({ sourcePort: port, flags: SYN, seq: 0, options: MSS_1460 }))
    const synAck = sniffTcp()
    if (synAck === undefined) throw new Error('no SYN-ACK')
    inject(tcp({ sourcePort: port, flags: ACK, seq: 1, ack: synAck.seq + 1 }))
    return synAck
  }
  return { host, call, inject, sniffTcp, listener, handshake, options: filled }
}
