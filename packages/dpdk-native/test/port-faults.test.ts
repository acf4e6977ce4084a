// Faults of the stack's own port and of its time, by lwIP's reactions. Read first: docs/interference.md.
import { describe, expect, it } from 'vitest'
import { ACK, AF_INET, PSH, SOCK_DGRAM, SYN, tcp } from '../../../test/support/segment.js'
import { buildStack } from './stacks/build.mjs'
import { codeOf, missing, openBench } from './support/host.js'

const MSG_DONTWAIT = 0x40
const ENOBUFS = 105

const named = missing ? `faults of the port (skipped: ${missing})` : 'faults of the port'

/** A connection that has 100 octets to read after each `data`. */
const connected = () => {
  const bench = openBench()
  const { fd, sourcePort, iss } = bench.established()
  let seq = 1
  const data = () => {
    bench.inject(tcp({ sourcePort, flags: ACK | PSH, seq, ack: iss + 1, payload: 100 }))
    seq += 100
  }
  return { ...bench, fd, iss, data }
}

describe.skipIf(missing)(named, () => {
  it('a link that is down loses frames both ways, and is up at the microsecond that it is to be', () => {
    const { listener, inject, sniff, advance, interfere, close } = openBench()
    listener()
    interfere('linkdown', { timeUs: 1000 })
    advance(999)
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    expect(sniff(0)).toBeUndefined()
    advance(1000)
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    expect(sniff(0)).toMatchObject({ flags: SYN | ACK, atUs: 1000 })
    expect(close()).toBe(0)
  })

  it('what the stack sends into a link that is down is lost', () => {
    const { fd, call, sniff, interfere, close } = connected()
    interfere('linkdown', {})
    call('write', { fd, args: [100] })
    expect(sniff(0)).toBeUndefined()
    interfere('linkup', {})
    interfere('linkup', {})
    expect(sniff()?.atUs).toBe(2_750_000)
    expect(close()).toBe(0)
  })

  it.each([0, 1, 2])('a ring with room for %i frames loses the others of a burst', (size) => {
    const { data, hold, advance, sniff, interfere, close } = connected()
    interfere('rxring', { amount: size, timeUs: 2000 })
    hold(1000)
    for (let i = 0; i < 3; i++) data()
    advance(2000)
    // lwIP acknowledges every second segment at once, one alone by its timer.
    expect(sniff(300_000)?.ack).toBe(size === 0 ? undefined : 1 + size * 100)
    expect(close()).toBe(0)
  })

  it('an empty pool leaves no buffer to send with, until its mbufs come back', () => {
    const { fd, call, sniff, interfere, close } = connected()
    interfere('mbufpool', { amount: 1, timeUs: 10_000 })
    call('write', { fd, args: [1460] })
    call('write', { fd, args: [1460] })
    // One is left, and free again as soon as the tester has taken the frame.
    expect([sniff(0)?.payload, sniff(0)?.payload]).toEqual([1460, 1460])
    interfere('mbufpool', { amount: 0, timeUs: 10_000 })
    call('write', { fd, args: [1460] })
    expect(sniff(0)).toBeUndefined()
    expect(sniff()?.atUs).toBe(250_000)
    expect(close()).toBe(0)
  })

  it('an empty pool loses what comes in, too', () => {
    const { listener, inject, sniff, interfere, close } = openBench()
    listener()
    interfere('mbufpool', { amount: 0 })
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    interfere('mbufpool', { amount: 2000 })
    expect(sniff(10e6)).toBeUndefined()
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    expect(sniff(0)).toMatchObject({ flags: SYN | ACK })
    // Those that are held are given back, and are no leak of the stack's.
    expect(close()).toBe(0)
  })

  it("the stack's clock jumps, and the run's goes on", () => {
    const { data, advance, sniff, interfere, close } = connected()
    data()
    expect(sniff(0)).toBeUndefined()
    interfere('clockjump', { amount: 250_000 })
    expect(sniff(0)).toMatchObject({ ack: 101, atUs: 0 })
    expect(advance(1e6)).toBe(1e6)
    data()
    expect(sniff(300_000)?.atUs).toBe(1_250_000)
    expect(close()).toBe(0)
  })

  it('end while polling is held, at their time', () => {
    const { fd, call, hold, sniff, interfere, data, advance, close } = connected()
    hold(5000)
    interfere('linkdown', { timeUs: 1000 })
    data()
    advance(1000)
    data()
    // A call waits for the end of the hold, and passes the end of the other fault.
    interfere('linkdown', { timeUs: 1000 })
    expect(call('recv', { fd, args: [1000, MSG_DONTWAIT] })).toMatchObject({ result: -1, startUs: 5000 })
    expect(sniff(0)).toMatchObject({ ack: 1 })
    expect(close()).toBe(0)
  })

  it('a stack without memory makes no sockets, until so many allocations have failed', () => {
    const { call, interfere, close } = openBench()
    const socket = () => call('socket', { args: [AF_INET, SOCK_DGRAM, 0] })
    interfere('allocfail', { skip: 1, count: 2 })
    expect([socket(), socket(), socket(), socket()].map(({ result }) => result)).toEqual([3, -1, -1, 4])
    interfere('allocfail', {})
    for (let i = 0; i < 10; i++) expect(socket()).toMatchObject({ result: -1, errno: ENOBUFS })
    interfere('clearfaults', {})
    expect(socket().result).toBe(5)
    expect(close()).toBe(0)
  })

  it('it has memory again at the microsecond that it is to have', () => {
    const { listener, inject, sniff, advance, interfere, close } = openBench()
    listener()
    interfere('allocfail', { timeUs: 1000 })
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    advance(999)
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    expect(sniff(0)).toBeUndefined()
    advance(1000)
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    expect(sniff(0)).toMatchObject({ flags: SYN | ACK, atUs: 1000 })
    expect(close()).toBe(0)
  })

  it('a stack that cannot fail on demand is not asked to', () => {
    const { interfere, close } = openBench({ soPath: buildStack('quiet') })
    expect(codeOf(() => interfere('allocfail', {}))).toBe('LD_UNSUPPORTED')
    expect(close()).toBe(0)
  })

  it('are gone with the run', () => {
    const first = openBench()
    first.interfere('linkdown', {})
    first.interfere('mbufpool', {})
    // It must not act here: lwIP aborts where a timer gets no memory.
    first.interfere('allocfail', { skip: 1000 })
    first.interfere('clockjump', { amount: 1e12 })
    expect(first.close()).toBe(0)
    const { listener, inject, sniff, close } = openBench()
    listener()
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    expect(sniff(0)).toMatchObject({ flags: SYN | ACK, atUs: 0 })
    expect(close()).toBe(0)
  })
})
