// The same verdict at any load: beside programs that want every processor, a stack that does as it is told never fails, and
// one that is late never gets away as undecided. Read first: docs/timing.md.
import { type ChildProcess, spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtinStackPath, createRunner, type RunRequest, type RunResult } from '../../packages/engine/dist/index.js'
import { named, noKernel, noLwip, scratch } from '../support/drill.js'

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

/** Over a port that another process carries the frames of; the tolerance is what a crowded machine uses up at once. */
const datagrams = script(`
   0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
  +0 bind(3, ..., ...) = 0
  +0 connect(3, ..., ...) = 0
  +0 write(3, ..., 1000) = 1000
  +0 > udp (1000)
+.01 < udp (500)
+.01 read(3, ..., 1000) = 500
`)

type Tried = Pick<RunRequest, 'scriptPath' | 'stack' | 'options'>
const onKernel = (scriptPath: string): Tried => ({ scriptPath, stack: { kind: 'kernel', name: 'kernel' }, options: [] })
const overMemif: Tried = {
  scriptPath: datagrams,
  stack: { kind: 'userspace', name: 'lwip', soPath: builtinStackPath('libluna.so') ?? '' },
  options: [
    ['port', 'memif'],
    ['tolerance_usecs', '2000'],
  ],
}

const RUNS = 16
const JOBS = 6

describe('beside programs that want every processor', () => {
  const hogs: ChildProcess[] = []
  beforeAll(() => {
    for (let i = 0; i < 2 * availableParallelism(); i++) {
      hogs.push(spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }))
    }
  })
  afterAll(() => {
    for (const hog of hogs) hog.kill('SIGKILL')
  })

  async function runs(tried: Tried, jobs = JOBS, count = RUNS): Promise<RunResult[]> {
    const runner = createRunner({ netns: 'private', commandOutput: 'stderr', jobs })
    try {
      const once = () => runner.run({ ...tried, clock: 'wall', adminPort: 0 })
      return await Promise.all(Array.from({ length: count }, once))
    } finally {
      await runner.close()
    }
  }
  const told = (results: readonly RunResult[]) => results.map(({ message }) => message).join('\n')

  function expectNoneFailed(results: readonly RunResult[]) {
    const attempts = results.flatMap((result) => [result, ...result.attempts])
    expect(
      attempts.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'undecided'),
      told(results),
    ).toEqual([])
    expect(results.filter(({ verdict }) => verdict === 'pass').length, told(results)).toBeGreaterThan(
      results.length / 2,
    )
    for (const { verdict, failure } of attempts) {
      if (verdict === 'undecided') expect(failure?.lateness).not.toEqual([])
    }
  }

  it.skipIf(noKernel)(named('a kernel in time never fails', noKernel), { timeout: 60_000 }, async () => {
    expectNoneFailed(await runs(onKernel(prompt)))
  })

  it.skipIf(noLwip)(named('lwIP in wall time never fails', noLwip), { timeout: 120_000 }, async () => {
    // Beside other runs an answer would be let off a tick.
    expectNoneFailed(await runs(overMemif, 1, 2 * RUNS))
  })

  // Without real-time priority a busy machine may keep the tester from every judgement.
  const unjudged = noKernel ?? (process.getuid?.() === 0 ? undefined : 'needs root')
  it.skipIf(unjudged)(named('a late kernel is a failure each time', unjudged), { timeout: 60_000 }, async () => {
    const results = await runs(onKernel(late))
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
