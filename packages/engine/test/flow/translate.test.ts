import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSocket, type TrackedSocket } from '../../src/flow/tracked-socket.js'
import { makeLive, livePacket as shownLive, toScript, translateTimestamp } from '../../src/flow/translate.js'
import { type Family, type IpAddress, parseAddress } from '../../src/wire/address.js'
import { addWords, fold, transportChecksum } from '../../src/wire/checksum.js'
import { u16 } from '../../src/wire/octets.js'
import { packetText, readPacket, type TcpPacket } from '../../src/wire/packet.js'
import { packet } from '../support/packets.js'
import { ENDPOINTS, liveOctets } from '../support/playbook.js'

const into = new Uint8Array(65_600)

/** A connection with script ISNs 100 (local) and 300 (remote), and the stack's own 5000. */
function connection(change: Partial<TrackedSocket> = {}): TrackedSocket {
  return {
    ...newSocket(6, 'synack-acked', 'ipv4'),
    localIp: ENDPOINTS.localIp,
    localPort: 8080,
    remoteIp: ENDPOINTS.remoteIp,
    remotePort: 40_000,
    scriptLocalIsn: 100,
    liveLocalIsn: 5000,
    remoteIsn: 300,
    ...change,
  }
}

const livePacket = (socket: TrackedSocket, line: string, scaled = false) =>
  readPacket(into, makeLive(socket, packet(`< ${line}`), into, scaled)) as TcpPacket
const liveText = (socket: TrackedSocket, line: string, scaled = false) => packetText(livePacket(socket, line, scaled))

/** A packet of the stack in the script's space. */
function scriptText(socket: TrackedSocket, line: string): string {
  const octets = liveOctets(line)
  const seen = readPacket(octets, octets.length) as TcpPacket
  toScript(socket, seen)
  return packetText(seen)
}

describe('an inbound packet', () => {
  it.each([
    ['without SYN is relative to both ISNs', '. 1:11(10) ack 21 win 9', '. 301:311(10) ack 5021 win 9 '],
    ['with SYN is absolute', 'S 300:300(0) win 9', 'S 300:300(0) win 9 '],
    ['with SYN and ACK acknowledges absolutely', 'S. 300:300(0) ack 101 win 9', 'S. 300:300(0) ack 5001 win 9 '],
    ['without the ACK flag keeps its ack number', 'R 1:1(0) win 9', 'R 301:301(0) win 9 '],
    [
      'moves SACK edges with the local ISN',
      '. 1:1(0) ack 1 win 9 <nop,nop,sack 11:21 31:41>',
      '. 301:301(0) ack 5001 win 9 <nop,nop,sack 5011:5021 5031:5041>',
    ],
  ])('%s', (_what, line, text) => {
    expect(liveText(connection(), line)).toBe(text)
  })

  it('without the ACK flag is sent with the ack number as written', () => {
    expect(livePacket(connection(), 'P 1:2(1) ack 7 win 9').body.ack).toBe(7)
  })

  it('wraps around', () => {
    expect(liveText(connection({ liveLocalIsn: 0xffff_fff0, remoteIsn: 0xffff_ffff }), '. 1:1(0) ack 17 win 1')).toBe(
      '. 0:0(0) ack 1 win 1 ',
    )
  })

  it('gets the flow’s addresses and ports, where it has none of its own', () => {
    const { ip, body: tcp } = livePacket(connection(), 'S 0:0(0) win 1')
    expect([ip.source, ip.destination]).toEqual([ENDPOINTS.remoteIp, ENDPOINTS.localIp])
    expect([tcp.sourcePort, tcp.destinationPort]).toEqual([40_000, 8080])
    const own = livePacket(connection(), '77 > 99 S 0:0(0) win 1').body
    expect([own.sourcePort, own.destinationPort]).toEqual([77, 99])
  })

  it('has valid checksums, an odd payload included', () => {
    const length = makeLive(connection(), packet('< P. 1:4(3) ack 1 win 9 <mss 5>'), into, false)
    expect(fold(sum(into, 0, 20))).toBe(0)
    expect(transportChecksum(into, 12, 20, 20, length, 6)).toBe(0)
    expect(u16(into, 36)).not.toBe(0)
  })
})

