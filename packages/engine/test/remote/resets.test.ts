import { describe, expect, it } from 'vitest'
import { ACK, FIN, LOCAL, PORT, parseTcp, REMOTE, RST, SYN, tcp } from '../../../../test/support/segment.js'
import { Connections } from '../../src/remote/resets.js'

/** What was seen, then the resets that follow, as the client reads them. */
function resetsAfter(...seen: (readonly ['from' | 'to', Uint8Array])[]) {
  const connections = new Connections()
  for (const [direction, packet] of seen) {
    // As in a frame: something before, something behind.
    const memory = new Uint8Array(packet.length + 30)
    memory.set(packet, 14)
    connections.seen(direction, memory, 14, packet.length)
  }
  return [...connections.resets()].map((packet) => parseTcp(packet))
}

/** A segment from the client's stack, made from one to it by exchanging the ends. */
function fromClient(fields: Parameters<typeof tcp>[0]): readonly ['from', Uint8Array] {
  const packet = tcp({ ...fields })
  const [source, destination] = [packet.slice(12, 16), packet.slice(16, 20)]
  packet.set(destination, 12)
  packet.set(source, 16)
  const ports = packet.slice(20, 24)
  packet.set([...ports.subarray(2), ...ports.subarray(0, 2)], 20)
  return ['from', packet]
}
const toClient = (fields: Parameters<typeof tcp>[0]) => ['to', tcp(fields)] as const

describe('a connection that was seen', () => {
  it('is reset at the number that the client expects next', () => {
    const resets = resetsAfter(
      toClient({ sourcePort: 5000, flags: SYN, seq: 1000 }),
      fromClient({ sourcePort: 5000, flags: SYN | ACK, seq: 7000, ack: 1001 }),
      toClient({ sourcePort: 5000, flags: ACK, seq: 1001, ack: 7001 }),
      fromClient({ sourcePort: 5000, flags: ACK, seq: 7001, ack: 1001, payload: 100 }),
    )
    expect(resets).toMatchObject([{ sourcePort: 5000, destinationPort: PORT, flags: RST | ACK, seq: 1001, ack: 7101 }])
  })

  it('is reset at both where data is not acknowledged yet', () => {
    const resets = resetsAfter(
      fromClient({ sourcePort: 5000, flags: SYN | ACK, seq: 7000, ack: 1001 }),
      toClient({ sourcePort: 5000, flags: ACK, seq: 1001, ack: 7001, payload: 500 }),
    )
    expect(resets.map(({ seq }) => seq)).toEqual([1001, 1501])
  })

  it('that got no answer to its SYN is reset by one that acknowledges it', () => {
    const resets = resetsAfter(fromClient({ sourcePort: 8081, flags: SYN, seq: 0xffffffff }))
    expect(resets).toMatchObject([{ flags: RST | ACK, seq: 0, ack: 0 }])
  })

  it('counts a FIN, and wraps', () => {
    const resets = resetsAfter(fromClient({ sourcePort: 1, flags: FIN | ACK, seq: 0xfffffff0, ack: 5, payload: 0x10 }))
    expect(resets).toMatchObject([{ seq: 5, ack: 1 }])
  })

  it('that the client has reset itself, or never answered, is left alone', () => {
    expect(
      resetsAfter(
        fromClient({ sourcePort: 1, flags: ACK, seq: 5, ack: 5 }),
        fromClient({ sourcePort: 1, flags: RST, seq: 5 }),
        toClient({ sourcePort: 2, flags: SYN, seq: 9 }),
      ),
    ).toEqual([])
  })

  it('is kept apart from others', () => {
    const resets = resetsAfter(
      fromClient({ sourcePort: 1, flags: ACK, seq: 5, ack: 50 }),
      fromClient({ sourcePort: 2, flags: ACK, seq: 6, ack: 60 }),
    )
    expect(resets.map(({ sourcePort, seq }) => [sourcePort, seq])).toEqual([
      [1, 50],
      [2, 60],
    ])
  })
})

it('resets go from the remote end to the local one with right checksums', () => {
  const connections = new Connections()
  const [, packet] = fromClient({ sourcePort: 1, flags: ACK, seq: 5, ack: 5 })
  connections.seen('from', packet, 0, packet.length)
  const [reset = new Uint8Array()] = connections.resets()
  expect([reset.slice(12, 16).join('.'), reset.slice(16, 20).join('.')]).toEqual([REMOTE, LOCAL])
  const sum = (...octets: number[]) => {
    let total = 0
    for (let i = 0; i < octets.length; i += 2) total += ((octets[i] as number) << 8) | (octets[i + 1] as number)
    while (total > 0xffff) total = (total & 0xffff) + (total >>> 16)
    return total
  }
  expect(sum(...reset.subarray(0, 20))).toBe(0xffff)
  expect(sum(...reset.subarray(12, 20), 0, 6, 0, 20, ...reset.subarray(20))).toBe(0xffff)
})

it('what is no TCP, or cut short, is passed over', () => {
  const [, packet] = fromClient({ sourcePort: 1, flags: ACK, seq: 5, ack: 5 })
  const connections = new Connections()
  for (let length = 0; length < 40; length++) connections.seen('from', packet, 0, length)
  packet[9] = 17
  connections.seen('from', packet, 0, packet.length)
  expect([...connections.resets()]).toEqual([])
})
