import { describe, expect, it } from 'vitest'
import { put16, put32, u16, u32 } from '../../src/wire/octets.js'

describe('numbers', () => {
  it('are big-endian, unsigned and cut', () => {
    const octets = new Uint8Array(6)
    put16(octets, 0, 0x1_fffe)
    put32(octets, 2, 0xfedc_ba98)
    expect([...octets]).toEqual([0xff, 0xfe, 0xfe, 0xdc, 0xba, 0x98])
    expect([u16(octets, 0), u32(octets, 2)]).toEqual([0xfffe, 0xfedc_ba98])
  })
})
