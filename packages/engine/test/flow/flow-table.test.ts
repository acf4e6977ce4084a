import { beforeEach, describe, expect, it } from 'vitest'
import { FlowTable } from '../../src/flow/flow-table.js'
import type { Family } from '../../src/wire/address.js'
import { type Body, type Packet, readPacket, type TcpPacket } from '../../src/wire/packet.js'
import { packet } from '../support/packets.js'
import { ENDPOINTS, liveOctets } from '../support/playbook.js'

const TCP = 6
const { localIp, remoteIp } = ENDPOINTS
const noSocket = 'error handling packet: no matching socket for script packet'

/** What the stack sends, as sniffed. */
const live = (line: string) => {
  const octets = liveOctets(line)
  return readPacket(octets, octets.length) as TcpPacket
}

let flows: FlowTable
let ports: number

beforeEach(() => {
  ports = 40_000
  flows = new FlowTable(ENDPOINTS, () => ports++)
})

const refusal = (line: string): unknown => {
  try {
    return flows.route(packet(line))
  } catch (problem) {
    return problem
  }
}

describe('an inbound line', () => {
  it.each(['S 7:7(0)', '. 7:7(0) ack 1', 'R 7:7(0)', '- 7:7(0)'])('without a socket opens one (%s)', (segment) => {
    expect(flows.route(packet(`< ${segment} win 1`))).toMatchObject({
      state: 'packet-received',
      protocol: TCP,
      liveFd: -1,
      localIp,
      localPort: 8080,
      remoteIp,
      remotePort: 40_000,
      remoteIsn: 7,
    })
  })

  it('for a listening socket makes a child, which is then the socket under test', () => {
    const listener = flows.open(TCP, 7)
    listener.state = 'listening'
    const child = flows.route(packet('< S 0:0(0) win 1'))
    expect(child).not.toBe(listener)
    expect(flows.underTest).toBe(child)
    expect(flows.route(packet('< S 0:0(0) win 1'))).toBe(child)
    expect(ports).toBe(40_001)
  })

  it('with ports of its own leaves the flow at the usual ones: only that packet has them', () => {
    expect(flows.route(packet('< 77 > 99 S 0:0(0) win 1'))).toMatchObject({ localPort: 8080, remotePort: 40_000 })
  })

  it('for a socket that does not listen is that socket’s', () => {
    const socket = flows.open(TCP, 7)
    expect(flows.route(packet('< S 0:0(0) win 1'))).toBe(socket)
  })
})

describe('an outbound line', () => {
  it('without a socket has none', () => {
    expect(refusal('> S 0:0(0)')).toMatchObject({ upstream: noSocket, verdict: 'fail' })
  })

  it('with a SYN belongs to a connecting socket, and sets the script’s ISN', () => {
    const socket = flows.open(TCP, 7)
    flows.connecting(socket)
    expect(socket).toMatchObject({ state: 'connecting', remoteIp, remotePort: 9090 })
    expect(flows.route(packet('> S 100:100(0)'))).toBe(socket)
    expect(socket).toMatchObject({ state: 'syn-sent', scriptLocalIsn: 100 })
  })

  it('with a SYN-ACK does not open actively', () => {
    const socket = flows.open(TCP, 7)
    flows.connecting(socket)
    flows.route(packet('> S. 100:100(0) ack 1'))
    expect(socket).toMatchObject({ state: 'connecting', scriptLocalIsn: 0 })
  })

  it.each([0, 17])('for a socket of protocol %i says what to write', (protocol) => {
    flows.open(protocol, 7)
    expect(refusal('> . 1:1(0) ack 1')).toMatchObject({
      upstream: noSocket,
      detail: { hint: expect.stringContaining('IPPROTO_TCP') },
    })
  })

  it('belongs to the newest socket, whatever came before', () => {
    flows.open(TCP, 7)
    const second = flows.open(TCP, 8)
    expect(flows.route(packet('> . 1:1(0) ack 1'))).toBe(second)
  })
})

describe('connect()', () => {
  it('moves a new socket only', () => {
    const socket = flows.open(TCP, 7)
    socket.state = 'syn-acked'
    flows.connecting(socket)
    expect(socket).toMatchObject({ state: 'syn-acked', remotePort: 0 })
  })
})

