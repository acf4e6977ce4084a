import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { ChannelClient, createChannel } from '../../src/host/channel.js'
import { Channel, CommandKind, EventKind, LAYOUT_VERSION, RecordHead } from '../../src/host/layout.js'

/** The host's end, in plain steps: what dpdk-native/native/channel does. */
class HostEnd {
  private readonly words: Int32Array
  private readonly view: DataView
  private readonly octets: Uint8Array
  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory)
    this.view = new DataView(memory)
    this.octets = new Uint8Array(memory)
  }

  /** The next command that is no pad: kind, time and payload with its padding. */
  take() {
    for (;;) {
      const tail = this.words[Channel.commandTail >> 2]!
      if (tail === Atomics.load(this.words, Channel.commandHead >> 2)) return undefined
      const at = Channel.rings + (tail & (Channel.commandSize - 1))
      const length = this.view.getUint32(at, true)
      const kind = this.view.getUint32(at + RecordHead.kind, true)
      const timeUs = this.view.getFloat64(at + RecordHead.timeUs, true)
      const payload = this.octets.slice(at + RecordHead.payload, at + length)
      if (at + length > Channel.rings + Channel.commandSize) throw new Error('a record wraps')
      Atomics.store(this.words, Channel.commandTail >> 2, (tail + length) | 0)
      if (kind !== CommandKind.pad) return { kind, timeUs, payload }
    }
  }

  put(kind: number, timeUs: number, payload: Uint8Array) {
    const length = (RecordHead.payload + payload.length + 7) & ~7
    let head = this.words[Channel.eventHead >> 2]!
    const left = Channel.eventSize - (head & (Channel.eventSize - 1))
    const base = Channel.rings + Channel.commandSize
    if (length > left) {
      this.view.setUint32(base + (head & (Channel.eventSize - 1)), left, true)
      this.view.setUint32(base + (head & (Channel.eventSize - 1)) + RecordHead.kind, EventKind.pad, true)
      head = (head + left) | 0
    }
    const at = base + (head & (Channel.eventSize - 1))
    this.view.setUint32(at, length, true)
    this.view.setUint32(at + RecordHead.kind, kind, true)
    this.view.setFloat64(at + RecordHead.timeUs, timeUs, true)
    this.octets.set(payload, at + RecordHead.payload)
    Atomics.store(this.words, Channel.eventHead >> 2, (head + length) | 0)
    if (Atomics.load(this.words, Channel.clientParked >> 2) === 0) return
    Atomics.add(this.words, Channel.clientDoorbell >> 2, 1)
    Atomics.notify(this.words, Channel.clientDoorbell >> 2)
  }
}

