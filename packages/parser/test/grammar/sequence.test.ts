import { describe, expect, it } from 'vitest'
import { refusal, tcp, upstream } from '../support/parse.js'

const refused = (text: string) => upstream(`0 > . ${text}`)

describe('sequence ranges', () => {
  it('may be written with blanks', () => {
    expect(tcp('> . 1 : 11 ( 10 )')).toMatchObject({ seq: 1, payloadLength: 10 })
  })
  it.each([
    ['4294967296:4294967296(0)', 'TCP start sequence number out of range'],
    ['-1:0(1)', 'TCP start sequence number out of range'],
    ['4294967295:4294967296(1)', 'TCP end sequence number out of range'],
    ['1:65537(65536)', 'TCP payload size out of range'],
    ['5:4(-1)', 'TCP payload size out of range'],
    ['1:3(1)', 'inconsistent TCP sequence numbers and payload size'],
    ['4294967295:0(1)', 'inconsistent TCP sequence numbers and payload size'],
    ['4294967296:4294967296(65536)', 'TCP start sequence number out of range'],
    ['99999999999999999999:1(0)', 'TCP start sequence number out of range'],
  ])('refuses %s: %s', (text, message) => {
    expect(refused(text)).toBe(message)
  })
  it.each([
    ['1(0)', '('],
    ['1:1', ''],
    ['1:1()', ')'],
    ['1:1(X)', 'X'],
    ['1::1(0)', '1::1'],
    ['0x1:1(0)', '0x1'],
  ])('refuses %s at %j', (text, token) => {
    expect(refused(text)).toBe(`parse error at '${token}': syntax error`)
  })
  it('say so in a line, however long the number', () => {
    expect(refusal(`0 > . ${'9'.repeat(1000)}:1(0)`).message.length).toBeLessThan(120)
  })
  it('say how the numbers do not fit', () => {
    expect(refusal('0 > . 1:3(1)').message).toBe('1:3(1) is inconsistent: 1 + 1 is 2, not 3')
    expect(refusal('0 > . 4294967295:0(1)').hint).toMatch(/across 2\^32 cannot be written/)
  })
})
