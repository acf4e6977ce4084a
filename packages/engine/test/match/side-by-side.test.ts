import { describe, expect, it } from 'vitest'
import { sideBySide } from '../../src/match/side-by-side.js'
import { packet } from '../support/packets.js'

const beside = (expected: string, actual: string, ...fields: string[]) =>
  sideBySide(
    packet(`> ${expected}`),
    packet(`> ${actual}`).values,
    fields.map((field) => ({ field, expected: '', actual: '' })),
  )
const differing = (...given: Parameters<typeof beside>) => beside(...given).rows.filter(({ differs }) => differs)

describe('two packets', () => {
  it('are shown part by part; what the line leaves open is any', () => {
    expect(beside('. 1:1(0) ack 2 <...>', 'P. 1:1(0) ack 1 win 7 <mss 5>', 'tcp_psh').rows).toEqual([
      { part: 'flags', expected: '.', actual: 'P.', differs: true },
      { part: 'seq', expected: '1:1(0)', actual: '1:1(0)', differs: false },
      { part: 'ack', expected: '2', actual: '1', differs: false },
      { part: 'win', expected: 'any', actual: '7', differs: false },
      { part: 'options', expected: 'any', actual: 'mss 5', differs: false },
    ])
  })

  it('show IP header and urgent pointer only where these differ', () => {
    expect(differing('[ttl 64] . 1:1(0) ack 1', '[tos 0x8] . 1:1(0) ack 1', 'ttl')).toEqual([
      { part: 'ip', expected: 'tos 0x0 ttl 64', actual: 'tos 0x8 ttl 255', differs: true },
    ])
    expect(differing('. 1:1(0) ack 1 urg 2', '. 1:1(0) ack 1', 'tcp_urg_ptr')).toEqual([
      { part: 'urg', expected: '2', actual: '0', differs: true },
    ])
  })

  it('show an ACE counter as the line does', () => {
    expect(differing('.5 1:1(0) ack 1', 'A. 1:1(0) ack 1', 'tcp_ace')).toEqual([
      { part: 'flags', expected: '.5', actual: '.4', differs: true },
    ])
  })

  it('have every compared field in a part', () => {
    const fields = [
      'ipv4_header_length ip_ecn tos ttl tcp_fin tcp_syn tcp_rst tcp_psh tcp_ack tcp_urg tcp_ece tcp_cwr tcp_ae tcp_ace',
      'tcp_reserved_bits tcp_seq tcp_ack_seq tcp_window tcp_urg_ptr payload options',
    ]
      .join(' ')
      .split(' ')
    for (const field of [...fields, 'option mss']) {
      expect([field, differing('. 1:1(0)', '. 1:1(0)', field).length]).toEqual([field, 1])
    }
  })
})
