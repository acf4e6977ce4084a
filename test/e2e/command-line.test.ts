// packetdrill's command line against upstream's: status and stderr of the same words, as its binary gave them. With
// UPSTREAM=PATH of such a binary in the environment, it is asked again.

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root, scratch } from '../support/drill.js'

const { folder, script } = scratch()

mkdirSync(join(folder, 'folder'))
const command = '0 `true`\n'
for (const name of ['good.pkt', '-dash.pkt']) script(command, name)
script('', 'empty.pkt')
script(`${command}+0 foo bar\n`, 'syntax.pkt')
script('0 < S 0:0(0) win 99999\n', 'semantic.pkt')
script(`--bogus=1\n${command}`, 'unknown.pkt')
script(`--verbose=1\n${command}`, 'forbids.pkt')
script(`--mtu\n${command}`, 'requires.pkt')
script(`--mtu=-1\n${command}`, 'bad.pkt')
script(`--local_ip="1.2.3"\n${command}`, 'address.pkt')
script(`--remote_ip="1.2.3.4/99"\n${command}`, 'prefix.pkt')

const table: readonly (readonly [args: readonly string[], status: number, stderr: string])[] = [
  [[], 1, 'error: missing script path\nUSAGE'],
  [['--dry_run', 'good.pkt'], 0, ''],
  [['--dry_run', 'none.pkt'], 1, "parse error: stat() of script file 'none.pkt': No such file or directory\n"],
  [['--dry_run', 'folder'], 1, "parse error reading script file 'folder': Is a directory\n"],
  [['--dry_run', 'empty.pkt'], 1, "empty.pkt:1: parse error at '': syntax error\n"],
  [['--dry_run', 'syntax.pkt'], 1, "syntax.pkt:2: parse error at 'bar': syntax error\n"],
  [['--dry_run', 'semantic.pkt'], 1, 'semantic.pkt:1: semantic error: TCP window value out of range\n'],
  [['--dry_run', 'good.pkt', 'syntax.pkt', 'none.pkt'], 1, "syntax.pkt:2: parse error at 'bar': syntax error\n"],
  [['--dry_run', '--bogus', 'good.pkt'], 1, "PROGRAM: unrecognized option '--bogus'\nUSAGE"],
  [['--help'], 1, "PROGRAM: unrecognized option '--help'\nUSAGE"],
  [['-h'], 1, "PROGRAM: invalid option -- 'h'\nUSAGE"],
  [['--dry_run', '-x', 'good.pkt'], 1, "PROGRAM: invalid option -- 'x'\nUSAGE"],
  [['--dry_run', '-vx', 'good.pkt'], 1, "PROGRAM: invalid option -- 'x'\nUSAGE"],
  [
    ['--dry_run', '--tol=5', 'good.pkt'],
    1,
    "PROGRAM: option '--tol=5' is ambiguous; possibilities: '--tolerance_usecs' '--tolerance_percent'\nUSAGE",
  ],
  [['--dry_run', '--tolerance_u=5000', 'good.pkt'], 0, ''],
  [['--dry_run', '--tolerance_u', '5000', 'good.pkt'], 0, ''],
  [['--dry_run', '--dry_run=1', 'good.pkt'], 1, "PROGRAM: option '--dry_run' doesn't allow an argument\nUSAGE"],
  [['--dry_run', 'good.pkt', '-v'], 0, ''],
  [['--dry_run', '--', 'good.pkt'], 0, ''],
  [['--', '--bogus'], 1, "parse error: stat() of script file '--bogus': No such file or directory\n"],
  [['--dry_run', '-dash.pkt'], 1, "PROGRAM: invalid option -- 'd'\nUSAGE"],
  [['--dry_run', '--', '-dash.pkt'], 0, ''],
  [['--dry_run', '-'], 1, "parse error: stat() of script file '-': No such file or directory\n"],
  [['--dry_run', '--mtu=-1', 'good.pkt'], 1, 'Command Line: bad --mtu: -1\n'],
  [['--dry_run', '--mtu', 'good.pkt'], 1, 'error: missing script path\nUSAGE'],
  [['--mtu'], 1, "PROGRAM: option '--mtu' requires an argument\nUSAGE"],
  [['--dry_run', '--mss=0', 'good.pkt'], 1, 'Command Line: bad --mss: 0\n'],
  [['--dry_run', '--speed=x', 'good.pkt'], 1, 'Command Line: bad --speed: x\n'],
  [['--dry_run', '--speed=1x', 'good.pkt'], 1, 'Command Line: bad --speed: 1x\n'],
  [['--dry_run', '--speed=-1', 'good.pkt'], 1, 'Command Line: bad --speed: -1\n'],
  [['--dry_run', '--speed=', 'good.pkt'], 1, 'Command Line: bad --speed: \n'],
  [['--dry_run', '--bind_port=0', 'good.pkt'], 1, 'Command Line: bad --bind_port: 0\n'],
  [['--dry_run', '--bind_port=80x', 'good.pkt'], 0, ''],
  [['--dry_run', '--bind_port=65536', 'good.pkt'], 1, 'Command Line: bad --bind_port: 65536\n'],
  [['--dry_run', '--connect_port=x', 'good.pkt'], 1, 'Command Line: bad --connect_port: x\n'],
  [['--dry_run', '--tolerance_usecs=0', 'good.pkt'], 1, 'Command Line: bad --tolerance_usecs: 0\n'],
  [['--dry_run', '--tolerance_percent=101', 'good.pkt'], 1, 'Command Line: bad --tolerance_percent: 101\n'],
  [['--dry_run', '--tolerance_percent=x', 'good.pkt'], 0, ''],
  [['--dry_run', '--tcp_ts_tick_usecs=1000001', 'good.pkt'], 1, 'Command Line: bad --tcp_ts_tick_usecs: 1000001\n'],
  [['--dry_run', '--ip_version=ipv5', 'good.pkt'], 1, 'Command Line: bad --ip_version: ipv5\n'],
  [['--dry_run', '--local_ip=1.2.3', 'good.pkt'], 1, 'bad IPv4 address: 1.2.3\n'],
  [['--dry_run', '--remote_ip=1.2.3.4/33', 'good.pkt'], 1, "bad prefix length in prefix '1.2.3.4/33'\n"],
  [['--dry_run', '--gateway_ip=x', 'good.pkt'], 1, 'bad IPv4 address: x\n'],
  [['--dry_run', '--netmask_ip=x', 'good.pkt'], 1, 'bad IPv4 address: x\n'],
  [['--dry_run', '--ip_version=ipv6', '--local_ip=1.2.3.4', 'good.pkt'], 1, 'bad IPv6 address: 1.2.3.4\n'],
  [['--dry_run', '--ip_version=ipv6', 'good.pkt'], 0, ''],
  [['--dry_run', '--ip_version=ipv6', '--remote_ip=::1/129', 'good.pkt'], 1, "bad prefix length in prefix '::1/129'\n"],
  [['--dry_run', '-D', 'good.pkt'], 1, 'Command Line: bad definition: good.pkt\n'],
  [['--dry_run', '-D', 'A', 'good.pkt'], 1, 'Command Line: bad definition: A\n'],
  [['--dry_run', '-DA=', 'good.pkt'], 0, ''],
  [['--dry_run', '-D=5', 'good.pkt'], 1, 'Command Line: bad definition: =5\n'],
  [['--define'], 1, "PROGRAM: option '--define' requires an argument\nUSAGE"],
  [['-D'], 1, "PROGRAM: option requires an argument -- 'D'\nUSAGE"],
  [['--dry_run', '-vD', 'A=5', 'good.pkt'], 0, ''],
  [['--dry_run', '--non_fatal=bogus', 'good.pkt'], 0, ''],
  [['--dry_run', '--code_format=perl', 'good.pkt'], 0, ''],
  [['--dry_run', '--code_sockopt=FOO', 'good.pkt'], 0, ''],
  [['--dry_run', '--init_scripts=false', 'good.pkt'], 0, ''],
  [['--bogus', '--mtu=-1'], 1, "PROGRAM: unrecognized option '--bogus'\nUSAGE"],
  [['--mtu=-1', '--bogus'], 1, 'Command Line: bad --mtu: -1\n'],
  [['--mtu=-1'], 1, 'Command Line: bad --mtu: -1\n'],
  [
    ['--dry_run', '--c', 'good.pkt'],
    1,
    "PROGRAM: option '--c' is ambiguous; possibilities: '--code_command' '--code_format' '--code_sockopt' '--connect_port'\nUSAGE",
  ],
  [
    ['--dry_run', '--code', 'good.pkt'],
    1,
    "PROGRAM: option '--code' is ambiguous; possibilities: '--code_command' '--code_format' '--code_sockopt'\nUSAGE",
  ],
  [['--dry_run', '--verb', 'good.pkt'], 0, ''],
  [
    ['--dry_run', '--s', 'good.pkt'],
    1,
    "PROGRAM: option '--s' is ambiguous; possibilities: '--speed' '--so_filename' '--so_flags' '--strict_segments' '--send_omit_free'\nUSAGE",
  ],
  [
    ['--dry_run', '--wire_s', 'good.pkt'],
    1,
    "PROGRAM: option '--wire_s' is ambiguous; possibilities: '--wire_server' '--wire_server_ip' '--wire_server_at' '--wire_server_port' '--wire_server_dev'\nUSAGE",
  ],
  [['--dry_run', '--is', 'good.pkt'], 0, ''],
  [['--dry_run', '--remote', '1.2.3.4', 'good.pkt'], 0, ''],
  [['--dry_run', 'unknown.pkt'], 1, "unknown.pkt: option 'bogus' unknown\n"],
  [['--dry_run', 'forbids.pkt'], 1, "forbids.pkt: option 'verbose' forbids an argument\n"],
  [['--dry_run', 'requires.pkt'], 1, "requires.pkt: option 'mtu' requires an argument\n"],
  [['--dry_run', 'bad.pkt'], 1, 'bad.pkt: bad --mtu: -1\n'],
  [['--dry_run', 'address.pkt'], 1, 'bad IPv4 address: 1.2.3\n'],
  [['--dry_run', 'prefix.pkt'], 1, "bad prefix length in prefix '1.2.3.4/99'\n"],
]

/** The usage text's lines of options differ, and argv[0]. */
function call(program: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', input: '' })
  const plain = stderr
    .replaceAll(program, 'PROGRAM')
    .replace(/Usage: packetdrill\n(\t.*\n)*\tscript_path \.\.\.\n/, 'USAGE')
  return { status, stdout, stderr: plain }
}

describe('packetdrill', () => {
  it.each(table)('%j ends with %i', (args, status, stderr) => {
    expect(call(join(root, 'packetdrill'), args)).toEqual({ status, stdout: '', stderr })
  })
})

const upstream = process.env.UPSTREAM
describe.skipIf(upstream === undefined)(
  upstream === undefined ? 'upstream (skipped: UPSTREAM names no binary)' : 'upstream',
  () => {
    it.each(table)('%j ends with %i', (args, status, stderr) => {
      expect(call(upstream as string, args)).toEqual({ status, stdout: '', stderr })
    })
  },
)