describe('a packet of the stack', () => {
  it.each([
    ['without SYN is relative to both ISNs', '. 5001:5011(10) ack 311 win 9', '. 1:11(10) ack 11 win 9 '],
    ['with SYN is absolute, from the script’s ISN', 'S. 5000:5000(0) ack 301 win 9', 'S. 100:100(0) ack 301 win 9 '],
    ['without the ACK flag keeps its ack number', 'R 5001:5001(0) win 9', 'R 1:1(0) win 9 '],
    [
      'moves SACK edges with the remote ISN',
      '. 5001:5001(0) ack 301 win 9 <nop,nop,sack 311:321>',
      '. 1:1(0) ack 1 win 9 <nop,nop,sack 11:21>',
    ],
  ])('%s', (_what, line, text) => {
    expect(scriptText(connection(), line)).toBe(text)
  })
})

describe('there and back', () => {
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff })
  const isns = fc.record({ scriptLocalIsn: u32, liveLocalIsn: u32, remoteIsn: u32 })
  const numbers = fc.record({
    seq: fc.integer({ min: 0, max: 0xffff_ffff - 1000 }),
    ack: u32,
    left: u32,
    right: u32,
    length: fc.nat(1000),
    flags: fc.constantFrom('.', 'P.', 'F.', 'R', 'R.'),
  })
  const lineOf = ({ flags, seq, length, ack, left, right }: { flags: string } & Record<string, unknown>) =>
    `${flags} ${seq}:${(seq as number) + (length as number)}(${length}) ack ${ack} win 9 <nop,nop,sack ${left}:${right}>`

  it('a packet has the script’s numbers again', () => {
    fc.assert(
      fc.property(isns, numbers, (isn, written) => {
        const seen = livePacket(connection(isn), lineOf(written))
        // What goes to the stack is, at the other end of the line, what comes from one: the ISNs change places.
        toScript(connection({ liveLocalIsn: isn.remoteIsn, remoteIsn: isn.liveLocalIsn }), seen)
        expect(seen.body).toEqual(packet(`< 40000 > 8080 ${lineOf(written)}`).values.body)
      }),
    )
  })

  it('a SYN is moved by the stack’s ISN alone, and back', () => {
    fc.assert(
      fc.property(isns, numbers, (isn, written) => {
        const line = lineOf({ ...written, flags: 'S.' })
        const seen = livePacket(connection(isn), line)
        expect(seen.body.seq).toBe(written.seq)
        seen.body.seq = seen.body.ack
        toScript(connection(isn), seen)
        expect(seen.body.seq).toBe(written.ack)
      }),
    )
  })

  it('what the stack acknowledges of a line is what comes after that line', () => {
    fc.assert(
      fc.property(isns, fc.integer({ min: 0, max: 1e9 }), fc.nat(1000), (isn, seq, length) => {
        const socket = connection(isn)
        const { body: tcp } = livePacket(socket, `P. ${seq}:${seq + length}(${length}) ack 1 win 9`)
        const octets = liveOctets('. 0:0(0) ack 0 win 9')
        const answer = readPacket(octets, octets.length) as TcpPacket
        answer.body.ack = (tcp.seq + length) >>> 0
        answer.body.seq = tcp.ack
        toScript(socket, answer)
        expect([answer.body.seq, answer.body.ack]).toEqual([1, seq + length])
      }),
    )
  })
})