describe('accept()', () => {
  it('takes the newest child whose SYN-ACK was seen', () => {
    expect(flows.acceptable()).toBeUndefined()
    const listen = () => {
      flows.open(TCP, 7).state = 'listening'
      return flows.route(packet('< S 0:0(0) win 1'))
    }
    const [first, second, third] = [listen(), listen(), listen()]
    first.state = 'synack-acked'
    second.state = 'synack-sent'
    expect(third.state).toBe('packet-received')
    expect(flows.acceptable()).toBe(second)
  })

  it('takes the child of the peer that the stack tells', () => {
    const listen = () => {
      flows.open(TCP, 7).state = 'listening'
      return flows.route(packet('< S 0:0(0) win 1'))
    }
    const [first, second] = [listen(), listen()]
    first.state = second.state = 'synack-acked'
    first.remotePort = 5
    expect(flows.acceptable({ ip: first.remoteIp, port: 5 })).toBe(first)
    expect(flows.acceptable({ ip: first.remoteIp, port: 6 })).toBeUndefined()
  })
})

describe('a sniffed packet', () => {
  const passive = () => flows.route(packet('< S 0:0(0) win 1'))

  it('is the socket’s by addresses and ports', () => {
    const socket = passive()
    expect(flows.claims(socket, live('S. 5:5(0) ack 1 win 1'))).toBe(true)
    expect(flows.claims(socket, live('8080 > 40001 S. 5:5(0) ack 1 win 1'))).toBe(false)
    expect(flows.claims(socket, live('8081 > 40000 S. 5:5(0) ack 1 win 1'))).toBe(false)
    const elsewhere = live('S. 5:5(0) ack 1 win 1')
    expect(flows.claims(socket, { ...elsewhere, ip: { ...elsewhere.ip, destination: localIp } })).toBe(false)
  })

  const active = (protocol = TCP) => {
    const socket = flows.open(protocol, 7)
    flows.connecting(socket)
    flows.route(packet('> S 0:0(0)'))
    return socket
  }

  it('with the SYN of an active open teaches port, address and ISN', () => {
    const socket = active()
    expect(flows.claims(socket, live('555 > 9090 S 4000:4000(0) win 1'))).toBe(true)
    expect(socket).toMatchObject({ localIp, localPort: 555, liveLocalIsn: 4000 })
  })

  it('with the same SYN again teaches nothing; from another port it does', () => {
    const socket = active()
    flows.claims(socket, live('555 > 9090 S 4000:4000(0) win 1'))
    expect(flows.claims(socket, live('555 > 9090 S 9999:9999(0) win 1'))).toBe(true)
    expect(socket.liveLocalIsn).toBe(4000)
    expect(flows.claims(socket, live('556 > 9090 S 9999:9999(0) win 1'))).toBe(true)
    expect(socket).toMatchObject({ localPort: 556, liveLocalIsn: 9999 })
  })

  it('that is no SYN, or comes in another state, teaches nothing', () => {
    const socket = active()
    expect(flows.claims(socket, live('555 > 9090 S. 1:1(0) ack 1 win 1'))).toBe(false)
    expect(flows.claims(socket, live('555 > 9091 S 1:1(0) win 1'))).toBe(false)
    socket.state = 'syn-acked'
    expect(flows.claims(socket, live('555 > 9090 S 1:1(0) win 1'))).toBe(false)
  })

  it('is not of a socket that was made with protocol 0', () => {
    const socket = active(0)
    expect(flows.claims(socket, live('555 > 9090 S 4000:4000(0) win 1'))).toBe(false)
  })
})

describe('lines of UDP and ICMP', () => {
  const [UDP, ICMP, ICMPV6] = [17, 1, 58]
  const owner = (protocol: number, line: string, family: Family = 'ipv4') => {
    const socket = flows.open(protocol, 7)
    try {
      return flows.route(packet(line, family)) === socket
    } catch (problem) {
      expect(problem).toMatchObject({ upstream: noSocket })
      return false
    }
  }

  it.each<[string, number, boolean[]]>([
    ['TCP', TCP, [true, false, true]],
    ['UDP', UDP, [false, true, true]],
    ['ICMP', ICMP, [false, false, true]],
    ['none', 0, [false, false, false]],
  ])('belong to a socket of %s as upstream has it', (_name, protocol, owned) => {
    expect(['> . 1:1(0) ack 1', '> udp (5)', '> icmp echo_request'].map((line) => owner(protocol, line))).toEqual(owned)
  })

  it('of ICMP belong to a ping socket of their own version', () => {
    expect(owner(ICMPV6, '> icmp echo_request', 'ipv6')).toBe(true)
    expect(owner(ICMPV6, '> icmp echo_request')).toBe(false)
    expect(owner(ICMP, '> icmp echo_request', 'ipv6')).toBe(false)
  })

  it('with ports belong to any socket whose protocol has a meaning', () => {
    const lines = ['> 5 > 6 . 1:1(0) ack 1', '> udp 5 > 6 (5)']
    expect([TCP, UDP, ICMP, 0].map((protocol) => lines.map((line) => owner(protocol, line)))).toEqual([
      [true, true],
      [true, true],
      [true, true],
      [false, false],
    ])
  })

  it('without a socket have none, and open none', () => {
    expect(refusal('< udp (5)')).toMatchObject({ upstream: noSocket })
    expect(refusal('< udp 5 > 6 (5)')).toMatchObject({ upstream: noSocket })
    expect(refusal('< icmp echo_request')).toMatchObject({ upstream: noSocket })
  })

  it('for a listening socket open no connection', () => {
    const listener = flows.open(TCP, 7)
    listener.state = 'listening'
    expect(flows.route(packet('< icmp unreachable'))).toBe(listener)
  })

  it('need no packet of the stack before them with --is_anyip', () => {
    flows = new FlowTable({ ...ENDPOINTS, anyip: true }, () => ports++)
    const socket = flows.open(UDP, 7)
    flows.route(packet('< udp (5)'))
    expect(socket).toMatchObject({ localIp, localPort: 8080, remoteIp, remotePort: 9090, state: 'new' })
    socket.localPort = 555
    flows.route(packet('< icmp unreachable'))
    expect(socket.localPort).toBe(555)
  })

  it('otherwise go from nowhere to nowhere until then', () => {
    const socket = flows.open(UDP, 7)
    flows.route(packet('< udp (5)'))
    expect(socket).toMatchObject({
      localIp: new Uint8Array(4),
      localPort: 0,
      remoteIp: new Uint8Array(4),
      remotePort: 0,
    })
  })
})

