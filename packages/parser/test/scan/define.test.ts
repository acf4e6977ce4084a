import { describe, expect, it } from 'vitest'
import { replacementOf, replacements } from '../../src/scan/define.js'

describe('replacementOf', () => {
  it.each([
    ['"a b"', { kind: 'string', text: 'a b' }],
    ['"a', { kind: 'string', text: '' }],
    ['`ls`', { kind: 'backtick', text: 'ls' }],
    ['', { kind: 'integer', value: 0n }],
    ['5', { kind: 'integer', value: 5n }],
    ['-5', { kind: 'integer', value: -5n }],
    ['+5', { kind: 'integer', value: 5n }],
    [' 5', { kind: 'integer', value: 5n }],
    ['0', { kind: 'integer', value: 0n }],
    ['0x10', { kind: 'integer', value: 16n }],
    ['-0X1f', { kind: 'integer', value: -31n }],
    ['010', { kind: 'integer', value: 8n }],
    ['9223372036854775806', { kind: 'integer', value: 9223372036854775806n }],
    ['9223372036854775807', { kind: 'word', text: '9223372036854775807' }],
    ['-9223372036854775808', { kind: 'word', text: '-9223372036854775808' }],
    ['08', { kind: 'word', text: '08' }],
    ['0x', { kind: 'word', text: '0x' }],
    ['5 ', { kind: 'word', text: '5 ' }],
    ['-', { kind: 'word', text: '-' }],
    ['mss', { kind: 'word', text: 'mss' }],
    ['1.5', { kind: 'word', text: '1.5' }],
    ['A|B', { kind: 'word', text: 'A|B' }],
  ])('%j', (value, expected) => {
    expect(replacementOf(value)).toEqual(expected)
  })
})

describe('replacements', () => {
  it('is null without defines', () => {
    expect(replacements(new Map())).toBeNull()
  })
})
