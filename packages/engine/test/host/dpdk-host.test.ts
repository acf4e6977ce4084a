// Over the built files: the host's thread is started from them.
import { stackPath, unavailable } from '@lunadrill/dpdk-native'
import { afterAll, describe, expect, it } from 'vitest'
import { type Fields, readCall, writeCall } from '../../../../test/support/call-record.js'
import {
  ACK,
  FIN,
  GATEWAY,
  LOCAL,
  PORT,
  PSH,
  REMOTE,
  RST,
  SYN,
  tcp as segment,
  sockaddr,
} from '../../../../test/support/segment.js'
import { interfere, listSockets } from '../../dist/host/admin-client.js'
import { ChannelClient, createChannel } from '../../dist/host/channel.js'
import { DpdkHost } from '../../dist/host/dpdk-host.js'
import { DpdkWorker } from '../../dist/host/dpdk-worker.js'
import { CallOp, Channel } from '../../src/host/layout.js'

const missing = unavailable()
const named = missing ? `DPDK host (skipped: ${missing})` : 'DPDK host'

const O_RDWR = 2

const tcp = (sourcePort: number, flags: number, seq: number, ack = 0, payload = 0) =>
  segment({ sourcePort, flags, seq, ack, payload })

const worker = missing ? undefined : new DpdkWorker()
afterAll(() => worker?.terminate())

async function open(clock: 'virtual' | 'wall', soPath = stackPath('libluna.so')) {
  const [channel, adminChannel] = [createChannel(), createChannel()]
  const stack = await worker!.open({
    soPath,
    stackOptions: '',
    clock,
    localIp: LOCAL,
    prefixLength: 16,
    gatewayIp: GATEWAY,
    remoteIp: REMOTE,
    mtu: 1500,
    channel,
    admin: adminChannel,
  })
  const host = new DpdkHost({ channel, clock })
  const admin = new ChannelClient(adminChannel, channel)
  const call = (op: keyof typeof CallOp, fields: Fields) => {
    writeCall(host.callRecord, CallOp[op], fields)
    host.call()
    return readCall(host.callRecord)
  }
  const startBlocking = (atUs: number, op: keyof typeof CallOp, fields: Fields) => {
    writeCall(host.blockingRecord, CallOp[op], fields)
    return host.startBlockingCall(atUs)
  }
  const inject = (packet: Uint8Array) => {
    host.packet.set(packet)
    host.inject(packet.length)
  }
  const sniff = (timeoutUs: number) => {
    const length = host.sniff(timeoutUs)
    if (length === 0) return undefined
    const view = new DataView(host.packet.buffer)
    return { seq: view.getUint32(24), flags: host.packet[33]!, length, atUs: host.sniffedAtUs() }
  }
  const listener = () => {
    const fd = call('socket', { args: [2, 1, 0] }).result
    call('bind', { fd, data: sockaddr('0.0.0.0', PORT) })
    call('listen', { fd, args: [1] })
    return fd
  }
  const established = () => {
    const listening = listener()
    const port = host.remotePort()
    inject(tcp(port, SYN, 0))
    const synAck = sniff(1e6)!
    inject(tcp(port, ACK, 1, synAck.seq + 1))
    return { listening, port, iss: synAck.seq, fd: call('accept', { fd: listening }).result }
  }
  /** Turns of the host's loop, each with a poll of the stack where virtual time moves. */
  const turns = () => Atomics.load(new Int32Array(channel), Channel.heartbeat >> 2)
  return { stack, host, admin, call, startBlocking, inject, sniff, listener, established, turns }
}

const codeOf = async (failing: Promise<unknown>) =>
  failing.then(
    () => 'none',
    (error: { code: string }) => error.code,
  )

