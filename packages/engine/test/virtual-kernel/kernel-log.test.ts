// What the guest's kernel log tells of a run: texts as kernels write them (7.2, 6.12), between the guest's own lines.
import { describe, expect, it } from 'vitest'
import { RunPhase } from '../../src/host/layout.js'
import { progressLine, readKernelLog } from '../../src/virtual-kernel/kernel-log.js'

const log = (...lines: readonly string[]) => `${lines.map((line, i) => `[    ${i}.040000] ${line}`).join('\n')}\n`

const begun = ['lunadrill: begin 7', `lunadrill: phase ${RunPhase.events}`, 'lunadrill: event 0', 'lunadrill: event 1']

const warning = [
  '------------[ cut here ]------------',
  'WARNING: net/ipv4/tcp_input.c:3720 at tcp_ack+0x12/0x1a0, CPU#0: node/25',
  'Modules linked in:',
  'Call Trace:',
  ' [<6004d9e2>] ? tcp_ack+0x12/0x1a0',
  '---[ end trace 0000000000000000 ]---',
]

describe('readKernelLog', () => {
  it('tells how far a run came, and no report where the kernel has said nothing of itself', () => {
    const { reached, report } = readKernelLog(log(...begun, 'tun: Universal TUN/TAP device driver, 1.6'), 7)
    expect(reached).toEqual({ phase: RunPhase.events, event: 1 })
    expect(report).toBeNull()
  })

  it('reads what the guest writes', () => {
    const text = [progressLine('begin', 7), progressLine('phase', 3), progressLine('event', 12)]
    const shown = text.map((line) => line.replace(/^<6>/, '[   12.000000] ')).join('')
    expect(readKernelLog(shown, 7).reached).toEqual({ phase: 3, event: 12 })
  })

  it('takes a warning for a report of the event before it, up to the next event', () => {
    const { report } = readKernelLog(log(...begun, ...warning, 'lunadrill: event 2', 'a word of something else'), 7)
    expect(report).toMatchObject({ headline: warning[1], at: { event: 1 }, fatal: false })
    expect(report?.lines).toEqual(warning.slice(1))
  })

  it('leaves out what was said before the run began', () => {
    expect(readKernelLog(log(...warning, ...begun), 7).report).toBeNull()
    expect(readKernelLog(log('lunadrill: begin 6', ...warning, ...begun), 7).report).toBeNull()
  })

  it.each([
    ['KASAN', 'BUG: KASAN: slab-use-after-free in tcp_ack+0x1f/0x30', false],
    ['lockdep', 'WARNING: possible circular locking dependency detected', false],
    ['UBSAN', 'UBSAN: shift-out-of-bounds in net/ipv4/tcp_input.c:312:9', false],
    ['a stall', 'rcu: INFO: rcu_sched self-detected stall on CPU', false],
    ['a hanging task', 'INFO: task node:25 blocked for more than 120 seconds.', false],
    ['BUG()', 'kernel BUG at net/ipv4/tcp.c:2712!', true],
    ['a fault', 'Kernel mode fault at addr 0x0, ip 0x6004d9e2', true],
    ['a panic', 'Kernel panic - not syncing: Segfault with no mm', true],
  ])('knows %s', (_what, line, fatal) => {
    expect(readKernelLog(log(...begun, line), 7).report).toMatchObject({ headline: line, fatal })
  })

  it('calls a report fatal where a panic follows', () => {
    expect(readKernelLog(log(...begun, ...warning, 'Kernel panic - not syncing: oops'), 7).report?.fatal).toBe(true)
  })

  it('takes what a script writes into the log for no report', () => {
    expect(readKernelLog(log(...begun, 'TCP: WARNING: is only a word here'), 7).report).toBeNull()
  })
})
