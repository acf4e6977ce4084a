import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WireError } from '../../src/errors.js'
import { optionText, readOptions, timestampsOf, writeOptions } from '../../src/wire/tcp-options.js'
import { action } from '../support/packets.js'

/** The octets of a list in the script's notation, padded with nop. */
function octetsOf(list: string): Uint8Array {
  for (let pad = 0; pad < 4; pad++) {
    const padded = [list, ...new Array(pad).fill('nop')].join(',')
    try {
      const { body } = action(`> S 0:0(0) <${padded}>`)
      if (body.type === 'tcp' && Array.isArray(body.options)) return writeOptions(body.options)
    } catch {}
  }
  throw new Error(`no options: ${list}`)
}

const hex = (list: string) => Buffer.from(octetsOf(list)).toString('hex')
const read = (text: string) => {
  const octets = Buffer.from(text, 'hex')
  return readOptions(octets, 0, octets.length)
}
const show = (text: string) => read(text).map(optionText).join(',')

describe('an option', () => {
  it.each([
    ['mss 1460', '020405b4'],
    ['wscale 255', '0303ff'],
    ['sackOK', '0402'],
    ['sack 1:2 4294967295:5', '05120000000100000002ffffffff00000005'],
    ['TS val 4294967295 ecr 2', '080affffffff00000002'],
    ['md5 00aaff', '130500aaff'],
    ['md5 00112233445566778899aabbccddeeff', '131200112233445566778899aabbccddeeff'],
    ['FO', '2202'],
    ['FO a1b2', '2204a1b2'],
    ['FOEXP', 'fe04f989'],
    ['FOEXP a1b2', 'fe06f989a1b2'],
    ['ECN e0b 1', 'ac05000001'],
    ['ECN e0b 1 ceb 2 e1b 16777215', 'ac0b000001000002ffffff'],
    ['ECN e1b 1 ceb 2 e0b 3', 'ae0b000001000002000003'],
    ['eol', '00'],
  ])('%s is %s on the wire, and back', (text, octets) => {
    expect(hex(text)).toMatch(new RegExp(`^${octets}(01)*$`))
    expect(show(octets)).toBe(text)
  })

  it('list keeps its order, and goes on behind eol', () => {
    expect(show('01040200030307')).toBe('nop,sackOK,eol,wscale 7')
  })

  it.each([
    ['02', 'TCP option length byte extends too far'],
    ['0201', 'TCP option with length byte is too short'],
    ['0204ff', 'TCP option data extends too far'],
    ['030405b4', 'bad TCP option length: was 4 but expected 3'],
    ['0502', 'TCP SACK option too short'],
    ['050b000000010000000205', 'TCP SACK option not a multiple of SACK block size'],
    ['1e0400ff', 'unexpected TCP option kind: 30'],
  ])('that cannot be read: %s', (octets, reason) => {
    expect(() => read(octets)).toThrow(new WireError(reason))
  })

  it('of an experiment that scripts do not know is shown as that', () => {
    expect(show('fe041234')).toBe('unknown experimental option')
    expect(show('fe02')).toBe('unknown experimental option')
  })

  it('list of any octets is read, or refused with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
        try {
          const options = readOptions(octets, 0, octets.length)
          expect(options.reduce((sum, { length }) => sum + length, 0)).toBe(octets.length)
          for (const option of options) optionText(option)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('timestamps', () => {
  it('are the last option’s', () => {
    expect(timestampsOf(read('080a0000000100000002080a0000000300000004'))).toEqual({ val: 3, ecr: 4 })
    expect(timestampsOf(read('0402'))).toBeNull()
  })
})