function pair() {
  const memory = createChannel()
  return { memory, client: new ChannelClient(memory), host: new HostEnd(memory) }
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

describe('channel', () => {
  it('hides a command until it is committed', () => {
    const { client, host } = pair()
    const at = client.begin(CommandKind.advance, 1234.5, 8)
    client.view.setUint32(at, 3, true)
    expect(host.take()).toBeUndefined()
    client.commit()
    expect(host.take()).toEqual({
      kind: CommandKind.advance,
      timeUs: 1234.5,
      payload: Uint8Array.from([3, 0, 0, 0, 0, 0, 0, 0]),
    })
  })

  it('never wraps a payload, whatever the lengths', () => {
    const { client, host } = pair()
    for (let i = 0; i < 5000; i++) {
      const octets = (i * 7919) % 9000
      const at = client.begin(CommandKind.inject, i, octets)
      client.octets.fill(i & 255, at, at + octets)
      client.commit()
      const taken = host.take()
      expect(taken?.timeUs).toBe(i)
      expect(taken?.payload.subarray(0, octets).every((octet) => octet === (i & 255))).toBe(true)
    }
    for (let i = 0; i < 2000; i++) {
      const payload = new Uint8Array((i * 7919) % 60000).fill(i & 255)
      host.put(EventKind.sniffed, i, payload)
      expect(client.next()).toBe(true)
      expect([client.kind, client.timeUs]).toEqual([EventKind.sniffed, i])
      const seen = client.octets.subarray(client.payloadAt, client.payloadAt + payload.length)
      expect(Buffer.compare(seen, payload)).toBe(0)
    }
    expect(client.next()).toBe(false)
  })

  it('leaves a pad of eight octets at the end of its ring, and nothing behind it', () => {
    const { client, host } = pair()
    const big = Channel.commandSize - RecordHead.payload - 8
    client.begin(CommandKind.inject, 1, big)
    client.commit()
    expect(host.take()?.payload).toHaveLength(big)
    host.put(EventKind.sniffed, 7, new Uint8Array(8).fill(1))
    client.command(CommandKind.close)
    expect(host.take()?.kind).toBe(CommandKind.close)
    expect(client.next()).toBe(true)
    expect(client.timeUs).toBe(7)
  })

  it('refuses a command when the ring is full', () => {
    const { client } = pair()
    const fill = () => {
      for (let i = 0; i < 100; i++) {
        client.begin(CommandKind.inject, 0, 60_000)
        client.commit()
      }
    }
    expect(codeOf(fill)).toBe('LD_RING_FULL')
  })

  it('refuses memory of another layout', () => {
    const memory = createChannel()
    new Uint32Array(memory)[0] = LAYOUT_VERSION + 1
    expect(codeOf(() => new ChannelClient(memory))).toBe('LD_LAYOUT')
  })

  it('rings where the host parks, and only when it has', () => {
    const run = createChannel()
    const words = new Int32Array(run)
    const admin = new ChannelClient(createChannel(), run)
    admin.command(CommandKind.listSockets)
    expect(words[Channel.hostDoorbell >> 2]).toBe(0)
    words[Channel.hostParked >> 2] = 1
    admin.command(CommandKind.listSockets)
    expect(words[Channel.hostDoorbell >> 2]).toBe(1)
  })

  it('waits no longer than it was told', async () => {
    const { client, memory } = pair()
    expect(client.wait(0)).toBe(false)
    const began = performance.now()
    expect(client.wait(20)).toBe(false)
    expect(await client.waitAsync(20)).toBe(false)
    expect(performance.now() - began).toBeGreaterThanOrEqual(39)
    expect(new Int32Array(memory)[Channel.clientParked >> 2]).toBe(0)
  })

  it('tells that its host is gone', () => {
    const { client, memory } = pair()
    new Uint32Array(memory)[0] = 0
    expect(codeOf(() => client.wait(50))).toBe('LD_HOST_GONE')
  })

  it('leaves the event loop free in waitAsync', async () => {
    const { client, host } = pair()
    setTimeout(() => host.put(EventKind.faultBegun, 5, new Uint8Array(0)), 10)
    expect(await client.waitAsync(5000)).toBe(true)
    expect(client.next()).toBe(true)
    expect(client.kind).toBe(EventKind.faultBegun)
  })

  it('loses no wake-up between two threads that park all the time', async () => {
    const { client, memory } = pair()
    // Answers each command with an event, and parks as dpdk-thread.ts does.
    const echo = `
      const { workerData: { memory, at } } = require('node:worker_threads')
      const words = new Int32Array(memory), view = new DataView(memory)
      for (let n = 0; n < 20000; ) {
        const head = Atomics.load(words, at.commandHead >> 2), tail = words[at.commandTail >> 2]
        if (head === tail) {
          const seen = Atomics.load(words, at.hostDoorbell >> 2)
          Atomics.store(words, at.hostParked >> 2, 1)
          if (Atomics.load(words, at.commandHead >> 2) === tail) Atomics.wait(words, at.hostDoorbell >> 2, seen)
          Atomics.store(words, at.hostParked >> 2, 0)
          continue
        }
        Atomics.store(words, at.commandTail >> 2, (tail + 16) | 0)
        const event = words[at.eventHead >> 2], to = at.rings + at.commandSize + (event & (at.eventSize - 1))
        view.setUint32(to, 16, true); view.setUint32(to + 4, 5, true); view.setFloat64(to + 8, n++, true)
        Atomics.store(words, at.eventHead >> 2, (event + 16) | 0)
        if (Atomics.load(words, at.clientParked >> 2) !== 0) {
          Atomics.add(words, at.clientDoorbell >> 2, 1)
          Atomics.notify(words, at.clientDoorbell >> 2)
        }
      }`
    const worker = new Worker(echo, { eval: true, workerData: { memory, at: Channel } })
    for (let n = 0; n < 20_000; n++) {
      client.command(CommandKind.start)
      // A lost wake-up would cost the whole second.
      while (!client.next()) expect(client.wait(1000)).toBe(true)
      if (client.timeUs !== n) throw new Error(`event ${client.timeUs} instead of ${n}`)
    }
    await worker.terminate()
  })
})
