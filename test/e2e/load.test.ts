// The same verdict at any load: beside programs that want every processor, a stack that does as it is told never fails, and
// one that is late never gets away as undecided. Read first: docs/timing.md.
import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRunner, type RunResult } from '../../packages/engine/dist/index.js'
import { named, noKernel, scratch } from '../support/drill.js'

const { script } = scratch()

/** Without SACK there is no loss probe: the retransmission is the RTO's, 0.2 s (RFC 6298; Linux's minimum). */
const retransmits = (init: string) => `${init}
    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
   +0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
   +0 bind(3, ..., ...) = 0
   +0 listen(3, 1) = 0
   +0 < S 0:0(0) win 32792 <mss 1000>
   +0 > S. 0:0(0) ack 1 <...>
+.001 < . 1:1(0) ack 1 win 32792
   +0 accept(3, ..., ...) = 4
   +0 write(4, ..., 1000) = 1000
   +0 > P. 1:1001(1000) ack 1
  +.2 > P. 1:1001(1000) ack 1
 +.01 < . 1:1(0) ack 1001 win 32792
 +.01 < P. 1:101(100) ack 1001 win 32792
   +0 > . 1001:1001(0) ack 101
   +0 read(4, ..., 200) = 100
 +.01 close(4) = 0
   +0 > F. 1001:1001(0) ack 101
`
const RETRANSMISSION_LINE = 12
const prompt = script(retransmits('`true`'), 'prompt.pkt')
const late = script(retransmits('`ip route change 192.0.2.0/24 via 192.168.0.1 dev tun0 rto_min 300ms`'), 'late.pkt')

const RUNS = 16
const JOBS = 6

describe.skipIf(noKernel)(named('beside programs that want every processor', noKernel), () => {
  const hogs: ChildProcess[] = []
  beforeAll(() => {
    for (let i = 0; i < 2 * availableParallelism(); i++) {
      hogs.push(spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }))
    }
  })
  afterAll(() => {
    for (const hog of hogs) hog.kill('SIGKILL')
  })

  async function runs(path: string): Promise<RunResult[]> {
    const runner = createRunner({ netns: 'private', commandOutput: 'stderr', jobs: JOBS })
    try {
      const request = {
        scriptPath: path,
        stack: { kind: 'kernel', name: 'kernel' },
        clock: 'wall',
        options: [],
        adminPort: 0,
      } as const
      return await Promise.all(Array.from({ length: RUNS }, () => runner.run(request)))
    } finally {
      await runner.close()
    }
  }
  const told = (results: readonly RunResult[]) => results.map(({ message }) => message).join('\n')

  it('a stack in time never fails', { timeout: 60_000 }, async () => {
    const results = await runs(prompt)
    const attempts = results.flatMap((result) => [result, ...result.attempts])
    expect(
      attempts.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'undecided'),
      told(results),
    ).toEqual([])
    expect(results.filter(({ verdict }) => verdict === 'pass').length, told(results)).toBeGreaterThan(RUNS / 2)
    for (const { verdict, failure } of attempts) {
      if (verdict === 'undecided') expect(failure?.lateness).not.toEqual([])
    }
  })

  // Without real-time priority a busy machine may keep the tester from every judgement.
  it.skipIf(process.getuid?.() !== 0)('a late stack is a failure each time', { timeout: 60_000 }, async () => {
    const results = await runs(late)
    expect(
      results.filter(({ verdict }) => verdict !== 'fail'),
      told(results),
    ).toEqual([])
    for (const { line, failure } of results) {
      expect(line).toBe(RETRANSMISSION_LINE)
      expect(failure?.lateness).toEqual([])
    }
  })
})