describe.skipIf(missing)(named, () => {
  it('says which stack it has loaded', async () => {
    const { stack, host } = await open('virtual')
    expect(stack).toMatchObject({ name: 'lwIP', version: '2.1.3' })
    host.close()
    host.close()
    expect(await worker!.closed()).toMatchObject({ keptFrames: 0, leaks: { frames: [], descriptors: [] } })
  })

  it('passes on why a stack cannot be had, and serves the next run', async () => {
    expect(await codeOf(open('virtual', '/nowhere.so'))).toBe('LD_STACK_NOT_FOUND')
    const { host } = await open('virtual')
    host.close()
  })

  describe.each(['virtual', 'wall'] as const)('in %s time', (clock) => {
    it('answers a SYN', async () => {
      const { host, inject, sniff, listener } = await open(clock)
      host.start()
      listener()
      const before = host.now()
      inject(tcp(host.remotePort(), SYN, 0))
      const synAck = sniff(1e6)!
      expect(synAck).toMatchObject({ flags: SYN | ACK })
      expect(synAck.atUs).toBeGreaterThanOrEqual(before)
      expect(synAck.atUs).toBeLessThanOrEqual(host.now() + 1)
      expect(sniff(0)).toBeUndefined()
      host.close()
    })

    it('gives another remote port each time', async () => {
      const { host } = await open(clock)
      expect(new Set([host.remotePort(), host.remotePort(), host.remotePort()]).size).toBe(3)
      host.close()
    })

    it('waits until a time, and not where it has passed', async () => {
      const { host } = await open(clock)
      expect(host.now()).toBe(0)
      host.start()
      const reached = host.waitUntil(5000)
      expect(reached).toBeGreaterThanOrEqual(5000)
      if (clock === 'virtual') expect(reached).toBe(5000)
      expect(host.waitUntil(100)).toBeGreaterThanOrEqual(reached)
      host.close()
    })

    it('lets a call sleep and return when there is what it waits for', async () => {
      const { host, startBlocking, inject, sniff, listener } = await open(clock)
      host.start()
      const fd = listener()
      expect(startBlocking(1000, 'accept', { fd })).toBe('blocked')
      expect(host.blockingReturned()).toBe(false)
      expect(host.waitBlocking(2000)).toBe(false)
      const port = host.remotePort()
      inject(tcp(port, SYN, 0))
      inject(tcp(port, ACK, 1, sniff(1e6)!.seq + 1))
      expect(host.waitBlocking(1e6)).toBe(true)
      const { result, startUs, returnUs } = readCall(host.blockingRecord)
      expect(result).toBe(4)
      expect(startUs).toBeGreaterThanOrEqual(1000)
      expect(returnUs).toBeGreaterThanOrEqual(3000)
      expect(startBlocking(0, 'fcntl', { fd, args: [3] })).toBe('returned')
      expect(readCall(host.blockingRecord).result).toBe(O_RDWR)
      host.close()
    })

    it('keeps packets in order while other things are done', async () => {
      const { host, call, inject, sniff, established } = await open(clock)
      host.start()
      const { fd, port, iss } = established()
      for (let i = 0; i < 5; i++) {
        call('write', { fd, args: [100] })
        inject(tcp(port, ACK, 1, iss + 1 + 100 * (i + 1)))
      }
      const seen = Array.from({ length: 5 }, () => sniff(1e6)?.seq)
      expect(seen).toEqual([0, 1, 2, 3, 4].map((i) => iss + 1 + 100 * i))
      host.close()
    })

    it('shows the sockets to the admin server, and what Python sees', async () => {
      const { host, admin, established } = await open(clock)
      host.start()
      const { fd, port, listening } = established()
      const [first, second] = await listSockets(admin)
      expect(first).toMatchObject({ fd: listening, state: 'LISTEN', localPort: PORT, protocol: 'tcp', remotePort: 0 })
      expect(second).toMatchObject({ fd, state: 'ESTABLISHED', remoteIp: REMOTE, remotePort: port })
      expect(second?.tcp?.get('snd_mss')).toBe(536)
      expect(host.pythonVariables(fd).values.get('tcpi_state')).toBe(1)
      expect(() => host.pythonVariables(77)).toThrow(/no tcp_info of descriptor 77/)
      host.close()
    })

    it('holds polling for the admin server', async () => {
      const { host, admin, call, listener } = await open(clock)
      host.start()
      const fd = listener()
      await Promise.all([
        interfere(admin, { name: 'pollinghang', values: new Map([['time', 20_000]]) }),
        listSockets(admin),
      ])
      const held = host.now()
      expect(call('fcntl', { fd, args: [3] }).returnUs).toBeGreaterThanOrEqual(Math.min(held, 1) + 19_000)
      host.close()
    })
  })

  it.each(['virtual', 'wall'] as const)('takes a fault from the script, in %s time', async (clock) => {
    const { host, inject, sniff, listener } = await open(clock)
    host.start()
    listener()
    host.interfere({ name: 'linkdown', values: new Map([['time', 50_000]]) })
    inject(tcp(host.remotePort(), SYN, 0))
    expect(sniff(20_000)).toBeUndefined()
    host.waitUntil(60_000)
    inject(tcp(host.remotePort(), SYN, 0))
    expect(sniff(1e6)).toMatchObject({ flags: SYN | ACK })
    host.close()
  })

  describe('in virtual time', () => {
    it('reaches a packet hours away at once', async () => {
      const { host, call, sniff, established } = await open('virtual')
      host.start()
      const { fd } = established()
      call('setsockopt', { fd, args: [1, 9, 4], data: Uint8Array.from([1, 0, 0, 0]) })
      const began = performance.now()
      expect(sniff(Number.POSITIVE_INFINITY)).toMatchObject({ flags: ACK })
      expect(host.now()).toBeGreaterThanOrEqual(7200e6)
      expect(host.sniffedAtUs()).toBe(host.now())
      expect(performance.now() - began).toBeLessThan(1000)
      host.close()
    })

    it('runs a call that sleeps to its end by letting time pass', async () => {
      const { host, call, established } = await open('virtual')
      host.start()
      const { fd } = established()
      call('setsockopt', { fd, args: [1, 9, 4], data: Uint8Array.from([1, 0, 0, 0]) })
      expect(call('read', { fd, args: [1] })).toMatchObject({ result: -1, errno: 110 })
      expect(host.now()).toBeGreaterThan(7800e6)
      host.close()
    })

    it('gives up on a call that nothing will wake', async () => {
      const { host, call, listener } = await open('virtual')
      host.start()
      const fd = listener()
      expect(() => call('accept', { fd })).toThrow(expect.objectContaining({ code: 'LD_CALL_SLEEPS' }))
      host.close()
    })

    it('does the same in every run', async () => {
      const run = async () => {
        const { host, call, inject, sniff, established } = await open('virtual')
        host.start()
        const { fd, port, iss } = established()
        call('write', { fd, args: [4000] })
        const trace: string[] = []
        for (let next = sniff(100e6); next; next = sniff(100e6)) {
          trace.push(`${next.atUs} ${Buffer.from(host.packet.subarray(0, next.length)).toString('hex')}`)
        }
        inject(tcp(port, FIN | PSH | ACK, 1, iss + 1, 10))
        inject(tcp(port, RST, 12))
        host.close()
        return trace
      }
      const first = await run()
      expect(first.length).toBeGreaterThan(8)
      for (let i = 0; i < 5; i++) expect(await run()).toEqual(first)
    })
  })

  it('lets an idle connection’s time pass with a turn per timer of the stack, however long', async () => {
    const { host, call, established, turns, sniff } = await open('virtual')
    host.start()
    const { fd } = established()
    // lwIP's timers of 100 ms (IGMP, MLD), 250 ms (TCP) and 1 s expire 13 times a second.
    const TURNS_PER_S = 20
    for (const seconds of [1000, 100_000]) {
      const before = turns()
      const from = host.now()
      expect(host.waitUntil(from + seconds * 1e6)).toBe(from + seconds * 1e6)
      expect(turns() - before).toBeLessThan(seconds * TURNS_PER_S + 1000)
    }
    expect(sniff(0)).toBeUndefined()
    expect(call('write', { fd, args: [10] }).result).toBe(10)
    host.close()
  })

  it('refuses a record that makes no sense, and a second call that sleeps', async () => {
    const { host, call, startBlocking, listener } = await open('virtual')
    const fd = listener()
    expect(() => call('read', { fd, args: [-1] })).toThrow(expect.objectContaining({ code: 'LD_CALL' }))
    startBlocking(0, 'accept', { fd })
    expect(() => startBlocking(0, 'accept', { fd })).toThrow(expect.objectContaining({ code: 'LD_BLOCKED' }))
    host.close()
  })
})
