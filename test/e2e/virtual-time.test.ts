// Virtual time through the built command: the same trace on every run, hours in no time, and the wall's verdict.
import { describe, expect, it } from 'vitest'
import { command, drill, named, noLwip, type Run, scratch } from '../support/drill.js'

const { script } = scratch()

describe.skipIf(noLwip)(named('virtual time', noLwip), () => {
  it('gives 20 runs of the userspace example the same JSON, apart from wall_s and cpu_s', { timeout: 90_000 }, () => {
    const example = 'examples/userspace.pkt'
    const { stdout, status } = command('lunadrill', [
      'run',
      '--stack=lwip',
      '--reporter=json',
      ...Array(10).fill(example),
    ])
    expect(status).toBe(0)
    const again = Array.from(
      { length: 10 },
      () => command('lunadrill', ['run', '--stack=lwip', '--reporter=json', example]).stdout,
    )
    const lines = [...stdout.trim().split('\n'), ...again.map((text) => text.trim())]
    expect(lines).toHaveLength(20)
    const bare = new Set(lines.map((line) => line.replace(/,"wall_s":[\d.e-]+,"cpu_s":[\d.e-]+/, '')))
    expect([...bare]).toEqual([
      '{"script":"examples/userspace.pkt","stack":"lwip","family":"ipv4","clock":"virtual","verdict":"pass","line":null,"message":null,"late_s":0,"lateness":[],"attempts":[]}',
    ])
  })

  it('gives a failing run the same words to the microsecond', () => {
    const path = script(`0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 \`sleep 0.1\`
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+1 > P. 1:101(100) ack 1
`)
    const messages = Array.from({ length: 3 }, () => drill('lwip', path).message)
    expect(new Set(messages).size).toBe(1)
    expect(messages[0]).toContain('expected outbound packet at 1.100000 sec but happened at 2.750000 sec')
  })

  it('keeps an idle connection alive for two hours in the time that a run takes', () => {
    const path = script(`0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
// RFC 9293 3.8.4: two hours by default; the probe repeats the last octet.
+7200 > . 0:0(0) ack 1
+0 < . 1:1(0) ack 1 win 32792
+7200 > . 0:0(0) ack 1
`)
    const { verdict, message } = drill('lwip', path)
    expect({ verdict, message }).toEqual({ verdict: 'pass', message: null })
  })

  it('agrees with the wall where the tolerances allow it', () => {
    for (const clock of ['virtual', 'wall']) {
      expect(drill('lwip', 'examples/both.pkt', `--clock=${clock}`)).toMatchObject({ verdict: 'pass', clock })
    }
  })

  it('is no time at all for shell commands and Python', () => {
    const path = script(`0 \`sleep 0.3\`
0.001 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
0.002 \`sleep 0.3\`
0.003 close(3) = 0
`)
    const run: Run = drill('lwip', path)
    expect(run).toMatchObject({ verdict: 'pass', message: null })
    expect(run.wall_s).toBeGreaterThan(0.6)
  })
})