describe('timestamps', () => {
  const option = (val: number, ecr: number) => `<nop,nop,TS val ${val} ecr ${ecr}>`
  /** The stack's packet against its line; the script's equivalent of its value. */
  function see(socket: TrackedSocket, script: string, live: number): string {
    const octets = liveOctets(`. 5001:5001(0) ack 301 win 9 ${option(live, 8)}`)
    const seen = readPacket(octets, octets.length) as TcpPacket
    translateTimestamp(socket, packet(`> . 1:1(0) ack 1 ${script}`), seen)
    return packetText(seen).replace(/^.*</, '<')
  }
  const echo = (ecr: number) => `. 1:1(0) ack 1 win 9 ${option(5, ecr)}`
  const unknown = (ecr: number) =>
    `error handling packet: unable to infer live TS ecr for script TS ecr ${ecr};  no matching or preceding outbound TS val`

  it('of the stack are counted from the first pair; the echo stays', () => {
    const socket = connection()
    expect(see(socket, option(100, 0), 70_100)).toBe(option(100, 8))
    expect(see(socket, option(150, 0), 70_175)).toBe(option(175, 8))
    expect(see(socket, option(150, 0), 70_000)).toBe(option(0, 8))
  })

  it('are echoed as what the stack really sent for them', () => {
    const socket = connection()
    see(socket, option(100, 0), 70_100)
    see(socket, option(150, 0), 70_175)
    expect(liveText(socket, echo(150))).toContain('TS val 5 ecr 70175')
    see(socket, option(150, 0), 70_999)
    expect(liveText(socket, echo(150))).toContain('ecr 70999')
    expect(liveText(socket, echo(100))).toContain('ecr 70100')
  })

  it.each([0, 120])('that the stack never sent cannot be echoed (%i)', (ecr) => {
    const socket = connection()
    see(socket, option(100, 0), 70_100)
    expect(() => liveText(socket, echo(ecr))).toThrow(expect.objectContaining({ upstream: unknown(ecr) }))
  })

  it('may be echoed by their distance with --tcp_ts_ecr_scaled', () => {
    const socket = connection()
    expect(() => liveText(socket, echo(120), true)).toThrow(expect.objectContaining({ upstream: unknown(120) }))
    see(socket, option(100, 0), 70_100)
    expect(liveText(socket, echo(120), true)).toContain('ecr 70120')
    expect(liveText(socket, echo(90), true)).toContain('ecr 70090')
  })

  it('of a SYN without ACK are echoed as written', () => {
    expect(liveText(connection(), `S 0:0(0) win 9 ${option(5, 77)}`)).toContain('ecr 77')
  })

  it('are not learnt from <...>, nor from a line without them', () => {
    const socket = connection()
    expect(see(socket, '<...>', 70_100)).toBe(option(70_100, 8))
    expect(see(socket, '', 70_100)).toBe(option(70_100, 8))
    expect(socket.firstTimestamp).toBeNull()
  })

  it('count by the last option where there are two', () => {
    const socket = connection()
    const octets = liveOctets('. 5001:5001(0) ack 301 win 9 <TS val 1 ecr 2,TS val 70100 ecr 4>')
    const seen = readPacket(octets, octets.length) as TcpPacket
    translateTimestamp(socket, packet('> . 1:1(0) ack 1 <TS val 9 ecr 2,TS val 100 ecr 4>'), seen)
    expect(packetText(seen)).toContain('<TS val 1 ecr 2,TS val 100 ecr 4>')
    expect([...socket.timestamps]).toEqual([[100, 70_100]])
  })
})

