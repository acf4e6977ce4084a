// The examples on their stacks, and for each a broken twin: one number, flag, time or byte wrong, failing at its line.
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  belongings,
  command,
  drill,
  named,
  noKernel,
  noLwip,
  noLwipSack,
  root,
  scratch,
  settled,
} from '../support/drill.js'

type StackName = 'kernel' | 'lwip' | 'lwip-sack'

interface Twin {
  readonly example: string
  readonly stack: StackName
  readonly what: string
  /** Replaced once in the example's text; must be there. */
  readonly from: string
  readonly to: string
  /** A piece of the line that must be blamed, after the replacement. */
  readonly blamed: string
  /** A piece of the message. */
  readonly says: string
}

const examples: readonly (readonly [string, StackName])[] = [
  ['examples/kernel.pkt', 'kernel'],
  ['examples/userspace.pkt', 'lwip'],
  ['examples/both.pkt', 'kernel'],
  ['examples/both.pkt', 'lwip'],
  ['examples/pollinghang.pkt', 'lwip'],
  ['examples/sack.pkt', 'lwip-sack'],
  ['examples/both.pkt', 'lwip-sack'],
]

const twins: readonly Twin[] = [
  {
    example: 'examples/kernel.pkt',
    stack: 'kernel',
    what: 'the window scale of the SYN-ACK',
    from: 'ecr 0,nop,wscale 7>\n   +0 `netstat',
    to: 'ecr 0,nop,wscale 8>\n   +0 `netstat',
    blamed: 'wscale 8>',
    says: 'expected: wscale 8 actual: wscale 7',
  },
  {
    example: 'examples/kernel.pkt',
    stack: 'kernel',
    what: 'the assertion on the initial window',
    from: 'assert tcpi_snd_cwnd == 10',
    to: 'assert tcpi_snd_cwnd == 11',
    blamed: '== 11',
    says: 'tcpi_snd_cwnd = 10',
  },
  {
    example: 'examples/kernel.pkt',
    stack: 'kernel',
    what: 'the state that netstat is to show',
    from: 'grep SYN_RECV',
    to: 'grep FIN_WAIT',
    blamed: 'grep FIN_WAIT',
    says: 'non-zero status 1',
  },
  {
    example: 'examples/kernel.pkt',
    stack: 'kernel',
    what: 'the first RTO',
    from: '+.6~+.7',
    to: '+.3~+.4',
    blamed: '+.3~+.4',
    says: 'timing error: expected outbound packet in relative time range',
  },
  {
    example: 'examples/userspace.pkt',
    stack: 'lwip',
    what: 'the first RTO, by 4 ms and a tolerance',
    from: '+2.65 ',
    to: '+3.1 ',
    blamed: '+3.1',
    says: 'timing error: expected outbound packet at 3.200000 sec but happened at 2.750000 sec',
  },
  {
    example: 'examples/userspace.pkt',
    stack: 'lwip',
    what: 'the state that curl is to show',
    from: 'grep SYN_RCVD',
    to: 'grep LISTENING',
    blamed: 'grep LISTENING',
    says: 'non-zero status 1',
  },
  {
    example: 'examples/userspace.pkt',
    stack: 'lwip',
    what: 'the congestion window of ss',
    from: 'grep 3`',
    to: 'grep 10`',
    blamed: 'grep 10`',
    says: 'non-zero status 1',
  },
  {
    example: 'examples/userspace.pkt',
    stack: 'lwip',
    what: 'the assertion, with the slip = for ==',
    from: 'tcpi_snd_cwnd == 3',
    to: 'tcpi_snd_cwnd = 3',
    blamed: 'tcpi_snd_cwnd = 3',
    says: 'write `==`: assert tcpi_snd_cwnd == 3',
  },
  ...(['kernel', 'lwip'] as const).flatMap((stack): Twin[] => [
    {
      example: 'examples/both.pkt',
      stack,
      what: 'a flag of the data segment',
      from: '> P. 1:1001(1000) ack 1',
      to: '> . 1:1001(1000) ack 1',
      blamed: '> . 1:1001(1000)',
      says: 'live packet field tcp_psh: expected: 0 (0x0) vs actual: 1 (0x1)',
    },
    {
      example: 'examples/both.pkt',
      stack,
      what: 'the MSS of the SYN-ACK',
      from: '> S. 0:0(0) ack 1 <mss 1460>',
      to: '> S. 0:0(0) ack 1 <mss 1461>',
      blamed: 'mss 1461',
      says: 'expected: mss 1461 actual: mss 1460',
    },
    {
      example: 'examples/both.pkt',
      stack,
      what: 'an acknowledgement number',
      from: '> . 1001:1001(0) ack 502',
      to: '> . 1001:1001(0) ack 503',
      blamed: 'ack 503',
      says: 'live packet field tcp_ack_seq: expected: 503 (0x1f7) vs actual: 502 (0x1f6)',
    },
    {
      example: 'examples/both.pkt',
      stack,
      what: 'how much a read returns',
      from: 'read(4, ..., 1000) = 500',
      to: 'read(4, ..., 1000) = 501',
      blamed: '= 501',
      says: 'Expected result 501 but got 500',
    },
    {
      example: 'examples/both.pkt',
      stack,
      what: 'the length of a write',
      from: 'write(4, ..., 1000) = 1000',
      to: 'write(4, ..., 1100) = 1100',
      blamed: '> P. 1:1001(1000)',
      says: 'live packet payload: expected 1000 bytes vs actual 1100 bytes',
    },
  ]),
  {
    example: 'examples/pollinghang.pkt',
    stack: 'lwip',
    what: 'the hang: there is none',
    from: 'pollinghang?time=300',
    to: 'netstat',
    blamed: '+.3 > S.',
    says: 'timing error: expected outbound packet at 0.300000 sec but happened at 0.000000 sec',
  },
  {
    example: 'examples/sack.pkt',
    stack: 'lwip-sack',
    what: 'the second block',
    from: 'sack 3001:4001 1001:2001',
    to: 'sack 3001:4001 1001:2000',
    blamed: '1001:2000',
    says: 'sack 3001:4001 1001:2001',
  },
]

