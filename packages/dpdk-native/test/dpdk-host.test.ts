import { constants } from 'node:os'
import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import {
  ACK,
  AF_INET,
  FIN,
  LOCAL,
  MSS_1460,
  PORT,
  PSH,
  REMOTE,
  RST,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SYN,
  sockaddr,
  tcp,
} from '../../../test/support/segment.js'
import { LunaSocketInfo, LunaTcpInfo, PollBit } from '../src/index.js'
import { callOctets, codeOf, missing, openBench } from './support/host.js'

const { EAGAIN, EBADF, ECONNREFUSED, EFAULT, EPIPE } = constants.errno
const MSG_DONTWAIT = 0x40
const MSG_WAITALL = 0x100
const [SOL_SOCKET, SO_KEEPALIVE, IPPROTO_TCP, TCP_KEEPIDLE] = [1, 9, 6, 4]
const [F_SETFL, O_NONBLOCK] = [4, 0x800]
const [POLLIN, POLLOUT, POLLHUP, POLLNVAL] = [1, 4, 16, 32]
const one = Uint8Array.from([1, 0, 0, 0])
const int = (number: number) => new Uint8Array(Int32Array.of(number).buffer)

const named = missing ? `DPDK host with lwIP (skipped: ${missing})` : 'DPDK host with lwIP'

