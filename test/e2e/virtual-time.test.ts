// Virtual time through the built command: the same trace on every run, hours in no time, and the wall's verdict.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { command, drill, named, noLwip, type Run, scratch } from '../support/drill.js'

const { script, folder } = scratch()

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

  it('gives 1,000 runs the same trace, octet by octet, also side by side', { timeout: 90_000 }, () => {
    const traces = new Set<string>()
    const retransmits = script(
      `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 1000) = 1000
+0 > P. 1:1001(1000) ack 1
+0~+30 > P. 1:1001(1000) ack 1
+1 < . 1:1(0) ack 1001 win 32792
`,
      'retransmits.pkt',
    )
    for (const flags of [[], ['--jobs=2']]) {
      const path = join(folder, `thousand-${flags.length}`)
      const args = ['run', '--stack=lwip', `--trace=${path}`, ...flags, ...Array(500).fill(retransmits)]
      expect(command('lunadrill', args).status).toBe(0)
      const parts = readFileSync(path, 'utf8').split(/^(?=# )/m)
      expect(parts).toHaveLength(500)
      for (const part of parts) traces.add(part)
    }
    expect(traces.size).toBe(1)
  })

  it('gives 20 runs with commands and Python the same trace, octet by octet, also side by side', {
    timeout: 90_000,
  }, () => {
    const examples = ['examples/userspace.pkt', 'examples/pollinghang.pkt', 'examples/both.pkt']
    const traces = examples.map(() => new Set<string>())
    const [jobs, times] = [2, 10]
    for (const flags of [[], [`--jobs=${jobs}`]]) {
      const path = join(folder, `trace-${flags.length}`)
      const scripts = Array.from({ length: times }, () => examples).flat()
      const args = ['run', '--stack=lwip', `--trace=${path}`, ...flags, ...scripts]
      expect(command('lunadrill', args).status).toBe(0)
      const parts = readFileSync(path, 'utf8').split(/^(?=# )/m)
      expect(parts).toHaveLength(scripts.length)
      for (const [i, part] of parts.entries()) traces[i % examples.length]!.add(part)
    }
    expect(traces.map(({ size }) => size)).toEqual(examples.map(() => 1))
  })

  // Of lwIP 2.1.3, on any machine.
  it('gives this trace', () => {
    const path = join(folder, 'this-trace')
    const text = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 \`curl -s "http://$LUNADRILL_ADMIN/pollinghang?time=250" && sleep 0.1\`
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0...1 read(4, ..., 100) = 100
+1 < P. 1:101(100) ack 1 win 32792
+.25 > . 1:1(0) ack 101
+7200 close(4) = 0
+0 > F. 1:1(0) ack 101
`
    expect(drill('lwip', script(text, 'this.pkt'), `--trace=${path}`)).toMatchObject({ message: null, verdict: 'pass' })
    expect(readFileSync(path, 'utf8').replace(folder, '')).toMatchInlineSnapshot(`
      "# /this.pkt  lwip  ipv4  virtual  pass
       0.000000  line  1: 0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
       0.000000  call  socket -1 = 3
       0.000000  line  2: +0 bind(3, ..., ...) = 0
       0.000000  call  bind 3 = 0
       0.000000  line  3: +0 listen(3, 1) = 0
       0.000000  call  listen 3 = 0
       0.000000  line  4: +0 < S 0:0(0) win 32792 <mss 1460>
       0.000000  in    192.0.2.1:32768 > 192.168.0.2:8080 S 0:0(0) win 32792 <mss 1460> (44 octets, 1093008b)
       0.000000  line  5: +0 > S. 0:0(0) ack 1 <mss 1460>
       0.000000  out   192.168.0.2:8080 > 192.0.2.1:32768 S. 6510:6510(0) ack 1 win 65535 <mss 1460> (44 octets, 50349986)
       0.000000  line  6: +0 \`curl -s "http://$LUNADRILL_ADMIN/pollinghang?time=250" && sleep 0.1\`
       0.000000  line  7: +.1 < . 1:1(0) ack 1 win 32792
       0.100000  in    192.0.2.1:32768 > 192.168.0.2:8080 . 1:1(0) ack 6511 win 32792 (40 octets, 31d4ea0a)
       0.100000  line  8: +0 accept(3, ..., ...) = 4
       0.250000  call  accept 3 = 4
       0.250000  line  9: +0...1 read(4, ..., 100) = 100
       0.250000  call  read 4 blocks
       0.250000  line  10: +1 < P. 1:101(100) ack 1 win 32792
       1.250000  in    192.0.2.1:32768 > 192.168.0.2:8080 P. 1:101(100) ack 6511 win 32792 (140 octets, 82b8bc68)
       1.250000  call  read 4 = 100 since 0.250000
       1.250000  line  11: +.25 > . 1:1(0) ack 101
       1.500000  out   192.168.0.2:8080 > 192.0.2.1:32768 . 6511:6511(0) ack 101 win 65435 (40 octets, 007db903)
       1.500000  line  12: +7200 close(4) = 0
      7201.500000  call  close 4 = 0
      7201.500000  line  13: +0 > F. 1:1(0) ack 101
      7201.500000  out   192.168.0.2:8080 > 192.0.2.1:32768 F. 6511:6511(0) ack 101 win 65435 (40 octets, 551dab7f)
      "
    `)
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
