import { describe, expect, it } from 'vitest'
import { mplsText, readMpls, writeMpls } from '../../src/wire/mpls.js'

const top = { label: 0xfffff, trafficClass: 5, bottom: false, ttl: 255 }
const last = { label: 5, trafficClass: 0, bottom: true, ttl: 9 }

const written = (...entries: (typeof top)[]) => {
  const octets = new Uint8Array(1 + 4 * entries.length)
  writeMpls(octets, 1, entries)
  return octets
}

describe('an MPLS stack', () => {
  it('is read as it is written, down to its bottom', () => {
    const octets = written(top, last, top)
    expect(Buffer.from(octets).toString('hex', 1)).toBe('fffffaff' + '00005109' + 'fffffaff')
    expect(readMpls(octets, 1, octets.length)).toEqual({ type: 'mpls', entries: [top, last] })
  })

  it('without a bottom ends where the packet does', () => {
    const octets = written(top, top)
    expect(readMpls(octets, 1, 9).entries).toEqual([top, top])
    expect(() => readMpls(octets, 1, 8)).toThrow('MPLS stack entry overflows packet')
    expect(() => readMpls(octets, 1, 1)).toThrow('MPLS stack entry overflows packet')
  })

  it('is shown entry by entry', () => {
    expect(mplsText({ type: 'mpls', entries: [top, last] })).toBe(
      'mpls (label 1048575, tc 5, ttl 255) (label 5, tc 0, [S], ttl 9): ',
    )
    expect(mplsText({ type: 'mpls', entries: [] })).toBe('mpls: ')
  })
})
