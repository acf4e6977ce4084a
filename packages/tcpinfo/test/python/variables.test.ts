import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kernelPythonVariables, lunaPythonVariables } from '../../src/python/variables.js'

const none = new Uint8Array(0)

/** All names in the order in which packetdrill assigns them, as its reference lists them. */
const order = readFileSync(new URL('names.txt', import.meta.url), 'utf8')
  .trim()
  .split(/\s+/)

describe("a kernel's variables", () => {
  it('have packetdrill’s names and order', () => {
    const { values, missing } = kernelPythonVariables(new Uint8Array(280), new Uint8Array(20), new Uint8Array(36))
    expect([...values.keys()]).toEqual(order)
    expect(missing.size).toBe(0)
  })

  it('are missing where the kernel returned less', () => {
    const { values, missing } = kernelPythonVariables(new Uint8Array(104), none, new Uint8Array(36))
    expect(values.has('tcpi_total_retrans')).toBe(true)
    expect(missing.has('tcpi_pacing_rate')).toBe(true)
    expect(missing.has('bbr_bw')).toBe(true)
    expect(missing.has('dctcp_alpha')).toBe(true)
    expect(values.size + missing.size).toBe(order.length)
    expect(missing.get('tcpi_pacing_rate')).toBe("this kernel's TCP_INFO has 104 octets and ends before it")
    expect(missing.get('bbr_bw')).toBe("the socket's congestion control gives 0 octets of TCP_CC_INFO, and not this")
  })

  it('come with the constants', () => {
    const { values } = kernelPythonVariables(new Uint8Array(280), none, none)
    const constants = [...values].filter(([name]) => !name.startsWith('tcpi_'))
    expect(constants.map(([name, value]) => `${name}=${value}`).join(' ')).toMatchInlineSnapshot(
      `"TCP_ESTABLISHED=1 TCP_SYN_SENT=2 TCP_SYN_RECV=3 TCP_FIN_WAIT1=4 TCP_FIN_WAIT2=5 TCP_TIME_WAIT=6 TCP_CLOSE=7 TCP_CLOSE_WAIT=8 TCP_LAST_ACK=9 TCP_LISTEN=10 TCP_CLOSING=11 TCP_CA_Open=0 TCP_CA_Disorder=1 TCP_CA_CWR=2 TCP_CA_Recovery=3 TCP_CA_Loss=4 TCPI_OPT_TIMESTAMPS=1 TCPI_OPT_SACK=2 TCPI_OPT_WSCALE=4 TCPI_OPT_ECN=8 TCPI_OPT_ECN_SEEN=16 TCPI_OPT_SYN_DATA=32 TCPI_OPT_USEC_TS=64 TCPI_OPT_TFO_CHILD=128"`,
    )
  })
})

describe("a userspace stack's variables", () => {
  const header = readFileSync(new URL('../../../dpdk-native/include/luna_stack.h', import.meta.url), 'utf8')
  const start = header.indexOf('struct luna_tcp_info {')
  const names = [
    ...header.slice(start, header.indexOf('};', start)).matchAll(/uint\d+_t (?!reserved)(\w+); +\/\* +\d+/g),
  ].map(([, name]) => name!)

  it('have Linux’s names for what the stack knows, and the rest is missing', () => {
    const { values, missing } = lunaPythonVariables(
      new Map<string, number | bigint>([
        ['state', 1],
        ['snd_cwnd', 10],
        ['rto_us', 200_000],
        ['rtt_us', 500],
        ['min_rtt_us', 400],
        ['last_data_sent_ms', 12],
        ['bytes_acked', 1001n],
        ['snd_una', 4711],
        ['cwnd_bytes', 14600],
      ]),
      { stack: 'lwIP 2.1.3', fields: names },
    )
    const live = Object.fromEntries([...values].filter(([name]) => name.startsWith('tcpi_')))
    expect(live).toEqual({
      tcpi_state: 1,
      tcpi_snd_cwnd: 10,
      tcpi_rto: 200_000,
      tcpi_rtt: 500,
      tcpi_min_rtt: 400,
      tcpi_last_data_sent: 12,
      tcpi_bytes_acked: 1001n,
    })
    expect(missing.has('tcpi_snd_ssthresh')).toBe(true)
    expect(missing.has('SK_MEMINFO_DROPS')).toBe(true)
    expect(missing.has('tcpi_snd_cwnd')).toBe(false)
    expect(missing.get('tcpi_rttvar')).toBe(
      'lwIP 2.1.3 does not tell it: luna_tcp_info.rttvar_us is not known (bit 24 of `known` is 0)',
    )
    expect(missing.get('tcpi_ecn_mode')).toBe('lwIP 2.1.3 cannot tell it: luna_tcp_info has no such field')
    expect(missing.get('bbr_bw')).toBe('lwIP 2.1.3 cannot tell it: luna_stack_v1 has no TCP_CC_INFO')
    expect(missing.get('SK_MEMINFO_DROPS')).toBe('lwIP 2.1.3 cannot tell it: luna_stack_v1 has no SO_MEMINFO')
    expect(values.size + missing.size).toBe(order.length)
  })

  it('leave no name of luna_tcp_info without a Linux one by accident', () => {
    expect(names.length).toBe(50)
    const { values } = lunaPythonVariables(new Map(names.map((name) => [name, 1])), { stack: 'any', fields: names })
    expect([...values.keys()].filter((name) => name.startsWith('tcpi_')).length).toBe(50 - 6)
  })
})

it('are assignments that Python understands', () => {
  const { values } = kernelPythonVariables(new Uint8Array(280).fill(255), new Uint8Array(20).fill(255), none)
  const program = [...values].map(([name, value]) => `${name} = ${value}`).join('\n')
  const printed = execFileSync('python3', ['-c', `${program}\nprint(tcpi_bytes_acked, bbr_bw, tcpi_options2)`])
  expect(printed.toString().trim()).toBe('18446744073709551615 18446744073709551615 16777215')
})
