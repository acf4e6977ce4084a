import { describe, expect, it } from 'vitest'
import { parseCheck } from '../../src/args/check-args.js'
import { CommandLine } from '../../src/args/command-line.js'
import { parseFmt } from '../../src/args/fmt-args.js'

describe('words', () => {
  it('are operands, flags and options, in any order', () => {
    const line = new CommandLine(['a.pkt', '--strict', '-DX=1', '-', '--mtu', '1400', '--', '--b.pkt'], 'check')
    expect(line.operands).toEqual(['a.pkt', '-', '--b.pkt'])
    expect(line.options).toEqual([
      ['define', 'X=1'],
      ['mtu', '1400'],
    ])
    expect([line.has('strict'), line.has('format')]).toEqual([true, false])
  })

  it('that an option cannot take are refused at once', () => {
    expect(() => new CommandLine(['--mtu=-1', 'a.pkt'], 'check')).toThrow('error: bad --mtu: -1')
    expect(() => new CommandLine(['-D', 'X', 'a.pkt'], 'fmt')).toThrow('error: bad definition: X')
  })

  it('that are no flag here are refused, with the one that was meant', () => {
    expect(() => new CommandLine(['--tolerance-usecs=5'], 'check')).toThrow('did you mean --tolerance_usecs?')
    expect(() => new CommandLine(['--mtu=5'], 'fmt')).toThrow('--mtu')
    expect(() => new CommandLine(['--so_filename=x'], 'lunadrill')).toThrow('write --stack=PATH.so')
  })
})

it('of check', () => {
  expect(parseCheck(['a.pkt'])).toEqual({ scripts: ['a.pkt'], strict: false, format: 'pretty', options: [] })
  expect(parseCheck(['--format=json', '--strict', 'a.pkt'])).toMatchObject({ strict: true, format: 'json' })
  expect(parseCheck(['-h'])).toBe('help')
  expect(() => parseCheck([])).toThrow('missing script path')
})

it('of fmt', () => {
  expect(parseFmt(['a.pkt', 'b.pkt'])).toEqual({ files: ['a.pkt', 'b.pkt'], mode: 'write', options: [] })
  expect(parseFmt(['--check', '-'])).toMatchObject({ files: ['-'], mode: 'check' })
  expect(parseFmt(['--stdout', '--ip_version=ipv6', 'a.pkt'])).toMatchObject({
    mode: 'stdout',
    options: [['ip_version', 'ipv6']],
  })
  expect(parseFmt(['--help'])).toBe('help')
})
