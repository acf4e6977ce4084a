import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machineStateOf } from '../../src/run/machine-state.js'
import { scriptOf } from '../support/play.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const program = (name: string, text: string) => writeFileSync(join(folder, name), text)
const told = (text: string, initScripts: string[] = []) => machineStateOf(scriptOf(text), initScripts, folder)
const events = '0 socket(..., SOCK_STREAM, 6) = 3\n'

describe('what namespaces do not separate', () => {
  it.each([
    ['`echo 2 > /sys/module/tcp_cubic/parameters/hystart_detect`', /module parameter/],
    ['`modprobe tcp_bbr`', /kernel modules/],
    ['`sysctl -q -w kernel.panic=1`', /machine's sysctls/],
    ['`echo 1 > /proc/sys/vm/drop_caches`', /machine's sysctls/],
    ['`echo f > /sys/class/net/lo/queues/rx-0/rps_cpus`', /machine's devices/],
    ['`dd if=/dev/zero of=/tmp/testfile bs=1 count=5`', /shared file \(\/tmp\/testfile\)/],
  ])('is seen in the command %s', (command, what) => {
    expect(told(`${command}\n${events}`)).toMatch(what)
    expect(told(`0 ${command}\n`)).toMatch(what)
    expect(told(`\`true\`\n${events}${command}\n`)).toMatch(what)
  })

  it('is seen in files that the script opens, in Python and in init scripts', () => {
    expect(told('0 open("/tmp/testfile", O_RDONLY) = 3\n')).toMatch(/testfile/)
    expect(told("0 %{ open('/tmp/x', 'w') }%\n")).toMatch(/\/tmp\/x/)
    expect(told(events, ['modprobe tcp_bbr'])).toMatch(/modules/)
  })

  it('is seen in the programs that a command calls, and in those that they call', () => {
    program('inner.sh', '#!/bin/sh\necho 2 > /sys/module/tcp_cubic/parameters/hystart\n')
    program('outer.sh', '#!/bin/bash\n./inner.sh\n')
    expect(told(`\`./outer.sh\`\n${events}`)).toMatch(/module parameter .*inner\.sh/)
  })

  it.each([
    '`sysctl -q net.ipv4.tcp_sack=0`',
    '`echo 1 > /proc/sys/net/ipv4/tcp_sack; tc qdisc add dev tun0 root pfifo`',
    '`/tmp/sysctl_restore_$PPID.sh`',
    '`f=$(mktemp /tmp/drill.XXXXXX); rm $f`',
    '`cat /sys/class/net/tun0/mtu`',
  ])('is not in %s', (command) => {
    expect(told(`${command}\n${events}`)).toBeNull()
  })

  it('is not in a program whose files have the run in their names, nor in its remarks', () => {
    program('set.py', `#!/usr/bin/env python3\nf = f"/tmp/restore_{os.environ['PACKETDRILL_PID']}.sh"\n`)
    program('old.py', `#!/usr/bin/env python3\nf = '/tmp/restore_%s.sh' % os.environ['PACKETDRILL_PID']\n`)
    program('said.sh', '#!/bin/sh\n# not /sys/module/tcp_cubic/parameters/hystart\n')
    for (const name of ['set.py', 'old.py', 'said.sh']) expect(told(`\`./${name}\`\n${events}`)).toBeNull()
    program('fixed.py', `#!/usr/bin/env python3\nf = '/tmp/restore_%s.sh' % sys.argv[1]\n`)
    expect(told(`\`./fixed.py\`\n${events}`)).toMatch(/shared file/)
  })
})
