import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  challengeMessage,
  helloMessage,
  Kind,
  MAX_MESSAGE,
  MAX_PACKET,
  MAX_UNPROVED,
  MessageReader,
  message,
  NONCE_LENGTH,
  type OpenRequest,
  openMessage,
  ProtocolError,
  packetMessage,
  packetMessageLength,
  portsAreMessage,
  portsMessage,
  refusedMessage,
  timeMessage,
} from '../../src/remote/protocol.js'

function readerOf(octets: Uint8Array, limit = MAX_MESSAGE): MessageReader {
  const reader = new MessageReader(limit)
  reader.append(octets)
  return reader
}

function opened(octets: Uint8Array): MessageReader {
  const reader = readerOf(octets)
  expect(reader.next()).toBe(true)
  return reader
}

const request: OpenRequest = {
  family: 'ipv4',
  localIp: '192.168.0.2',
  remoteIp: '192.0.2.1',
  gatewayIp: '192.168.0.1',
  mac: '02:00:00:00:00:01',
  bindPort: 8080,
  connectPort: 8081,
  pspUdpPort: 0,
  script: 'a.pkt',
}
const nonce = fc.uint8Array({ minLength: NONCE_LENGTH, maxLength: NONCE_LENGTH })
const us = fc.double({ noNaN: true, min: -1e15, max: 1e15 })

describe('a message comes out as it went in:', () => {
  it('hello and challenge', () => {
    fc.assert(
      fc.property(nonce, fc.nat(65535), (nonce, version) => {
        expect(opened(helloMessage(nonce, version)).hello()).toEqual({ version, nonce })
        expect(opened(challengeMessage(nonce, version)).challenge()).toEqual({ version, nonce })
      }),
    )
  })

  it('times', () => {
    fc.assert(
      fc.property(us, (us) => {
        const reader = opened(timeMessage(Kind.injected, us))
        expect([reader.kind, reader.timeUs()]).toEqual([Kind.injected, us])
      }),
    )
  })

  it('packets, in memory that is there or made for them', () => {
    const into = new Uint8Array(MAX_MESSAGE).fill(255)
    fc.assert(
      fc.property(us, fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.nat(20), (us, packet, before) => {
        const memory = new Uint8Array(before + packet.length)
        memory.set(packet, before)
        const made = packetMessage(Kind.sniffed, us, memory, before, packet.length)
        packetMessage(Kind.sniffed, us, memory, before, packet.length, into)
        expect(into.subarray(0, packetMessageLength(packet.length))).toEqual(made)
        const reader = opened(made)
        expect([reader.kind, reader.timeUs(), reader.packetLength]).toEqual([Kind.sniffed, us, packet.length])
        expect(reader.octets.slice(reader.packetAt, reader.packetAt + reader.packetLength)).toEqual(packet)
      }),
    )
  })

  it('the longest packet', () => {
    const reader = opened(packetMessage(Kind.inject, 1, new Uint8Array(MAX_PACKET), 0, MAX_PACKET))
    expect(reader.packetLength).toBe(MAX_PACKET)
  })

  it('open', () => {
    const ipv6 = {
      ...request,
      family: 'ipv6',
      localIp: 'fd00::2',
      remoteIp: '2001:db8::1',
      gatewayIp: 'fd00::1',
    } as const
    expect(opened(openMessage(request)).open()).toEqual(request)
    expect(opened(openMessage(ipv6)).open()).toEqual(ipv6)
  })

  it('ports', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(65535), { minLength: 1, maxLength: 256 }), (ports) => {
        expect(opened(portsMessage(ports.length)).count()).toBe(ports.length)
        expect(opened(portsAreMessage(ports)).portsAre()).toEqual(ports)
      }),
    )
  })

  it('refusals', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (sentence) => {
        const { code, message } = opened(refusedMessage('LD_WIRE_TOKEN', sentence)).refused()
        expect(code).toBe('LD_WIRE_TOKEN')
        expect(message).toBe(sentence)
      }),
    )
  })
})

it('messages come apart wherever the stream is cut', () => {
  const sent = [
    helloMessage(new Uint8Array(32)),
    message(Kind.clock),
    openMessage(request),
    timeMessage(Kind.clockIs, 7),
  ]
  const stream = Uint8Array.from(sent.flatMap((each) => [...each]))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 }), (cuts) => {
      const reader = new MessageReader(MAX_MESSAGE)
      const kinds: number[] = []
      for (let at = 0, i = 0; at < stream.length; i++) {
        const end = at + (cuts[i % cuts.length] as number)
        reader.append(stream.subarray(at, end))
        while (reader.next()) kinds.push(reader.kind)
        at = end
      }
      expect(kinds).toEqual([Kind.hello, Kind.clock, Kind.open, Kind.clockIs])
    }),
  )
})

it('a reader grows for chunks that are longer than itself', () => {
  const one = packetMessage(Kind.sniffed, 1, new Uint8Array(60_000), 0, 60_000)
  const reader = readerOf(Uint8Array.from({ length: 10 * one.length }, (_, i) => one[i % one.length] as number))
  let count = 0
  while (reader.next()) count += reader.packetLength
  expect(count).toBe(600_000)
})

describe('what makes no sense', () => {
  const bodies: ((reader: MessageReader) => unknown)[] = [
    (reader) => reader.hello(),
    (reader) => reader.challenge(),
    (reader) => reader.proof(),
    (reader) => reader.open(),
    (reader) => reader.timeUs(),
    (reader) => reader.packetLength,
    (reader) => reader.count(),
    (reader) => reader.portsAre(),
    (reader) => reader.refused(),
  ]

  it('is a ProtocolError or a value, and never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...bodies), (octets, body) => {
        try {
          const reader = readerOf(octets)
          while (reader.next()) body(reader)
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('is the same behind a head that is right', () => {
    const kinds = fc.constantFrom(...Object.values(Kind))
    fc.assert(
      fc.property(kinds, fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...bodies), (kind, payload, body) => {
        try {
          body(opened(message(kind, payload)))
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['an empty message', Uint8Array.of(0, 0, 0, 0, 1)],
    ['one of 4 GiB', Uint8Array.of(255, 255, 255, 255)],
    ['one above the limit', Uint8Array.of(0, 0, 1, 253)],
  ])('is %s', (_what, octets) => {
    expect(() => readerOf(octets, MAX_UNPROVED).next()).toThrow(ProtocolError)
  })

  it('is a time that is no number', () => {
    expect(() => opened(timeMessage(Kind.inject, Number.NaN)).timeUs()).toThrow(ProtocolError)
    expect(() => opened(timeMessage(Kind.inject, Number.POSITIVE_INFINITY)).timeUs()).toThrow(ProtocolError)
  })

  it.each([
    ['family', 'ipx'],
    ['localIp', 'fd00::1'],
    ['localIp', '192.168.0'],
    ['remoteIp', 7],
    ['gatewayIp', ''],
    ['mac', '02:00:00:00:00'],
    ['mac', '02:00:00:00:00:0g'],
    ['bindPort', 0],
    ['connectPort', 65536],
    ['connectPort', 80.5],
    ['pspUdpPort', -1],
    ['script', null],
  ])('is an open with %s %j', (name, value) => {
    const payload = new TextEncoder().encode(JSON.stringify({ ...request, [name]: value }))
    expect(() => opened(message(Kind.open, payload)).open()).toThrow(`open: ${name}`)
  })

  it.each(['null', '7', '[', '"x"'])('is an open that is %s', (text) => {
    expect(() => opened(message(Kind.open, new TextEncoder().encode(text))).open()).toThrow(ProtocolError)
  })
})
