import { describe, expect, it } from 'vitest'
import {
  answerFrame,
  ETHERNET_HEAD,
  frameOf,
  parseMac,
  questionFrame,
  readFrame,
  virtualMac,
} from '../../src/remote/ethernet.js'
import { parseAddress } from '../../src/wire/address.js'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
const text = (octets: Uint8Array) => Buffer.from(octets).toString('hex')
const client = { mac: parseMac('0a:00:00:00:00:01'), ip: parseAddress('192.168.0.2', 'ipv4') as Uint8Array }
const server = { mac: parseMac('02:4c:44:00:00:02'), ip: parseAddress('192.168.0.1', 'ipv4') as Uint8Array }
const client6 = { ...client, ip: parseAddress('fd00::2', 'ipv6') as Uint8Array }
const server6 = { ...server, ip: parseAddress('fd00::1', 'ipv6') as Uint8Array }

describe('ARP (RFC 826)', () => {
  it('asks', () => {
    expect(text(questionFrame(server, client))).toBe(
      text(hex('0a0000000001 024c44000002 0806 0001 0800 06 04 0001 024c44000002 c0a80001 000000000000 c0a80002')),
    )
  })

  it('is understood as a question, and answered to whom asked', () => {
    const asked = questionFrame(client, server)
    const question = readFrame(asked, asked.length, 'ipv4')
    expect(question).toEqual({ kind: 'question', target: server.ip, from: client.ip, mac: client.mac })
    expect(text(answerFrame(server.mac, server.ip, { mac: client.mac, from: client.ip }))).toBe(
      text(hex('0a0000000001 024c44000002 0806 0001 0800 06 04 0002 024c44000002 c0a80001 0a0000000001 c0a80002')),
    )
  })

  it('is understood as an answer', () => {
    const said = answerFrame(client.mac, client.ip, { mac: server.mac, from: server.ip })
    expect(readFrame(said, said.length, 'ipv4')).toEqual({ kind: 'answer', address: client.ip })
  })

  it('is nothing for IPv6, nor where it is cut short', () => {
    const asked = questionFrame(client, server)
    expect(readFrame(asked, asked.length, 'ipv6').kind).toBe('other')
    expect(readFrame(asked, asked.length - 1, 'ipv4').kind).toBe('other')
  })
})

describe('neighbour discovery (RFC 4861)', () => {
  it('asks and answers with a right checksum', () => {
    const asked = questionFrame(server6, client6)
    expect(text(asked.subarray(0, ETHERNET_HEAD + 8))).toBe(
      text(hex('0a0000000001 024c44000002 86dd 60000000 0020 3a ff')),
    )
    expect(sumOf(asked)).toBe(0xffff)
    expect(sumOf(answerFrame(server6.mac, server6.ip, { mac: client6.mac, from: client6.ip }))).toBe(0xffff)
  })

  it('is understood both ways', () => {
    const asked = questionFrame(client6, server6)
    expect(readFrame(asked, asked.length, 'ipv6')).toEqual({
      kind: 'question',
      target: server6.ip,
      from: client6.ip,
      mac: client6.mac,
    })
    const said = answerFrame(client6.mac, client6.ip, { mac: server6.mac, from: server6.ip })
    expect(readFrame(said, said.length, 'ipv6')).toEqual({ kind: 'answer', address: client6.ip })
  })

  /** RFC 1071 over pseudo-header and message: all ones where the checksum is right. */
  function sumOf(frame: Uint8Array): number {
    const packet = frame.subarray(ETHERNET_HEAD)
    const words = [...packet.subarray(8, 40), 0, 0, 0, 32, 0, 0, 0, 58, ...packet.subarray(40)]
    let sum = 0
    for (let i = 0; i < words.length; i += 2) sum += ((words[i] as number) << 8) | (words[i + 1] as number)
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
    return sum
  }
})

describe('a packet', () => {
  const ipv4 = hex('45000018 00004000 40060000 c0a80002 c0000201 01020304')

  it('is found in its frame, without the padding behind it', () => {
    const frame = new Uint8Array(60)
    expect(frameOf(frame, server.mac, client.mac, ipv4, 0, ipv4.length)).toBe(ETHERNET_HEAD + ipv4.length)
    expect(text(frame.subarray(0, 16))).toBe('024c440000020a0000000001' + '08004500')
    expect(readFrame(frame, 60, 'ipv4')).toEqual({ kind: 'packet', at: ETHERNET_HEAD, length: ipv4.length })
  })

  it('is of the family that is asked for', () => {
    const frame = new Uint8Array(60)
    frameOf(frame, server.mac, client.mac, ipv4, 0, ipv4.length)
    expect(readFrame(frame, 60, 'ipv6').kind).toBe('other')
  })

  it('in IPv6 has its own type and length', () => {
    const frame = new Uint8Array(100)
    const packet = new Uint8Array(44)
    packet.set([0x60, 0, 0, 0, 0, 4, 6, 64])
    frameOf(frame, server.mac, client.mac, packet, 0, packet.length)
    expect(readFrame(frame, 100, 'ipv6')).toEqual({ kind: 'packet', at: ETHERNET_HEAD, length: 44 })
  })

  it('that a device has not cut yet may say 0 for its length', () => {
    const frame = new Uint8Array(80)
    frameOf(frame, server.mac, client.mac, ipv4, 0, ipv4.length)
    frame.set([0, 0], ETHERNET_HEAD + 2)
    expect(readFrame(frame, 80, 'ipv4')).toMatchObject({ kind: 'packet', length: 66 })
  })
})

it('nothing that arrives makes it throw', () => {
  for (let length = 0; length < 120; length++) {
    for (const type of ['0800', '0806', '86dd', '8100']) {
      const frame = new Uint8Array(120).fill(0x86)
      frame.set(hex(type), 12)
      for (const family of ['ipv4', 'ipv6'] as const) expect(() => readFrame(frame, length, family)).not.toThrow()
    }
  }
})

it('the address that no interface has is locally administered, and the interface’s own in its last half', () => {
  expect(text(virtualMac(parseMac('52:54:00:12:34:56')))).toBe('024c44123456')
})
