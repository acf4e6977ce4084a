import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addWords, fold, transportChecksum } from '../../src/wire/checksum.js'
import { ipv4Checksum } from '../../src/wire/ipv4.js'

describe('the Internet checksum', () => {
  it("is RFC 1071's example", () => {
    expect(fold(addWords(Uint8Array.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0, 8, 0))).toBe(
      ~0xddf2 & 0xffff,
    )
  })

  it('pads an odd octet with zero', () => {
    const even = addWords(Uint8Array.from([1, 2, 3, 0]), 0, 4, 0)
    expect(addWords(Uint8Array.from([1, 2, 3]), 0, 3, 0)).toBe(even)
  })

  it('is zero over octets that hold it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 60 }), (octets) => {
        octets[10] = octets[11] = 0
        const length = octets.length & ~1
        const sum = ipv4Checksum(octets, 0, length)
        octets[10] = sum >>> 8
        octets[11] = sum & 255
        expect(ipv4Checksum(octets, 0, length)).toBe(0)
      }),
    )
  })

  it('covers addresses, protocol and length of a segment', () => {
    const octets = new Uint8Array(48)
    octets.set([10, 0, 0, 1, 10, 0, 0, 2], 12)
    const sum = transportChecksum(octets, 12, 20, 20, 48, 6)
    expect(sum).toBe(fold(0x0a00 + 1 + 0x0a00 + 2 + 6 + 28))
  })
})
