import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import {
  ACK,
  AF_INET,
  MSS_1460,
  REMOTE,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SYN,
  sockaddr,
  tcp,
} from '../../../test/support/segment.js'
import { Call } from '../../engine/src/host/layout.js'
import { guardPath } from '../src/index.js'
import { openBench, openHost, refusal } from './support/host.js'

const refused = refusal()
const named = refused ? `kernel host (skipped: ${refused}; run as root or under lunadrill-guard)` : 'kernel host'
const { EAGAIN, EBADF, EFAULT, EPIPE, EADDRINUSE, EINVAL } = constants.errno

const MSG_DONTWAIT = 0x40
const [TCP_INQ, TCP_CM_INQ] = [36, 36]
const FIONREAD = 0x541b

const words = (octets: Uint8Array) => [...new Int32Array(Uint8Array.from(octets).buffer)]
const AF_INET6 = 10
const IPPROTO_UDP = 17

const ipv6 = {
  family: 'ipv6',
  localIp: 'fd3d:fa7b:d17d::2',
  prefixLength: 48,
  gatewayIp: 'fd3d:fa7b:d17d:8888::',
  remoteIp: '2001:db8::1',
  remotePrefixLength: 32,
} as const
const remote6 = Uint8Array.from([0x20, 0x01, 0x0d, 0xb8, ...new Array(11).fill(0), 1])

/** A struct sockaddr_in6. */
function sockaddr6(ip: Uint8Array, port: number): Uint8Array {
  const address = new Uint8Array(28)
  address.set([AF_INET6, 0, port >>> 8, port & 255])
  address.set(ip, 8)
  return address
}

function codeOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}

async function eventually<T>(value: () => T, wanted: T): Promise<T> {
  for (let i = 0; i < 100 && value() !== wanted; i++) await new Promise((done) => setTimeout(done, 50))
  return value()
}

// An ordinary user runs this whole file once more under the guard, as root of a user namespace.
describe.skipIf(refused !== 'LD_NETNS_PERMISSION' || spawnSync(guardPath(), ['--', 'true']).status !== 0)(
  'kernel host of an ordinary user',
  () => {
    it('passes these tests under lunadrill-guard', { timeout: 60_000 }, () => {
      const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
      const root = fileURLToPath(new URL('..', import.meta.url))
      const args = ['--', process.execPath, vitest, 'run', '--root', root, 'test/kernel-host.test.ts']
      const { status, stdout, stderr } = spawnSync(guardPath(), args, { encoding: 'utf8' })
      expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' })
    })
  },
)

