import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../src/errors.js'
import { sealIpv4 } from '../../src/wire/ipv4.js'
import { hexDump, packetText, readPacket } from '../../src/wire/packet.js'
import { packet } from '../support/packets.js'

type Change = readonly [at: number, octet: number]

/** A script packet as it would lie on the wire: with a valid header checksum. */
function octetsOf(line: string): Uint8Array {
  const { octets } = packet(line)
  sealIpv4(octets, 0)
  return octets
}

describe('a packet', () => {
  it.each([
    ['< S 0:0(0) win 32792 <mss 1460,nop,wscale 7>', 'S 0:0(0) win 32792 <mss 1460,nop,wscale 7>'],
    ['< . 1:1(0) ack 1 win 100', '. 1:1(0) ack 1 win 100 '],
    ['< FP. 1:1001(1000) ack 2 win 65535 urg 5', 'FP. 1:1001(1000) ack 2 win 65535 '],
    ['< - 0:0(0) win 0', ' 0:0(0) win 0 '],
    ['< . 1:1(0) ack 1 win 9 <sack 5:9 11:13,nop,nop>', '. 1:1(0) ack 1 win 9 <sack 5:9 11:13,nop,nop>'],
    [
      '< SEWA 0:0(0) win 1 <sackOK,TS val 7 ecr 0,eol,nop,nop,nop>',
      'SEWA 0:0(0) win 1 <sackOK,TS val 7 ecr 0,eol,nop,nop,nop>',
    ],
    ['< S 0:0(0) win 1 <FO aabb,md5 00,nop>', 'S 0:0(0) win 1 <FO aabb,md5 00,nop>'],
    ['< S 0:0(0) win 1 <FOEXP aabb,nop,nop>', 'S 0:0(0) win 1 <FOEXP aabb,nop,nop>'],
    ['< S 0:0(0) win 1 <ECN e0b 1 ceb 2 e1b 70000,nop>', 'S 0:0(0) win 1 <ECN e0b 1 ceb 2 e1b 70000,nop>'],
  ])('%s is built, read and shown', (line, text) => {
    const octets = octetsOf(line)
    const read = readPacket(octets, octets.length)
    expect(read && packetText(read)).toBe(text)
  })

  it('reads back any sound header', () => {
    const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1001 })
    fc.assert(
      fc.property(u32, u32, fc.nat(65535), fc.nat(1000), fc.nat(65535), (seq, ack, win, length, urg) => {
        const octets = octetsOf(
          `< P.U ${seq}:${seq + length}(${length}) ack ${ack} win ${win} urg ${urg}`.replace('P.U', 'PU.'),
        )
        expect(readPacket(octets, octets.length)?.body).toMatchObject({
          seq,
          ack,
          window: win,
          urgent: urg,
          payloadLength: length,
          dataOffset: 5,
        })
      }),
    )
  })

  it('throws a WireError, and nothing else, for what cannot be read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (octets, asIpv4) => {
        if (asIpv4 && octets.length > 9) {
          octets[0] = 0x45
          octets[9] = 6
        }
        try {
          readPacket(octets, octets.length)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
      { numRuns: 2000 },
    )
  })

  /** Reads a SYN of 44 octets of which one has been changed, under a valid header checksum. */
  const spoilt = (change: Change | null, length = 44) => {
    const octets = octetsOf('< S 0:0(0) win 1 <mss 1460>')
    if (change !== null) octets[change[0]] = change[1]
    sealIpv4(octets, 0)
    return () => readPacket(octets, length)
  }

  it.each<[string, Change | null, number?]>([
    ['IP header overflows packet', null, 10],
    ['IP payload overflows packet', null, 43],
    ['IP header too short', [0, 0x44]],
    ['More fragments remaining', [6, 0x20]],
    ['Non-zero fragment offset', [7, 1]],
    ['Unsupported IP version', [0, 0x55]],
    ['TCP data offset too small', [32, 0x40]],
    ['TCP data offset too big', [32, 0xf0]],
  ])('says: %s', (reason, change, length) => {
    expect(spoilt(change, length)).toThrow(new WireError(reason))
  })

  it.each<[string, Change]>([
    ['unexpected TCP option kind: 30', [40, 30]],
    ['TCP option with length byte is too short', [41, 1]],
    ['TCP option data extends too far', [41, 5]],
    ['bad TCP option length: was 3 but expected 4', [41, 3]],
  ])('keeps for later: %s', (reason, change) => {
    const read = spoilt(change)()
    expect(read?.body).toMatchObject({ options: [], optionsError: reason, window: 1 })
    expect(read && packetText(read)).toBe(`S 0:0(0) win 1 \n${reason}`)
  })

  it('refuses a header with a wrong checksum', () => {
    const octets = octetsOf('< S 0:0(0) win 1')
    octets[10] = (octets[10] as number) ^ 1
    expect(() => readPacket(octets, octets.length)).toThrow(new WireError('Bad IP checksum'))
  })

  it('skips what scripts cannot mean', () => {
    expect(spoilt([9, 132])()).toBeNull()
  })

  it('dumps sixteen octets per line', () => {
    expect(hexDump(new Uint8Array(17), 17)).toBe(`0x0000: ${'00 '.repeat(16)}\n0x0010: 00 \n`)
  })
})
