import { describe, expect, it } from 'vitest'
import { applyOption, defaultOptions, freshOptions, optionRules } from '../../src/run/options.js'
import type { RunOptions } from '../../src/run/types.js'

/** What options change. */
function changed(...given: readonly (readonly [name: string, value: string | null])[]): Partial<RunOptions> {
  const options = freshOptions()
  for (const [name, value] of given) applyOption(options, name, value)
  const differs = (key: string) =>
    JSON.stringify(options[key as keyof RunOptions]) !== JSON.stringify(defaultOptions[key as keyof RunOptions])
  return Object.fromEntries(Object.entries(options).filter(([key]) => differs(key)))
}

const good: readonly (readonly [name: string, value: string | null, Partial<RunOptions>])[] = [
  ['ip_version', 'ipv4-mapped-ipv6', { ipVersion: 'ipv4-mapped-ipv6' }],
  ['ip_version', 'ipv6', { ipVersion: 'ipv6' }],
  ['ip_version', 'ipv4', {}],
  ['bind_port', '1', { bindPort: 1 }],
  ['bind_port', '80x', { bindPort: 80 }],
  ['connect_port', '65535', { connectPort: 65535 }],
  ['local_ip', '192.168.0.1', { localIp: '192.168.0.1' }],
  ['remote_ip', '192.0.2.7', { remoteIp: '192.0.2.7' }],
  ['remote_ip', '192.0.2.7/16', { remoteIp: '192.0.2.7/16' }],
  ['gateway_ip', '192.168.0.9', { gatewayIp: '192.168.0.9' }],
  ['netmask_ip', '255.0.0.0', { netmaskIp: '255.0.0.0' }],
  ['init_scripts', 'a b,c', { initScripts: ['a b', 'c'] }],
  ['speed', '10000', { speedMbps: 10_000 }],
  ['speed', '0', {}],
  ['mss', '1460', { mss: 1460 }],
  ['mtu', '0', { mtu: 0 }],
  ['mtu', '1520', { mtu: 1520 }],
  ['tolerance_usecs', '1', { toleranceUsecs: 1 }],
  ['tolerance_usecs', '100000', { toleranceUsecs: 100_000 }],
  ['tolerance_percent', '0', { tolerancePercent: 0 }],
  ['tolerance_percent', '.5e1', { tolerancePercent: 5 }],
  ['tolerance_percent', '100', { tolerancePercent: 100 }],
  ['tolerance_percent', 'x', { tolerancePercent: 0 }],
  ['tcp_ts_ecr_scaled', null, { tcpTsEcrScaled: true }],
  ['tcp_ts_tick_usecs', '1000000', { tcpTsTickUsecs: 1_000_000 }],
  ['tcp_ts_tick_usecs', 'x', {}],
  ['strict_segments', null, { strictSegments: true }],
  ['non_fatal', 'packet', { nonFatalPackets: true }],
  ['non_fatal', 'syscall, packet', { nonFatalPackets: true }],
  ['non_fatal', 'syscall,packets', {}],
  ['code_command', 'python3 -B', { codeCommand: 'python3 -B' }],
  ['code_format', 'perl', { codeFormat: 'perl' }],
  ['code_sockopt', 'TCP_INFO', { codeSockopt: 'TCP_INFO' }],
  ['so_filename', './x.so', { soFilename: './x.so' }],
  ['so_flags', 'a=b', { soFlags: 'a=b' }],
  ['port', 'tap', { port: { kind: 'tap', stack: '', tester: '', firstUs: 0 } }],
  ['port', 'af_packet:eth1,eth2', { port: { kind: 'af_packet', stack: 'eth1', tester: 'eth2', firstUs: 0 } }],
  ['eal', '-a 0000:01:00.0  -m 512', { eal: ['-a', '0000:01:00.0', '-m', '512'] }],
  ['dry_run', null, { dryRun: true }],
  ['is_anyip', null, { isAnyip: true }],
  ['command_timeout', '0', { commandTimeoutS: 0 }],
  ['command_timeout', '7', { commandTimeoutS: 7 }],
  ['hang_timeout', '60', { hangTimeoutS: 60 }],
  ['send_omit_free', null, { sendOmitFree: true }],
  ['psp_udp_port', '1000', { pspUdpPort: 1000 }],
  ['wire_client', null, { wireMode: 'client' }],
  ['wire_server', null, { wireMode: 'server' }],
  ['wire_server_ip', 'host', { wireMode: 'client', wireServerIp: 'host' }],
  ['wire_server_at', 'host', { wireMode: 'client', wireServerIp: 'host' }],
  ['wire_server_port', '8082', { wireServerPort: 8082 }],
  ['wire_client_dev', 'eth0', { wireClientDev: 'eth0' }],
  ['wire_server_dev', 'eth0', { wireServerDev: 'eth0' }],
  ['wire_token', 'secret words', { wireToken: 'secret words' }],
  ['wire_token_file', '/etc/token', { wireTokenFile: '/etc/token' }],
  ['debug', null, {}],
  ['define', 'A=B=C', { defines: { A: 'B=C' } }],
  ['define', 'A=', { defines: { A: '' } }],
  ['verbose', null, { verbose: true }],
]

