import { describe, expect, it } from 'vitest'
import { bare, refusal, tcp, upstream } from '../support/parse.js'

const list = (text: string, defines: Record<string, string> = {}) =>
  bare(tcp(`> . 1:1(0) <${text}>`, { defines: new Map(Object.entries(defines)) }).options)
const refused = (text: string, defines: Record<string, string> = {}) =>
  upstream(`0 > . 1:1(0) <${text}>`, { defines: new Map(Object.entries(defines)) })

const nop = { kind: 'nop' }

describe('TCP options', () => {
  it('are null when absent and `any` as <...>', () => {
    expect(tcp('> . 1:1(0)').options).toBeNull()
    expect(list('...')).toBe('any')
    expect(upstream('0 < . 1:1(0) win 5 <...>')).toBe('<...> for TCP options can only be used with outbound packets')
  })
  it.each([
    ['nop,nop,eol,eol', [nop, nop, { kind: 'eol' }, { kind: 'eol' }]],
    ['mss 65535', [{ kind: 'mss', value: 65535 }]],
    ['wscale 255,nop', [{ kind: 'wscale', value: 255 }, nop]],
    ['sackOK,nop,nop', [{ kind: 'sackOK' }, nop, nop]],
    ['nop,nop,sack 1:2', [nop, nop, { kind: 'sack', blocks: [{ left: 1, right: 2 }] }]],
    [
      'nop , nop , sack 4294967295:0 3:4',
      [
        nop,
        nop,
        {
          kind: 'sack',
          blocks: [
            { left: 4294967295, right: 0 },
            { left: 3, right: 4 },
          ],
        },
      ],
    ],
    ['nop,nop,TS val 4294967295 ecr 0', [nop, nop, { kind: 'TS', val: 4294967295, ecr: 0 }]],
    ['md5 00,nop', [{ kind: 'md5', octets: '00' }, nop]],
    [
      'nop,nop,md5 00112233445566778899AABBCCDDEEFF',
      [nop, nop, { kind: 'md5', octets: '00112233445566778899aabbccddeeff' }],
    ],
    ['FO,nop,nop', [{ kind: 'FO', octets: '' }, nop, nop]],
    ['FO 3021b9d889017eeb,nop,nop', [{ kind: 'FO', octets: '3021b9d889017eeb' }, nop, nop]],
    ['FO 12345678901234567890,nop,nop,nop,nop', [{ kind: 'FO', octets: '12345678901234567890' }, nop, nop, nop, nop]],
    [`FO ${'ab'.repeat(38)}`, [{ kind: 'FO', octets: 'ab'.repeat(38) }]],
    ['FOEXP', [{ kind: 'FOEXP', octets: '' }]],
    [`FOEXP ${'ab'.repeat(36)}`, [{ kind: 'FOEXP', octets: 'ab'.repeat(36) }]],
    ['ECN e0b 1,nop,nop,nop', [{ kind: 'ECN', order: 0, counters: [1] }, nop, nop, nop]],
    ['ECN e0b 1 ceb 2', [{ kind: 'ECN', order: 0, counters: [1, 2] }]],
    ['ECN e0b 1 ceb 2 e1b 16777215,nop', [{ kind: 'ECN', order: 0, counters: [1, 2, 16777215] }, nop]],
    ['ECN e1b 1 ceb 2 e0b 3,nop', [{ kind: 'ECN', order: 1, counters: [1, 2, 3] }, nop]],
  ])('%s', (text, expected) => {
    // Padded by the author; what does not fill the word here is a mistake of this table.
    expect(list(text)).toEqual(expected)
  })
  it('have spans', () => {
    const { options } = tcp('> . 1:1(0) <mss 5,TS val 1 ecr 2,nop,nop>')
    expect(options !== null && options !== 'any' && options.map(({ span }) => span)).toEqual([
      { start: 14, end: 19 },
      { start: 20, end: 34 },
      { start: 35, end: 38 },
      { start: 39, end: 42 },
    ])
  })

  it.each([
    ['mss 65536', 'mss value out of range'],
    ['wscale 256', 'window scale shift count out of range'],
    ['sack 4294967296:1', 'TCP SACK left sequence number out of range'],
    ['sack 1:4294967296', 'TCP SACK right sequence number out of range'],
    ['TS val 4294967296 ecr 1', 'ts val out of range'],
    ['TS val 1 ecr -1', 'ecr val out of range'],
    ['md5 0', 'TCP MD5 digest is not a valid hex string'],
    ['md5 xy', 'TCP MD5 digest is not a valid hex string'],
    [`md5 ${'0'.repeat(34)}`, 'TCP MD5 digest longer than 16 bytes'],
    ['FO abc', 'TCP fast open cookie has an odd number of digits'],
    ['FO xy', "TCP fast open cookie 'xy' is not a valid hex string"],
    ['FO -1', "TCP fast open cookie '-1' is not a valid hex string"],
    [`FO ${'0'.repeat(78)}`, 'TCP fast open cookie of 39 bytes exceeds maximum cookie length of 38 bytes'],
    [`FOEXP ${'0'.repeat(74)}`, 'TCP fast open cookie of 37 bytes exceeds maximum cookie length of 36 bytes'],
    ['ECN e0b 16777216', 'TCP AccECN field value out of range'],
    ['nop', 'TCP options are not padded correctly to ensure TCP header is a multiple of 4 bytes: 1 excess bytes'],
    ['wscale 7', 'TCP options are not padded correctly to ensure TCP header is a multiple of 4 bytes: 3 excess bytes'],
    ['sack 1:2 1:2 1:2 1:2 1:2', 'TCP option list too long'],
    [Array(41).fill('nop').join(), 'TCP option list too long'],
  ])('refuses %s: %s', (text, message) => {
    expect(refused(text)).toBe(message)
  })
  it.each([
    ['', '>'],
    ['nop,', '>'],
    ['nop nop', 'nop'],
    ['mss', '>'],
    ['mss 0x5', '0x5'],
    ['MSS 5', 'MSS'],
    ['sack', '>'],
    ['sack 1:2,3:4', '3'],
    ['TS val 1', '>'],
    ['TS ecr 1 val 2', 'ecr'],
    ['md5', '>'],
    ['md5 0x00', '0x00'],
    ['FO fd', 'fd'],
    ['FO 12.5', '12.5'],
    ['FO "00"', '"00"'],
    ['ECN', '>'],
    ['ECN ceb 1', 'ceb'],
    ['ECN e0b 1 e1b 2', 'e1b'],
    ['ECN e1b 1 ceb 2 e1b 3', 'e1b'],
    ['..., nop', ','],
    ['nop, ...', '...'],
  ])('refuses <%s> at %s', (text, token) => {
    expect(refused(text)).toBe(`parse error at '${token}': syntax error`)
  })

  it('take cookies from defines by text; a number has only its name', () => {
    expect(list('FO CK,nop,nop', { CK: 'AABBCCDDEEFF0011' })).toMatchObject([{ octets: 'aabbccddeeff0011' }, nop, nop])
    expect(list('FO CK,nop', { CK: 'fd' })).toMatchObject([{ octets: 'fd' }, nop])
    expect(refused('FO CK,nop', { CK: '1234' })).toBe("TCP fast open cookie 'CK' is not a valid hex string")
    expect(refusal('0 > . 1:1(0) <FO CK>', { defines: new Map([['CK', '1234']]) }).hint).toMatch(/defined as a number/)
  })
  it('say how many nops are missing', () => {
    expect(refusal('0 > . 1:1(0) <nop>').hint).toMatch(/3 nops/)
    expect(refusal('0 > . 1:1(0) <wscale 7>').hint).toMatch(/one nop/)
  })
})
