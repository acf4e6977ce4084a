import { describe, expect, it } from 'vitest'
import { bare, packet, refusal, upstream } from '../support/parse.js'

const base = { type: 'icmp', icmpCode: 0, mtu: null, id: 0, echoed: { kind: 'none' } }

const body = (text: string, wireFamily: 'ipv4' | 'ipv6' = 'ipv4') => bare(packet(`< icmp ${text}`, { wireFamily }).body)
const refused = (text: string, wireFamily: 'ipv4' | 'ipv6' = 'ipv4') => upstream(`0 < icmp ${text}`, { wireFamily })

describe('ICMPv4', () => {
  it.each([
    ['echo_reply', { icmpType: 0 }],
    ['unreachable', { icmpType: 3 }],
    ['unreachable precedence_cutoff', { icmpType: 3, icmpCode: 15 }],
    ['unreachable code_200', { icmpType: 3, icmpCode: 200 }],
    ['unreachable frag_needed mtu 65535', { icmpType: 3, icmpCode: 4, mtu: 65535 }],
    ['type_3 code_4 mtu 5', { icmpType: 3, icmpCode: 4, mtu: 5 }],
    ['type_3x code_4y', { icmpType: 3, icmpCode: 4 }],
    ['type_255', { icmpType: 255 }],
    ['address_mask_reply', { icmpType: 18 }],
    ['echo_request mtu -1', { icmpType: 8 }],
    ['echo_request id 65535', { icmpType: 8, id: 65535 }],
    ['echo_request id 0 [raw (8)]', { icmpType: 8, echoed: { kind: 'raw', length: 8 } }],
    ['unreachable [5:15(10)]', { icmpType: 3, echoed: { kind: 'tcp', seq: 5, payloadLength: 10 } }],
    ['unreachable [udp (65535)]', { icmpType: 3, echoed: { kind: 'udp', payloadLength: 65535 } }],
  ])('%s', (text, expected) => {
    expect(body(text)).toEqual({ ...base, ...expected })
  })
  it.each([
    ['nonsense', 'bad ICMP type nonsense'],
    ['packet_too_big', 'bad ICMP type packet_too_big'],
    ['type_256', 'bad ICMP type type_256'],
    ['type_', 'bad ICMP type type_'],
    ['code_5', 'bad ICMP type code_5'],
    ['constructor', 'bad ICMP type constructor'],
    ['unreachable no_route', 'bad ICMP code no_route'],
    ['unreachable toString', 'bad ICMP code toString'],
    ['echo_request net_unreachable', 'bad ICMP code net_unreachable'],
    ['type_3 net_unreachable', 'bad ICMP code net_unreachable'],
    ['unreachable type_3', 'bad ICMP code type_3'],
    ['unreachable mtu 5', 'ICMPv4 MTU is only valid for unreachable-frag_needed'],
    ['echo_request code_4 mtu 0', 'ICMPv4 MTU is only valid for unreachable-frag_needed'],
    ['unreachable frag_needed mtu 65536', 'ICMPv4 MTU out of 16-bit range'],
    ['echo_request id 65536', 'invalid echo_id, must be between 0 and 65535'],
    ['echo_request id -1', 'invalid echo_id, must be between 0 and 65535'],
    ['echo_request [raw (7)]', 'icmp_bytes 7 smaller than icmp header length 8'],
    ['unreachable [5:6(0)]', 'inconsistent TCP sequence numbers and payload size'],
    // Upstream cuts these two to 16 bits.
    ['unreachable [udp (65536)]', 'UDP payload size out of range'],
    ['echo_request [raw (65600)]', 'ICMP length out of range'],
  ])('refuses %s: %s', (text, message) => {
    expect(refused(text)).toBe(message)
  })
})

describe('ICMPv6', () => {
  it.each([
    ['unreachable port_unreachable', { icmpType: 1, icmpCode: 4 }],
    ['unreachable no_route', { icmpType: 1, icmpCode: 0 }],
    ['packet_too_big mtu 4294967295', { icmpType: 2, mtu: 4294967295 }],
    ['time_exceeded exceeded_frag_time', { icmpType: 3, icmpCode: 1 }],
    ['parameter_problem unknown_option', { icmpType: 4, icmpCode: 2 }],
    ['echo_request', { icmpType: 128 }],
    ['echo_reply', { icmpType: 129 }],
  ])('%s', (text, expected) => {
    expect(body(text, 'ipv6')).toEqual({ ...base, ...expected })
  })
  it.each([
    ['source_quench', 'bad ICMP type source_quench'],
    ['unreachable host_unreachable', 'bad ICMP code host_unreachable'],
    ['unreachable mtu 5', 'ICMPv6 MTU is only valid for packet_too_big-0'],
    ['packet_too_big code_1 mtu 5', 'ICMPv6 MTU is only valid for packet_too_big-0'],
    ['packet_too_big mtu 4294967296', 'ICMPv6 MTU out of 32-bit range'],
  ])('refuses %s: %s', (text, message) => {
    expect(refused(text, 'ipv6')).toBe(message)
  })
})

describe('the grammar of ICMP', () => {
  it.each([
    ['', ''],
    ['5', '5'],
    ['unreachable id 5 mtu 5', 'mtu'],
    ['unreachable []', ']'],
    ['unreachable [raw 5]', '5'],
    ['unreachable [udp (5)', ''],
    ['unreachable [tcp (5)]', 'tcp'],
    ['1 > 2 unreachable', '1'],
  ])('refuses %j at %j', (text, token) => {
    expect(upstream(`0 < icmp ${text}\n`)).toBe(`parse error at '${token}': syntax error`)
  })
  it('takes types and codes from defines', () => {
    const defines = new Map([['CODE', 'host_unreachable']])
    expect(packet('< icmp unreachable CODE', { defines }).body).toMatchObject({ icmpCode: 1 })
  })
  it('suggests names', () => {
    expect(refusal('0 < icmp unreachabel').hint).toBe("Did you mean 'unreachable'?")
    expect(refusal('0 < icmp unreachable frag_neded').hint).toBe("Did you mean 'frag_needed'?")
  })
})