describe('an option', () => {
  it.each(good)('--%s=%s says something', (name, value, change) => {
    expect(changed([name, value])).toEqual(change)
  })

  it('has an example here, each', () => {
    expect([...new Set(good.map(([name]) => name))].sort()).toEqual(Object.keys(optionRules).sort())
  })

  it.each([
    ['ip_version', 'ipv5'],
    ['bind_port', '0'],
    ['bind_port', '65536'],
    ['bind_port', 'x'],
    ['bind_port', '-1'],
    ['connect_port', ''],
    ['connect_port', '65536'],
    ['speed', '10x'],
    ['speed', '-1'],
    ['speed', '4294967296'],
    ['speed', ''],
    ['mss', '0'],
    ['mtu', '-1'],
    ['tolerance_usecs', '0'],
    ['tolerance_usecs', 'x'],
    ['command_timeout', '-1'],
    ['hang_timeout', '-1'],
    ['tolerance_percent', '100.1'],
    ['tolerance_percent', '-1'],
    ['tcp_ts_tick_usecs', '1000001'],
    ['tcp_ts_tick_usecs', '-1'],
    ['psp_udp_port', '0'],
    ['wire_server_port', '65536'],
  ])('--%s=%s is bad', (name, value) => {
    expect(() => changed([name, value])).toThrow(`bad --${name}: ${value}`)
  })

  it.each(['=x', 'x', ''])('--define=%s is no definition', (value) => {
    expect(() => changed(['define', value])).toThrow(`bad definition: ${value}`)
  })

  it.each(['nosuch', 'v', 'D', 'constructor', '__proto__'])('--%s is unknown', (name) => {
    expect(() => changed([name, null])).toThrow(`option '${name}' unknown`)
  })

  it('has a value or has none', () => {
    for (const [name, { value }] of Object.entries(optionRules)) {
      const words = value === null ? 'forbids an argument' : 'requires an argument'
      expect(() => changed([name, value === null ? '' : null])).toThrow(`option '${name}' ${words}`)
    }
  })

  it('counts when it comes last; definitions and non-fatal words add up', () => {
    expect(changed(['mtu', '1000'], ['mtu', '900'])).toEqual({ mtu: 900 })
    expect(changed(['define', 'A=1'], ['define', 'B=2'], ['define', 'A=3'])).toEqual({ defines: { A: '3', B: '2' } })
    expect(changed(['non_fatal', 'packet'], ['non_fatal', 'syscall'])).toEqual({ nonFatalPackets: true })
  })

  it('leaves the defaults alone', () => {
    changed(['define', 'A=1'], ['init_scripts', 'a'])
    expect(freshOptions()).toEqual(defaultOptions)
    expect(defaultOptions.defines).toEqual({})
  })
})
