import { describe, expect, it } from 'vitest'
import { WireError } from '../../src/errors.js'
import { readUdp, writeUdp } from '../../src/wire/udp.js'

const written = () => {
  const octets = new Uint8Array(30)
  writeUdp(octets, 5, [8080, 53], 12)
  return octets
}

describe('a UDP header', () => {
  it('is read as it is written', () => {
    expect(Buffer.from(written()).toString('hex', 5, 13)).toBe('1f900035001400' + '00')
    expect(readUdp(written(), 5, 25)).toEqual({
      type: 'udp',
      sourcePort: 8080,
      destinationPort: 53,
      length: 20,
      payloadLength: 12,
    })
  })

  it.each([
    ['Truncated UDP header', 20, 7],
    ['UDP datagram length too small for UDP header', 7, 20],
    ['UDP datagram length too small', 19, 20],
    ['UDP datagram length too big', 21, 20],
  ])('that cannot be: %s', (reason, length, present) => {
    const octets = written()
    octets[10] = length
    expect(() => readUdp(octets, 5, 5 + present)).toThrow(new WireError(reason))
  })
})