const missing = { kernel: noKernel, lwip: noLwip, 'lwip-sack': noLwipSack }
const { script } = scratch()
const before = belongings()

afterAll(async () => {
  expect(await settled(before)).toEqual(before)
})

for (const stack of ['kernel', 'lwip', 'lwip-sack'] as const) {
  describe.skipIf(missing[stack])(named(`examples on ${stack}`, missing[stack]), () => {
    it.each(examples.filter((each) => each[1] === stack))('%s passes on %s', (example) => {
      const run = drill(stack, example)
      expect(run).toMatchObject({
        script: example,
        stack,
        family: 'ipv4',
        verdict: 'pass',
        line: null,
        message: null,
        status: 0,
      })
      expect(run.clock).toBe(stack === 'kernel' ? 'wall' : 'virtual')
    })

    it.each(twins.filter((each) => each.stack === stack))('$example fails with another $what', (twin) => {
      const text = readFileSync(join(root, twin.example), 'utf8')
      expect(text).toContain(twin.from)
      const broken = text.replace(twin.from, twin.to)
      const line = broken.split('\n').findIndex((each) => !each.startsWith('//') && each.includes(twin.blamed)) + 1
      const run = drill(stack, script(broken, basename(twin.example)))
      expect(run).toMatchObject({ verdict: 'fail', line, status: 1 })
      expect(run.message).toContain(twin.says)
    })
  })
}

describe("the talk's own lines", () => {
  it.skipIf(noKernel)(named('./packetdrill ./test.pkt', noKernel), () => {
    expect(command('packetdrill', ['./test.pkt'])).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.skipIf(noLwip)(named('./packetdrill --userspace_stack --so_filename=libluna.so ./test.pkt', noLwip), () => {
    const args = ['--userspace_stack', '--so_filename=libluna.so', './test.pkt']
    expect(command('packetdrill', args)).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.skipIf(noKernel)(named('a broken twin: exit status 1, and the line', noKernel), () => {
    const text = readFileSync(join(root, 'test.pkt'), 'utf8').replace(
      '> P. 1:1001(1000) ack 1',
      '> P. 1:1001(1000) ack 2',
    )
    const path = script(text)
    const line = text.split('\n').findIndex((each) => each.includes('> P. 1:1001(1000) ack 2')) + 1
    const { status, stdout, stderr } = command('packetdrill', [path])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    const [first, expected, actual] = stderr.split('\n')
    expect(first).toBe(
      `${path}:${line}: error handling packet: live packet field tcp_ack_seq: expected: 2 (0x2) vs actual: 1 (0x1)`,
    )
    expect(expected).toMatch(/^script packet: {2}0\.\d{6} P\. 1:1001\(1000\) ack 2 $/)
    expect(actual).toMatch(/^actual packet: {2}0\.\d{6} P\. 1:1001\(1000\) ack 1 win \d+ $/)
  })
})