describe.skipIf(missing)(named, () => {
  it('answers a SYN within the instant that it came, and no ARP is seen', () => {
    const { inject, packets, sniffed, listener, close } = openBench()
    listener()
    expect(inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0, options: MSS_1460 }))).toBe(0)
    expect(packets).toHaveLength(1)
    expect(sniffed()).toMatchObject({ sourcePort: PORT, destinationPort: 40000, flags: SYN | ACK, ack: 1, atUs: 0 })
    expect(close()).toBe(0)
  })

  it('carries a connection from accept to the last FIN', () => {
    const { established, call, inject, sniffed, close } = openBench()
    const { fd, sourcePort, iss } = established()
    expect(call('write', { fd, args: [1000] }).result).toBe(1000)
    expect(sniffed()).toMatchObject({ seq: iss + 1, payload: 1000, flags: ACK | PSH })
    inject(tcp({ sourcePort, flags: ACK | PSH, seq: 1, ack: iss + 1001, payload: 300 }))
    expect(call('read', { fd, args: [200] }).result).toBe(200)
    expect(call('recv', { fd, args: [200] }).result).toBe(100)
    expect(call('recv', { fd, args: [200, MSG_DONTWAIT] })).toMatchObject({ result: -1, errno: EAGAIN })
    expect(call('close', { fd }).result).toBe(0)
    let last = sniffed()
    while (last !== undefined && (last.flags & FIN) === 0) last = sniffed()
    expect(last).toMatchObject({ flags: FIN | ACK, seq: iss + 1001 })
    expect(call('read', { fd, args: [1] })).toMatchObject({ result: -1, errno: EBADF })
    expect(close()).toBe(0)
  })

  it("retransmits at lwIP's times", () => {
    const { established, call, sniff, sniffed, close } = openBench()
    const { fd } = established()
    call('write', { fd, args: [100] })
    expect(sniffed()?.atUs).toBe(0)
    expect(Array.from({ length: 4 }, () => sniff()?.atUs)).toEqual([2_750_000, 8_750_000, 20_750_000, 44_750_000])
    close()
  })

  it('probes after hours, within milliseconds', () => {
    const began = performance.now()
    const { established, call, advance, sniff, close } = openBench()
    const { fd } = established()
    call('setsockopt', { fd, args: [SOL_SOCKET, SO_KEEPALIVE, 4], data: one })
    const probe = sniff(8000e6)
    expect(probe?.atUs).toBeGreaterThanOrEqual(7200e6)
    expect(probe?.atUs).toBeLessThan(7201e6)
    for (let i = 0; i < 8; i++) expect(sniff(76e6)).toMatchObject({ flags: ACK })
    expect(sniff(76e6)).toMatchObject({ flags: RST | ACK })
    expect(call('read', { fd, args: [1] })).toMatchObject({ result: -1, errno: constants.errno.ETIMEDOUT })
    expect(performance.now() - began).toBeLessThan(2000)
    expect(advance(100_000e6)).toBe(100_000e6)
    close()
  })

  it('stops an advance where it is told to, and reaches fractions of a microsecond', () => {
    const { established, call, advance, sniffed, close } = openBench()
    const { fd } = established()
    expect(advance(1000.5)).toBe(1001)
    expect(advance(10)).toBe(1001)
    call('setsockopt', { fd, args: [SOL_SOCKET, SO_KEEPALIVE, 4], data: one })
    call('setsockopt', { fd, args: [IPPROTO_TCP, TCP_KEEPIDLE, 4], data: int(100) })
    const stopped = advance(3600e6, 'sniffed')
    expect(stopped).toBeLessThan(102e6)
    expect(sniffed()?.atUs).toBe(stopped)
    expect(advance(110e6)).toBe(110e6)
    close()
  })

  describe('calls that sleep', () => {
    it('lets accept return with the ACK that it waits for', () => {
      const { listener, startBlocking, inject, advance, sniffed, returned, close } = openBench()
      const fd = listener()
      expect(startBlocking('accept', { fd })).toBeUndefined()
      inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
      expect(returned).toEqual([])
      advance(250_000)
      inject(tcp({ sourcePort: 40000, flags: ACK, seq: 1, ack: sniffed()!.seq + 1 }))
      expect(returned).toMatchObject([{ result: 4, errno: 0, startUs: 0, returnUs: 250_000 }])
      expect(returned[0]!.data).toEqual(sockaddr(REMOTE, 40000))
      close()
    })

    it('takes another call meanwhile, but no second one that sleeps', () => {
      const { listener, startBlocking, call, begin, record, close } = openBench()
      const fd = listener()
      startBlocking('accept', { fd })
      expect(call('fcntl', { fd, args: [3] }).result).toBe(2)
      expect(codeOf(() => startBlocking('accept', { fd }))).toBe('LD_BLOCKED')
      expect(begin('accept', { fd })).toBeUndefined()
      expect(codeOf(() => record(callOctets(16, { fd, args: [3] })))).toBe('LD_BLOCKED')
      close()
    })

    it('connects: 0 with the SYN-ACK, ECONNREFUSED with a reset', () => {
      const { call, startBlocking, inject, sniffed, returned, close } = openBench()
      for (const flags of [SYN | ACK, RST | ACK]) {
        const fd = call('socket', { args: [AF_INET, SOCK_STREAM, 0] }).result
        expect(startBlocking('connect', { fd, data: sockaddr(REMOTE, 9000) })).toBeUndefined()
        const syn = sniffed()!
        expect(syn.flags).toBe(SYN)
        inject(tcp({ sourcePort: 9000, destinationPort: syn.sourcePort, flags, seq: 0, ack: syn.seq + 1 }))
        while (sniffed());
      }
      expect(returned).toMatchObject([{ result: 0 }, { result: -1, errno: ECONNREFUSED }])
      close()
    })

    it('writes on until all octets have gone', () => {
      const { established, startBlocking, inject, sniffed, returned, close } = openBench()
      const { fd, sourcePort, iss } = established()
      const total = 300_000
      expect(startBlocking('write', { fd, args: [total] })).toBeUndefined()
      let acked = 0
      for (let i = 0; i < 1000 && acked < total; i++) {
        for (let segment = sniffed(); segment; segment = sniffed()) acked = segment.seq - iss - 1 + segment.payload
        inject(tcp({ sourcePort, flags: ACK, seq: 1, ack: iss + 1 + acked }))
      }
      expect(acked).toBe(total)
      expect(returned).toMatchObject([{ result: total, errno: 0 }])
      close()
    })

    it('returns what fits at once where the descriptor does not block', () => {
      const { established, call, close } = openBench()
      const { fd } = established()
      expect(call('send', { fd, args: [300_000, MSG_DONTWAIT] }).result).toBe(65535)
      call('fcntl', { fd, args: [F_SETFL, 1, O_NONBLOCK] })
      expect(call('write', { fd, args: [300_000] })).toMatchObject({ result: -1, errno: EAGAIN })
      close()
    })

    it('writes vectors across their parts', () => {
      const { established, startBlocking, inject, sniffed, returned, close } = openBench()
      const { fd, sourcePort, iss } = established()
      const data = new Uint8Array(Uint32Array.of(40_000, 0, 50_000, 1).buffer)
      expect(startBlocking('writev', { fd, data })).toBeUndefined()
      let acked = 0
      for (let i = 0; i < 1000 && acked < 90_001; i++) {
        for (let segment = sniffed(); segment; segment = sniffed()) acked = segment.seq - iss - 1 + segment.payload
        inject(tcp({ sourcePort, flags: ACK, seq: 1, ack: iss + 1 + acked }))
      }
      expect(returned).toMatchObject([{ result: 90_001 }])
      close()
    })

    it('waits with MSG_WAITALL for all of it, or the end', () => {
      const { established, startBlocking, inject, advance, returned, close } = openBench()
      const { fd, sourcePort, iss } = established()
      expect(startBlocking('recv', { fd, args: [300, MSG_WAITALL] })).toBeUndefined()
      inject(tcp({ sourcePort, flags: ACK | PSH, seq: 1, ack: iss + 1, payload: 200 }))
      advance(1000)
      expect(returned).toEqual([])
      inject(tcp({ sourcePort, flags: ACK | PSH, seq: 201, ack: iss + 1, payload: 200 }))
      expect(returned).toMatchObject([{ result: 300, returnUs: 1000 }])
      expect(startBlocking('recv', { fd, args: [300, MSG_WAITALL] })).toBeUndefined()
      inject(tcp({ sourcePort, flags: ACK | FIN, seq: 401, ack: iss + 1 }))
      expect(returned[1]).toMatchObject({ result: 100 })
      close()
    })

    it('polls until a descriptor is ready or the time is over', () => {
      const { established, startBlocking, call, inject, advance, returned, close } = openBench()
      const { fd, sourcePort, iss } = established()
      const want = (events: number) => new Uint8Array(Int32Array.of(fd, events).buffer)
      const got = (data: Uint8Array) => new DataView(data.buffer, data.byteOffset).getInt16(6, true)
      expect(call('poll', { args: [1, 0], data: want(POLLIN) })).toMatchObject({ result: 0 })
      expect(got(call('poll', { args: [1, -1], data: want(POLLIN | POLLOUT) }).data)).toBe(POLLOUT)
      expect(startBlocking('poll', { args: [1, 100], data: want(POLLIN) })).toBeUndefined()
      expect(advance(3600e6, 'returned')).toBe(100_000)
      expect(returned).toMatchObject([{ result: 0, returnUs: 100_000 }])
      expect(startBlocking('poll', { args: [1, 100], data: want(POLLIN) })).toBeUndefined()
      advance(150_000)
      inject(tcp({ sourcePort, flags: ACK | PSH, seq: 1, ack: iss + 1, payload: 1 }))
      expect(returned[1]).toMatchObject({ result: 1, returnUs: 150_000 })
      expect(got(returned[1]!.data)).toBe(POLLIN)
      inject(tcp({ sourcePort, flags: RST | ACK, seq: 2, ack: iss + 1 }))
      const { result, data } = call('poll', { args: [1, -1], data: want(0) })
      expect(result).toBe(1)
      expect(got(data) & POLLHUP).toBe(POLLHUP)
      const closed = new Uint8Array(Int32Array.of(99, POLLIN).buffer)
      expect(got(call('poll', { args: [1, -1], data: closed }).data)).toBe(POLLNVAL)
      close()
    })

    it('does not sleep on a socket made with SOCK_NONBLOCK', () => {
      const { call, close } = openBench()
      const fd = call('socket', { args: [AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0] }).result
      expect(call('connect', { fd, data: sockaddr(REMOTE, 9000) })).toMatchObject({
        result: -1,
        errno: constants.errno.EINPROGRESS,
      })
      close()
    })
  })

  describe('while polling is held', () => {
    it('lets packets wait, and answers them at the end', () => {
      const { listener, hold, inject, packets, advance, sniff, close } = openBench()
      listener()
      hold(5000)
      inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
      expect(packets).toEqual([])
      expect(advance(4999)).toBe(4999)
      expect(packets).toEqual([])
      expect(sniff()).toMatchObject({ flags: SYN | ACK, atUs: 5000 })
      close()
    })

    it('lets a call wait too: it moves time to the end', () => {
      const { listener, hold, call, advance, sockets, close } = openBench()
      const fd = listener()
      advance(100)
      hold(5000)
      hold(10)
      expect(sockets()).toHaveLength(1)
      expect(advance(0)).toBe(100)
      expect(call('fcntl', { fd, args: [3] })).toMatchObject({ startUs: 5100, returnUs: 5100 })
      close()
    })

    it('runs timers late, by which they were held', () => {
      const { established, call, hold, sniff, sniffed, advance, close } = openBench()
      const { fd } = established()
      call('write', { fd, args: [100] })
      sniffed()
      advance(2_700_000)
      hold(1_000_000)
      expect(sniff()?.atUs).toBe(3_700_000)
      close()
    })
  })

  it('gives the same frames at the same times, however often', () => {
    const run = () => {
      const { established, call, inject, advance, packets, close } = openBench()
      const { fd, sourcePort, iss } = established(41000)
      call('write', { fd, args: [5000] })
      advance(300e6)
      inject(tcp({ sourcePort, flags: ACK, seq: 1, ack: iss + 1001 }))
      const client = call('socket', { args: [AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0] }).result
      call('connect', { fd: client, data: sockaddr(REMOTE, 80) })
      call('close', { fd })
      advance(600e6)
      expect(close()).toBe(0)
      return packets.map(({ atUs, octets }) => `${atUs} ${Buffer.from(octets).toString('hex')}`)
    }
    const first = run()
    expect(first.length).toBeGreaterThan(15)
    for (let i = 0; i < 20; i++) expect(run()).toEqual(first)
  })

  it("describes sockets and a connection's tcp_info", () => {
    const { established, sockets, call, close } = openBench()
    const { fd, sourcePort, iss } = established()
    const views = sockets().map((octets) => new DataView(octets.buffer))
    const rows = views.map((view) => [
      view.getInt32(LunaSocketInfo.fd, true),
      view.getUint32(LunaSocketInfo.state, true),
      view.getUint16(LunaSocketInfo.localPort, true),
      view.getUint16(LunaSocketInfo.remotePort, true),
    ])
    expect(rows).toEqual([
      [3, 10, PORT, 0],
      [fd, 1, PORT, sourcePort],
    ])
    const { result, data } = call('stackTcpInfo', { fd })
    expect({ result, length: data.length }).toEqual({ result: 0, length: LunaTcpInfo.size })
    const info = new DataView(data.buffer)
    expect(info.getUint32(8, true)).toBe(1)
    expect(iss).toBe(6510)
    expect(call('stackTcpInfo', { fd: 99 })).toMatchObject({ result: -1, errno: EBADF })
    close()
  })

  it('sends datagrams and takes them', () => {
    const { call, packets, close } = openBench()
    const fd = call('socket', { args: [AF_INET, SOCK_DGRAM, 0] }).result
    expect(call('sendto', { fd, args: [100], data: sockaddr(REMOTE, 7) }).result).toBe(100)
    expect(packets[0]!.octets).toHaveLength(128)
    expect(packets[0]!.octets.slice(12, 16)).toEqual(Uint8Array.from(LOCAL.split('.').map(Number)))
    expect(call('sendto', { fd, args: [100, 0, 1], data: sockaddr(REMOTE, 7) })).toMatchObject({ errno: EFAULT })
    close()
  })

  it('asks a remote end on the same link by ARP, unseen', () => {
    const { call, packets, advance, close } = openBench({ remoteIp: '192.168.77.1' })
    const fd = call('socket', { args: [AF_INET, SOCK_DGRAM, 0] }).result
    call('sendto', { fd, args: [10], data: sockaddr('192.168.77.1', 7) })
    expect(packets.map(({ atUs }) => atUs)).toEqual([0])
    // lwIP forgets neighbours after five minutes, and asks again.
    advance(400e6)
    call('sendto', { fd, args: [10], data: sockaddr('192.168.77.1', 7) })
    expect(packets.map(({ atUs }) => atUs)).toEqual([0, 400e6])
    close()
  })

  it('tells a write on a connection that the peer has reset', () => {
    const { established, inject, call, close } = openBench()
    const { fd, sourcePort, iss } = established()
    inject(tcp({ sourcePort, flags: RST | ACK, seq: 1, ack: iss + 1 }))
    expect(call('write', { fd, args: [1] })).toMatchObject({ result: -1, errno: constants.errno.ECONNRESET })
    expect(call('write', { fd, args: [1] })).toMatchObject({ result: -1, errno: EPIPE })
    close()
  })

  it('refuses records and packets that make no sense, and goes on', () => {
    const { record, inject, call, close } = openBench()
    const refused = (octets: Uint8Array) => codeOf(() => record(octets))
    expect(refused(callOctets(99, {}))).toBe('LD_CALL')
    expect(refused(callOctets(6, { args: [-1] }))).toBe('LD_CALL')
    expect(refused(callOctets(17, { args: [2], data: new Uint8Array(8) }))).toBe('LD_CALL')
    expect(refused(callOctets(6, {}).subarray(0, 32))).toBe('LD_CALL')
    expect(codeOf(() => inject(new Uint8Array(40)))).toBe('LD_INJECT')
    expect(codeOf(() => inject(Uint8Array.from([0x45, 0, 0])))).toBe('LD_INJECT')
    expect(codeOf(() => inject(new Uint8Array(65400).fill(0x45)))).toBe('LD_INJECT')
    expect(call('socket', { args: [AF_INET, SOCK_STREAM, 0] }).result).toBe(3)
    close()
  })

  it('passes packets on whatever they are, longer than the MTU too', () => {
    const { established, inject, call, close } = openBench()
    const { fd, sourcePort, iss } = established()
    inject(tcp({ sourcePort, flags: ACK, seq: 1, ack: iss + 1, payload: 20_000 }))
    expect(call('read', { fd, args: [65535] }).result).toBe(20_000)
    inject(tcp({ sourcePort, flags: ACK, seq: 20_001, ack: iss + 1, payload: 65_353 }))
    for (let i = 0; i < 2000; i++) inject(tcp({ sourcePort: 50000, flags: ACK, seq: i, payload: i }))
    close()
  })

  it('takes a window of segments out of the ring, more than fit into one burst', () => {
    const { established, hold, inject, advance, call, close } = openBench()
    const { fd, sourcePort, iss } = established()
    hold(1000)
    for (let i = 0; i < 100; i++) inject(tcp({ sourcePort, flags: ACK, seq: 1 + 100 * i, ack: iss + 1, payload: 100 }))
    advance(2000)
    expect(call('read', { fd, args: [65535] }).result).toBe(10_000)
    close()
  })

  it('sets time 0 once, before time has moved', () => {
    const { start, advance, close } = openBench()
    start()
    advance(10)
    expect(codeOf(() => start())).toBe('LD_START')
    close()
  })
})

