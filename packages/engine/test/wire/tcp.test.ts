import { describe, expect, it } from 'vitest'
import { readTcp, writeTcp } from '../../src/wire/tcp.js'

const segment = {
  sourcePort: 8080,
  destinationPort: 40_000,
  seq: 0xffff_ffff,
  ack: 0x8000_0000,
  flags: 0x1ff,
  reserved: 5,
  window: 65_535,
  urgent: 1,
  payloadLength: 3,
}

describe('a segment', () => {
  it('is read as it is written, every bit', () => {
    const octets = new Uint8Array(40)
    writeTcp(octets, 5, segment, 4)
    octets.set([2, 4, 5, 0xb4], 25)
    expect(readTcp(octets, 5, 32)).toEqual({
      ...segment,
      type: 'tcp',
      dataOffset: 6,
      options: [{ kind: 2, length: 4, data: Uint8Array.from([5, 0xb4]) }],
      optionsError: null,
    })
  })

  it('must be whole', () => {
    const octets = new Uint8Array(24)
    writeTcp(octets, 0, segment, 4)
    expect(() => readTcp(octets, 0, 19)).toThrow('Truncated TCP header')
    expect(() => readTcp(octets, 0, 23)).toThrow('TCP data offset too big')
    expect(readTcp(octets, 0, 24).payloadLength).toBe(0)
  })
})
