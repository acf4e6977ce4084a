import { describe, expect, it } from 'vitest'
import { GreFlag, greAt, greLength, greText, readGre, writeGre } from '../../src/wire/gre.js'

const { checksum, key, sequence } = GreFlag
const given = { sum: 1, off: 2, key: 3, seq: 4 }

function written(flags: number): Uint8Array {
  const octets = new Uint8Array(20)
  writeGre(octets, 2, { flags, ...given }, 0x0800)
  return octets
}

describe('a GRE header', () => {
  // O-7: without a checksum, what stands behind it moves into its place.
  it.each([
    [0, '00000800', { sum: 0, off: 0, key: 0, seq: 0 }],
    [checksum, '8000080000010002', { sum: 1, off: 2, key: 0, seq: 0 }],
    [key, '2000080000010002', { sum: 0, off: 0, key: 0x10002, seq: 0 }],
    [checksum | key, 'a00008000001000200000003', { sum: 1, off: 2, key: 3, seq: 0 }],
    [key | sequence, '300008000001000200000003', { sum: 0, off: 0, key: 0x10002, seq: 3 }],
    [checksum | key | sequence, 'b0000800000100020000000300000004', given],
  ])('with flags 0x%s', (flags, hex, fields) => {
    const octets = written(flags)
    expect(Buffer.from(octets).toString('hex', 2, 2 + greLength(flags))).toBe(hex)
    expect(octets.slice(2 + greLength(flags)).every((octet) => octet === 0)).toBe(true)
    const length = hex.length / 2
    expect(readGre(octets, 2, 2 + length)).toEqual({ type: 'gre', length, flags, protocol: 0x0800, ...fields })
  })

  it.each([
    ['Truncated GRE header', 0, 3],
    ['GRE header has unsupported version number', 0x4001, 4],
    ['GRE header has unsupported routing info', 0x4000, 4],
    ['GRE header length too big', key, 7],
  ])('that cannot be: %s', (reason, flags, length) => {
    expect(() => readGre(written(flags), 2, 2 + length)).toThrow(reason)
  })

  it('is shown with what it has', () => {
    expect(greText(greAt(written(0), 2))).toBe('gre flags 0x0 proto 0x0800: ')
    expect(greText(greAt(written(checksum | key | sequence), 2))).toBe(
      'gre flags 0xb000 proto 0x0800 sum 0x1 off 0x2 key 0x3 seq 0x4: ',
    )
  })
})