describe('a sniffed packet of UDP or ICMP', () => {
  /** As a packet of the stack; only its values count here. */
  const sent = (line: string, from = localIp, to = remoteIp): Packet => {
    const { values } = packet<Body>(`> ${line}`)
    return { ...values, ip: { ...values.ip, source: from, destination: to } }
  }
  const connecting = (protocol: number) => {
    const socket = flows.open(protocol, 7)
    flows.connecting(socket)
    return socket
  }

  it('teaches a UDP socket its end, each time anew', () => {
    const socket = connecting(17)
    expect(flows.claims(socket, sent('udp 555 > 9090 (5)'))).toBe(true)
    expect(socket).toMatchObject({ localIp, localPort: 555, state: 'connecting' })
    expect(flows.claims(socket, sent('udp 556 > 9090 (5)'))).toBe(true)
    expect(socket.localPort).toBe(556)
    expect(flows.claims(socket, sent('udp 556 > 9091 (5)'))).toBe(false)
    expect(flows.claims(socket, sent('udp 557 > 9090 (5)', localIp, localIp))).toBe(false)
  })

  it('of another protocol teaches nothing', () => {
    expect(flows.claims(connecting(17), sent('555 > 9090 S 0:0(0)'))).toBe(false)
    expect(flows.claims(connecting(17), sent('icmp echo_request'))).toBe(false)
    expect(flows.claims(connecting(0), sent('udp 555 > 9090 (5)'))).toBe(false)
    expect(flows.claims(connecting(1), sent('udp 555 > 9090 (5)'))).toBe(false)
  })

  it('is a ping socket’s by its addresses alone', () => {
    const socket = connecting(1)
    expect(flows.claims(socket, sent('icmp echo_request', localIp, localIp))).toBe(false)
    expect(flows.claims(socket, sent('icmp echo_request'))).toBe(true)
    expect(socket).toMatchObject({ localIp, localPort: 0 })
    socket.state = 'new'
    expect(flows.claims(socket, sent('icmp unreachable'))).toBe(true)
    expect(flows.claims(socket, sent('icmp unreachable', remoteIp))).toBe(false)
  })

  it('is no TCP socket’s where it is ICMP', () => {
    const socket = flows.route(packet('< S 0:0(0) win 1'))
    expect(flows.claims(socket, sent('icmp unreachable'))).toBe(false)
  })
})

describe('an inbound line that is injected', () => {
  const { values: ack } = packet('< . 1:1(0) ack 1 win 1')
  const { values: synAck } = packet('< S. 77:77(0) ack 1 win 1')

  it.each([
    ['synack-sent', ack, 'synack-acked', 0],
    ['syn-sent', synAck, 'syn-acked', 77],
    ['syn-sent', ack, 'syn-sent', 0],
    ['syn-acked', synAck, 'syn-acked', 0],
    ['syn-sent', packet('< S 77:77(0) win 1').values, 'syn-sent', 0],
    ['synack-sent', packet<Body>('< icmp unreachable').values, 'synack-sent', 0],
  ] as const)('in state %s', (state, line, next, remoteIsn) => {
    const socket = flows.open(TCP, 7)
    socket.state = state
    flows.injecting(socket, line)
    expect(socket).toMatchObject({ state: next, remoteIsn })
  })
})