describe.skipIf(refused)(named, () => {
  it('opens and closes 50 times and leaves no descriptor and no namespace', async () => {
    const before = readlinkSync('/proc/thread-self/ns/net')
    openHost().close()
    const open = () => readdirSync('/proc/self/fd').length
    await eventually(open, open())
    await new Promise((done) => setTimeout(done, 200))
    const descriptors = open()
    for (let i = 0; i < 50; i++) {
      const host = openHost()
      expect(readlinkSync('/proc/thread-self/ns/net')).not.toBe(before)
      host.remotePort()
      host.close()
      host.close()
    }
    expect(readlinkSync('/proc/thread-self/ns/net')).toBe(before)
    expect(await eventually(open, descriptors)).toBe(descriptors)
  })

  it('makes tun0 as upstream makes it', () => {
    const { host } = openBench({ mtu: 1400, speedMbps: 10000 })
    const show = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' })
    expect(show('-4', 'addr', 'show', 'tun0')).toMatch(/mtu 1400[\s\S]*inet 192\.168\.0\.2\/16 scope global tun0/)
    expect(show('route')).toMatch(/^192\.0\.2\.0\/24 via 192\.168\.0\.1 dev tun0/m)
    expect(show('link', 'show', 'lo')).toContain('LOWER_UP')
    // sysfs shows the namespace that mounted it.
    const speed = 'mount -t sysfs none /sys && cat /sys/class/net/tun0/speed'
    const mounted = spawnSync('unshare', ['--mount', 'sh', '-c', speed], { encoding: 'utf8' })
    if (mounted.status === 0) expect(mounted.stdout).toBe('10000\n')
    host.close()
  })

  it('makes tun0 of IPv6, whose address is usable at once', () => {
    const { host, call, options } = openBench({ ...ipv6, mtu: 1520 })
    const show = (...args: string[]) => execFileSync('ip', ['-6', ...args], { encoding: 'utf8' })
    expect(show('addr', 'show', 'tun0')).toMatch(/mtu 1520[\s\S]*inet6 fd3d:fa7b:d17d::2\/48 scope global nodad/)
    expect(show('route')).toMatch(/^2001:db8::\/32 via fd3d:fa7b:d17d:8888:: dev tun0/m)
    const fd = call('socket', { args: [AF_INET6, SOCK_DGRAM, 0] }).result
    expect(call('sendto', { fd, args: [100], data: sockaddr6(remote6, 9) }).result).toBe(100)
    const { packet } = options
    do expect(host.sniff(2e6)).toBeGreaterThan(0)
    while (packet[6] !== IPPROTO_UDP)
    expect([...packet.slice(8, 24)]).toEqual([0xfd, 0x3d, 0xfa, 0x7b, 0xd1, 0x7d, ...new Array(9).fill(0), 2])
    expect([...packet.slice(24, 40)]).toEqual([...remote6])
    host.close()
  })

  it('of an anyip run has no address, and its peers are on the link', () => {
    for (const [family, addresses] of [
      ['-4', {}],
      ['-6', ipv6],
    ] as const) {
      const { host } = openBench({ ...addresses, anyip: true })
      const show = (...args: string[]) => execFileSync('ip', [family, ...args], { encoding: 'utf8' })
      expect(show('addr', 'show', 'tun0')).not.toContain('scope global')
      expect(show('route')).toMatch(
        family === '-4' ? /^192.0.2.0\/24 dev tun0 scope link/m : /^2001:db8::\/32 dev tun0/m,
      )
      host.close()
    }
  })

  it.each([
    [{}, 'tcp'],
    [{ socketFamily: 'ipv6' } as const, 'tcp6'],
    [ipv6, 'tcp6'],
  ])('holds remote ports with listeners of the sockets’ family: %j', (overrides, table) => {
    const host = openHost(overrides)
    const hexPort = `:${host.remotePort().toString(16).toUpperCase().padStart(4, '0')} `
    expect(readFileSync(`/proc/thread-self/net/${table}`, 'utf8')).toContain(hexPort)
    host.close()
  })

  it.each([
    [{ family: 'ipv5' }, 'family must be'],
    [{ localIp: '::1' }, 'localIp is of another family'],
    [{ ...ipv6, remoteIp: '192.0.2.1' }, 'remoteIp is of another family'],
    [{ ...ipv6, gatewayIp: 'x' }, 'gatewayIp must be an IPv4 or IPv6 address'],
    [{ remotePrefixLength: 33 }, 'remotePrefixLength'],
    [{ ...ipv6, remotePrefixLength: 129 }, 'remotePrefixLength'],
  ])('refuses %j', (overrides, words) => {
    const open = () => openHost(overrides as never)
    expect(open).toThrow(expect.objectContaining({ code: 'LD_ARGUMENT', message: expect.stringContaining(words) }))
  })

  it('sets time 0 shortly ahead and waits exactly enough', () => {
    const { host } = openBench()
    host.start()
    expect(host.now()).toBeLessThan(20_000)
    const reached = host.waitUntil(3000)
    expect(reached).toBeGreaterThanOrEqual(3000)
    expect(host.waitUntil(0)).toBeGreaterThanOrEqual(reached)
    host.close()
  })

  it('answers a SYN with a SYN-ACK whose time lies between injection and now', () => {
    const { host, inject, sniffTcp, listener } = openBench()
    const port = host.remotePort()
    host.start()
    listener()
    const before = host.now()
    inject(tcp({ sourcePort: port, flags: SYN, seq: 0, options: MSS_1460 }))
    const synAck = sniffTcp()
    const after = host.now()
    expect(synAck).toMatchObject({ sourcePort: 8080, destinationPort: port, flags: SYN | ACK, ack: 1, payload: 0 })
    // The capture's stamp is another clock's; the two are compared to within 20 us.
    expect(synAck?.atUs).toBeGreaterThan(before - 20)
    expect(synAck?.atUs).toBeLessThan(after + 20)
    host.close()
  })

  it('accepts blocking: asleep until the handshake, then returned with the peer', () => {
    const { host, handshake, listener, options } = openBench()
    host.start()
    const fd = listener()
    const port = host.remotePort()
    const record = new DataView(options.blockingCall.buffer)
    record.setUint32(0, 4, true)
    record.setInt32(8, fd, true)
    record.setUint32(32, 128, true)
    const at = host.now() + 5000
    expect(host.startBlockingCall(at)).toBe('blocked')
    expect(host.now()).toBeGreaterThan(at)
    expect(host.blockingReturned()).toBe(false)
    expect(host.waitBlocking(2000)).toBe(false)
    expect(codeOf(() => host.startBlockingCall(0))).toBe('LD_BLOCKED')
    const before = host.now()
    handshake(port)
    expect(host.waitBlocking(2e6)).toBe(true)
    expect(host.blockingReturned()).toBe(true)
    expect(record.getInt32(36, true)).toBeGreaterThan(2)
    expect(record.getUint32(44, true)).toBe(16)
    expect(options.blockingCall.slice(64, 80)).toEqual(sockaddr(REMOTE, port))
    expect(record.getFloat64(48, true)).toBeGreaterThanOrEqual(at)
    expect(record.getFloat64(56, true)).toBeGreaterThan(before)
    host.close()
  })

  it('receives messages: flags, control messages and what the clock said at time 0, after a failure as they were', () => {
    const { host, call, handshake, inject, listener } = openBench()
    host.start()
    const fd = listener()
    const port = host.remotePort()
    const synAck = handshake(port)
    const child = call('accept', { fd }).result
    expect(call('setsockopt', { fd: child, args: [6, TCP_INQ, 4], data: new Uint8Array([1, 0, 0, 0]) }).result).toBe(0)
    const asked = new Uint8Array(Int32Array.of(30, 0, 20, 0, 1, 2, 3, 0).buffer)
    const args = [MSG_DONTWAIT, 1, 24, 77]
    const none = call('recvmsg', { fd: child, args, data: asked })
    expect(none).toMatchObject({ result: -1, errno: EAGAIN })
    expect(words(none.data)).toEqual([77, 24, expect.any(Number), expect.any(Number), 20, 0, 1, 2, 3, 0])
    inject(tcp({ sourcePort: port, flags: ACK, seq: 1, ack: synAck.seq + 1, payload: 100 }))
    const some = call('recvmsg', { fd: child, args, data: asked })
    expect(some.result).toBe(30)
    expect(words(some.data)).toEqual([0, 24, expect.any(Number), expect.any(Number), 20, 0, 6, TCP_CM_INQ, 70, 0])
    const zeroUs = new DataView(some.data.buffer, some.data.byteOffset).getFloat64(8, true)
    expect(Math.abs(zeroUs + host.now() - Date.now() * 1000)).toBeLessThan(1e6)
    expect(words(call('ioctl', { fd: child, args: [FIONREAD, 1] }).data)).toEqual([70])
    host.close()
  })

  it('says returned for a blocking call that does not sleep', () => {
    const { host, options } = openBench()
    const record = new DataView(options.blockingCall.buffer)
    record.setUint32(0, 4, true)
    record.setInt32(8, 12345, true)
    expect(host.startBlockingCall(0)).toBe('returned')
    expect(record.getInt32(36, true)).toBe(-1)
    expect(record.getInt32(40, true)).toBe(EBADF)
    expect(host.startBlockingCall(0)).toBe('returned')
    host.close()
  })

  it('closes while a call is blocked for ever', () => {
    const { host, listener, options } = openBench()
    const fd = listener()
    const record = new DataView(options.blockingCall.buffer)
    record.setUint32(0, 4, true)
    record.setInt32(8, fd, true)
    expect(host.startBlockingCall(0)).toBe('blocked')
    host.close()
    expect(record.getInt32(36, true)).toBe(-1)
    expect(record.getInt32(40, true)).toBe(constants.errno.EINTR)
  })

  it('sends a large write as one aggregate and retransmits it', () => {
    const { host, call, handshake, listener, sniffTcp, inject } = openBench()
    host.start()
    const fd = listener()
    const port = host.remotePort()
    const synAck = handshake(port)
    const child = call('accept', { fd }).result
    expect(child).toBeGreaterThan(fd)
    expect(call('write', { fd: child, args: [4000] })).toMatchObject({ result: 4000, errno: 0 })
    const sent = sniffTcp()
    expect(sent).toMatchObject({ payload: 4000, seq: synAck.seq + 1 })
    // The kernel sends again after its timeout (tail-loss probe or RTO).
    const again = sniffTcp(3e6)
    expect(again?.payload).toBeGreaterThan(0)
    expect(again!.atUs - sent!.atUs).toBeGreaterThan(1000)
    inject(tcp({ sourcePort: port, flags: ACK, seq: 1, ack: synAck.seq + 4001 }))
    inject(tcp({ sourcePort: port, flags: ACK, seq: 1, ack: synAck.seq + 4001, payload: 700 }))
    expect(call('read', { fd: child, args: [1000] })).toMatchObject({ result: 700 })
    expect(call('recv', { fd: child, args: [1000, MSG_DONTWAIT] })).toMatchObject({ result: -1, errno: EAGAIN })
    host.close()
  })

  it('keeps one packet more in tun0 than was sniffed, so that the last one is not joined with others when sent again', () => {
    const { host, call, handshake, listener, sniffTcp } = openBench()
    host.start()
    const fd = listener()
    const port = host.remotePort()
    const first = handshake(port).seq + 1
    const child = call('accept', { fd }).result
    const TCP_NODELAY = 1
    expect(call('setsockopt', { fd: child, args: [6, TCP_NODELAY, 4], data: Uint8Array.of(1, 0, 0, 0) }).result).toBe(0)
    for (const seq of [first, first + 100]) {
      expect(call('write', { fd: child, args: [100] }).result).toBe(100)
      expect(sniffTcp()).toMatchObject({ seq, payload: 100 })
    }
    // A tail-loss probe may come before.
    let again = sniffTcp(3e6)
    while (again !== undefined && again.seq !== first) again = sniffTcp(3e6)
    expect(again?.payload).toBe(100)
    host.close()
  })

  it('survives SIGPIPE: a write to a reset connection is EPIPE', () => {
    const { host, call, handshake, listener, inject } = openBench()
    const fd = listener()
    const port = host.remotePort()
    handshake(port)
    const child = call('accept', { fd }).result
    inject(tcp({ sourcePort: port, flags: 4, seq: 1 }))
    expect(call('write', { fd: child, args: [10] }).errno).toBe(constants.errno.ECONNRESET)
    expect(call('write', { fd: child, args: [10] })).toMatchObject({ result: -1, errno: EPIPE })
    host.close()
  })

  it('gives each call its result, errno and out-parameters', () => {
    const { host, call, listener } = openBench()
    const fd = listener()
    expect(call('bind', { fd: 9999, data: sockaddr('0.0.0.0', 1) })).toMatchObject({ result: -1, errno: EBADF })
    const other = call('socket', { args: [AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0] }).result
    expect(call('bind', { fd: other, data: sockaddr('0.0.0.0', 8080) })).toMatchObject({
      result: -1,
      errno: EADDRINUSE,
    })
    expect(call('accept', { fd: other })).toMatchObject({ result: -1, errno: EINVAL })
    // F_GETFL without an argument, F_SETFL with one.
    expect(call('fcntl', { fd: other, args: [3] }).result & SOCK_NONBLOCK).toBe(SOCK_NONBLOCK)
    expect(call('fcntl', { fd: fd, args: [4, 1, SOCK_NONBLOCK] }).result).toBe(0)
    expect(call('accept', { fd })).toMatchObject({ result: -1, errno: EAGAIN })
    // TCP_MAXSEG, in and out.
    expect(call('setsockopt', { fd: other, args: [6, 2, 4], data: Uint8Array.from([0xe8, 3, 0, 0]) }).result).toBe(0)
    expect(call('getsockopt', { fd: other, args: [6, 2, 4] }).data).toHaveLength(4)
    expect(call('getsockopt', { fd: other, args: [6, 9999, 4] })).toMatchObject({ result: -1 })
    expect(call('connect', { fd: other, data: sockaddr(REMOTE, 8080) }).errno).toBe(constants.errno.EINPROGRESS)
    const polled = Uint8Array.from([other & 255, other >> 8, 0, 0, 4, 0, 0, 0])
    const poll = call('poll', { args: [1, 0], data: polled })
    expect(poll).toMatchObject({ result: 0, data: polled })
    const pair = call('socket', { args: [AF_INET, 2, 0] }).result
    expect(call('sendto', { fd: pair, args: [100, 0], data: sockaddr(REMOTE, 9) }).result).toBe(100)
    expect(call('connect', { fd: pair, data: sockaddr(REMOTE, 9) }).result).toBe(0)
    expect(call('writev', { fd: pair, data: Uint8Array.from([10, 0, 0, 0, 20, 0, 0, 0]) }).result).toBe(30)
    expect(call('write', { fd: pair, args: [10, 0, 1] })).toMatchObject({ result: -1, errno: EFAULT })
    expect(call('shutdown', { fd: pair, args: [9] })).toMatchObject({ result: -1, errno: EINVAL })
    expect(call('close', { fd: pair }).result).toBe(0)
    expect(call('close', { fd: pair })).toMatchObject({ result: -1, errno: EBADF })
    host.close()
  })

  it('refuses call records that make no sense', () => {
    const { host, call } = openBench()
    expect(codeOf(() => call('stackTcpInfo'))).toBe('LD_CALL')
    expect(codeOf(() => call('read', { args: [-1] }))).toBe('LD_CALL')
    expect(codeOf(() => call('poll', { args: [2, 0], data: new Uint8Array(8) }))).toBe('LD_CALL')
    host.close()
  })

  it('returns 0 from sniff after the timeout, and when interrupted from another thread', async () => {
    const { host, sniffTcp } = openBench()
    expect(sniffTcp(2000)).toBeUndefined()
    // Whole test in this thread's namespace: the worker only writes to the descriptor.
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads')
       setTimeout(() => require('node:fs').writeSync(workerData, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])), 50)`,
      { eval: true, workerData: host.interruptFd() },
    )
    await new Promise((online) => worker.once('online', online))
    expect(sniffTcp(Number.POSITIVE_INFINITY)).toBeUndefined()
    host.close()
    await worker.terminate()
  })

  it('gives remote ports that stay listened to', () => {
    const { host } = openBench()
    const ports = Array.from({ length: 20 }, () => host.remotePort())
    expect(new Set(ports).size).toBe(20)
    host.close()
  })

  it('names what is wrong', () => {
    expect(codeOf(() => openHost({ localIp: 'nonsense' }))).toBe('LD_ARGUMENT')
    expect(codeOf(() => openHost({ packet: new Uint8Array(10) }))).toBe('LD_ARGUMENT')
    expect(codeOf(() => openHost({ gatewayIp: '10.9.9.9' }))).toBe('LD_NETLINK')
    const { host } = openBench()
    expect(codeOf(() => host.waitUntil(Number.NaN))).toBe('LD_ARGUMENT')
    expect(codeOf(() => host.inject(0))).toBe('LD_ARGUMENT')
    expect(() => host.inject(20)).toThrow(/cannot inject a packet of 20 octets: writev: Invalid argument/)
    host.close()
    expect(codeOf(() => host.call())).toBe('LD_CLOSED')
  })

  const noLimit =
    process.env.LUNADRILL_TEST_LIMIT !== undefined ||
    spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0
      ? ''
      : ' (skipped: no user namespace is allowed here)'
  it.skipIf(noLimit)(
    `frees its namespace soon, connections closed with data unacknowledged included${noLimit}`,
    {
      timeout: 60_000,
    },
    async () => {
      // Exact only where a limit on namespaces can be set: in a user namespace, so this test runs itself in one.
      if (process.env.LUNADRILL_TEST_LIMIT === undefined) {
        const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
        const root = fileURLToPath(new URL('..', import.meta.url))
        const again = [process.execPath, vitest, 'run', '--root', root, 'test/kernel-host.test.ts', '-t', 'frees its']
        const { status, stdout, stderr } = spawnSync('unshare', ['--user', '--map-root-user', ...again], {
          encoding: 'utf8',
          env: { ...process.env, LUNADRILL_TEST_LIMIT: '12' },
        })
        expect({ status, text: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, text: '' })
        return
      }
      writeFileSync('/proc/sys/user/max_net_namespaces', process.env.LUNADRILL_TEST_LIMIT)
      const fill = () => {
        for (let made = 0; ; made++) {
          try {
            const { host, call, handshake, listener } = openBench()
            const fd = listener()
            handshake(host.remotePort())
            const child = call('accept', { fd }).result
            call('write', { fd: child, args: [1000] })
            call('close', { fd: child })
            host.close()
          } catch (error) {
            expect(error).toMatchObject({ code: 'LD_NETNS', errno: constants.errno.ENOSPC })
            return made
          }
        }
      }
      expect(fill()).toBeGreaterThan(5)
      await new Promise((done) => setTimeout(done, 4000))
      expect(fill()).toBeGreaterThan(5)
    },
  )

  it('goes down with its worker, a call still blocked', async () => {
    const dist = new URL('../dist/index.js', import.meta.url).href
    const body = `
      const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(dist)}).then(({ KernelHost }) => {
        const call = new Uint8Array(${Call.size}), blockingCall = new Uint8Array(${Call.size}), packet = new Uint8Array(65600)
        const host = (globalThis.host = new KernelHost({ family: 'ipv4', localIp: '192.168.0.2', prefixLength: 16,
          gatewayIp: '192.168.0.1', remoteIp: '192.0.2.1', remotePrefixLength: 24, mtu: 1500, call, blockingCall, packet }))
        const poll = new DataView(blockingCall.buffer)
        poll.setUint32(0, 17, true)
        poll.setInt32(16, -1, true)
        parentPort.postMessage(host.startBlockingCall(0))
        setInterval(() => {}, 1000)
      })`
    const worker = new Worker(body, { eval: true })
    expect(await new Promise((done) => worker.once('message', done))).toBe('blocked')
    expect(await worker.terminate()).toBe(1)
  })

  it('takes records in shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2 * Call.size))
    const host = openHost({ call: shared.subarray(0, Call.size), blockingCall: shared.subarray(Call.size) })
    new DataView(shared.buffer).setUint32(0, 14, true)
    host.call()
    expect(new DataView(shared.buffer).getInt32(36, true)).toBe(0)
    host.close()
  })
})
