import { describe, expect, it } from 'vitest'
import { decodeTcpCcInfo, tcpCcInfoNames } from '../../src/layout/tcp-cc-info.js'

/** 0, 1, 2, … so that each field shows where it was read. */
const octets = Uint8Array.from({ length: 20 }, (_, at) => at)

describe('tcp_cc_info', () => {
  it('is nothing for reno and cubic, which return no octets, or too few', () => {
    expect(decodeTcpCcInfo(new Uint8Array(0)).size).toBe(0)
    expect(decodeTcpCcInfo(octets.subarray(0, 15)).size).toBe(0)
  })

  it('is DCTCP and Vegas from 16 octets on', () => {
    expect(shown(decodeTcpCcInfo(octets.subarray(0, 16)))).toMatchInlineSnapshot(`
      "dctcp_enabled 100
      dctcp_ce_state 302
      dctcp_alpha 7060504
      dctcp_ab_ecn b0a0908
      dctcp_ab_tot f0e0d0c
      tcpv_enabled 3020100
      tcpv_rttcnt 7060504
      tcp_rtt b0a0908
      tcp_minrtt f0e0d0c"
    `)
  })

  it('is BBR too from 20 octets on, with the bandwidth as one number', () => {
    expect(shown(decodeTcpCcInfo(octets)).split('\n').slice(0, 6).join('\n')).toMatchInlineSnapshot(`
      "bbr_bw_lo 3020100
      bbr_bw_hi 7060504
      bbr_bw 706050403020100
      bbr_min_rtt b0a0908
      bbr_pacing_gain f0e0d0c
      bbr_cwnd_gain 13121110"
    `)
    expect([...decodeTcpCcInfo(octets).keys()]).toEqual(tcpCcInfoNames)
  })
})

function shown(values: ReadonlyMap<string, number | bigint>): string {
  return [...values].map(([name, value]) => `${name} ${value.toString(16)}`).join('\n')
}