describe.skipIf(missing)('DPDK host in wall time', () => {
  const nowUs = () => Number(process.hrtime.bigint() / 1000n)

  it('stands at 0 until it is started, then follows CLOCK_MONOTONIC', () => {
    const { inject, listener, start, call, sniffed, advance, close } = openBench({ clock: 'wall' })
    const fd = listener()
    expect(inject(tcp({ sourcePort: 39999, flags: SYN, seq: 0 }))).toBe(0)
    // Its answer comes before the stack's in wall time; the next command's comes behind both.
    call('fcntl', { fd, args: [3] })
    expect(sniffed()?.atUs).toBe(0)
    const zero = nowUs()
    start(zero)
    const before = nowUs() - zero
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    call('fcntl', { fd, args: [3] })
    const synAck = sniffed()!
    const after = nowUs() - zero
    expect(synAck.atUs).toBeGreaterThanOrEqual(before)
    expect(synAck.atUs).toBeLessThanOrEqual(after + 1)
    expect(codeOf(() => advance(1e6))).toBe('LD_CLOCK')
    expect(codeOf(() => start(zero))).toBe('LD_START')
    close()
  })

  it("parks until shortly before the stack's next timer", () => {
    const { host, start, established, close } = openBench({ clock: 'wall' })
    start(nowUs())
    established()
    // lwIP ticks every 250 ms while it has a connection; until then there is nothing to do.
    while ((host.poll() & PollBit.mayPark) === 0);
    expect(host.parkTimeoutMs()).toBeGreaterThan(0)
    expect(host.parkTimeoutMs()).toBeLessThanOrEqual(250)
    expect(host.pending()).toBe(false)
    close()
  })

  it('holds calls and packets back for the time asked for', () => {
    const { start, listener, hold, inject, call, sniffed, close } = openBench({ clock: 'wall' })
    const zeroUs = nowUs()
    start(zeroUs)
    const fd = listener()
    const atUs = nowUs() - zeroUs
    hold(20_000)
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    const { startUs } = call('fcntl', { fd, args: [3] })
    expect(startUs - atUs).toBeGreaterThanOrEqual(20_000)
    expect(sniffed()!.atUs - atUs).toBeGreaterThanOrEqual(20_000)
    close()
  })

  it('ends a poll(2) when its time is over', () => {
    const { start, listener, startBlocking, returned, host, call, close } = openBench({ clock: 'wall' })
    start(nowUs())
    const fd = listener()
    expect(startBlocking('poll', { args: [1, 5], data: new Uint8Array(Int32Array.of(fd, 1).buffer) })).toBeUndefined()
    // The call is what takes the events; a busy machine may need many.
    const until = performance.now() + 4000
    while (returned.length === 0 && performance.now() < until) {
      host.poll()
      call('fcntl', { fd, args: [3] })
    }
    const [{ result, startUs, returnUs }] = returned as [(typeof returned)[number]]
    expect(result).toBe(0)
    expect(returnUs - startUs).toBeGreaterThanOrEqual(5000)
    close()
  })
})