describe('an inbound packet of another kind', () => {
  const v6 = (text: string) => parseAddress(text, 'ipv6') as IpAddress
  const ends = {
    ipv4: { localIp: ENDPOINTS.localIp, remoteIp: ENDPOINTS.remoteIp },
    ipv6: { localIp: v6('fd3d::2'), remoteIp: v6('2001:db8::1') },
  }
  const live = (family: Family, line: string) => {
    const socket = connection(ends[family])
    const length = makeLive(socket, packet(line, family), into, false)
    return { length, read: readPacket(into, length) }
  }
  const hex = (at: number, length: number) => Buffer.from(into).toString('hex', at, at + length)

  it.each(['ipv4', 'ipv6'] as const)(
    'has the flow’s addresses and ports and a valid checksum: UDP over %s',
    (family) => {
      const { read } = live(family, '< udp (3)')
      expect(read?.ip).toMatchObject({ source: ends[family].remoteIp, destination: ends[family].localIp })
      expect(read?.body).toMatchObject({ sourcePort: 40_000, destinationPort: 8080, payloadLength: 3 })
      const [ip, bodyAt] = family === 'ipv4' ? [12, 20] : [8, 40]
      expect(transportChecksum(into, ip, bodyAt, bodyAt, bodyAt + 11, 17)).toBe(0)
      expect(live(family, '< udp 5 > 6 (3)').read?.body).toMatchObject({ sourcePort: 5, destinationPort: 6 })
    },
  )

  it('of TCP over IPv6 has a valid checksum', () => {
    const { length } = live('ipv6', '< P. 1:4(3) ack 1 win 9')
    expect(transportChecksum(into, 8, 40, 40, length, 6)).toBe(0)
  })

  it('quotes a segment of the stack, in its numbers', () => {
    live('ipv4', '< icmp unreachable frag_needed mtu 1000 [1:1001(1000)]')
    // From the quoted header on: length 1040, no checksum, local to remote; ports, sequence number.
    expect(hex(28, 28)).toBe('4500041000000000ff060000' + 'c0a80002c0000201' + '1f909c40' + '00001389')
    expect(fold(addWords(into, 20, 56, 0))).toBe(0)
  })

  it('quotes a datagram', () => {
    live('ipv4', '< icmp unreachable port_unreachable [udp (10)]')
    expect(hex(28, 28)).toBe('4500002600000000ff110000' + 'c0a80002c0000201' + '1f909c40' + '00000000')
  })

  it('quotes IPv6 over IPv6', () => {
    const { length } = live('ipv6', '< icmp packet_too_big mtu 1280 [1:1001(1000)]')
    expect(hex(48, 8)).toBe('6000000003fc06ff')
    expect(hex(56, 32)).toBe(Buffer.concat([ends.ipv6.localIp, ends.ipv6.remoteIp]).toString('hex'))
    expect(hex(88, 8)).toBe('1f909c4000001389')
    expect(transportChecksum(into, 8, 40, 40, length, 58)).toBe(0)
  })

  // O-9.
  it.each([
    ['ipv4', 60, 40, 'c0a80002c0000201'],
    ['ipv4', 25, 40, 'c0a80002c0'],
    ['ipv6', 90, 56, Buffer.concat([ends.ipv6.localIp, ends.ipv6.remoteIp]).toString('hex')],
  ] as const)('has addresses even where it quotes nothing: raw over %s, %i octets', (family, raw, at, addresses) => {
    const end = live(family, `< icmp echo_reply [raw (${raw})]`).length
    const there = Math.min(addresses.length / 2, end - at)
    expect(hex(at, there)).toBe(addresses.slice(0, 2 * there))
    expect(into.slice(at + there, end).every((octet) => octet === 0)).toBe(true)
  })

  it('writes nothing behind the packet', () => {
    into.fill(0)
    for (const raw of [8, 9, 20, 27, 28, 29, 35]) {
      const end = live('ipv4', `< icmp echo_reply [raw (${raw})]`).length
      expect(into.slice(end).some((octet) => octet !== 0)).toBe(false)
      into.fill(0)
    }
  })

  it('keeps its outer headers as they are', () => {
    const line = '< ipv4 [tos 0x7] 1.2.3.4 > 5.6.7.8: gre: udp (3)'
    live('ipv4', line)
    expect(Buffer.from(into).compare(packet(line).octets, 0, 24, 0, 24)).toBe(0)
  })

  it('of 65536 octets cannot be', () => {
    expect(() => live('ipv4', '< . 0:65496(65496) ack 1 win 1')).toThrow(
      'an IPv4 packet of 65536 octets cannot be sent',
    )
    expect(live('ipv4', '< . 0:65495(65495) ack 1 win 1').length).toBe(65_535)
  })

  it('is shown by what it has become', () => {
    const line = packet('< ipv4 1.1.1.1 > 2.2.2.2: mpls (label 5, tc 6, [S], ttl 7): . 1:1(0) ack 1 win 9')
    makeLive(connection(), line, into, false)
    expect(packetText(shownLive(line, into))).toBe(
      'ipv4 1.1.1.1 > 2.2.2.2: mpls (label 5, tc 6, [S], ttl 7): . 301:301(0) ack 5001 win 9 ',
    )
  })
})

function sum(octets: Uint8Array, start: number, end: number): number {
  let total = 0
  for (let at = start; at < end; at += 2) total += u16(octets, at)
  return total
}
