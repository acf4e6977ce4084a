// `lunadrill compare` through the built command: the kernel against lwIP, and lwIP against itself.
import { describe, expect, it } from 'vitest'
import { listKernels } from '../../packages/engine/dist/index.js'
import { command, named, noKernel, noLwip, scratch } from '../support/drill.js'

const { script } = scratch()

const server = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
`
/** Holds on both. */
const common = () => script(server, 'common.pkt')
/** lwIP has no timestamps. */
const timestamps = () =>
  script(
    server
      .replace('<mss 1460>', '<mss 1460,sackOK,TS val 7 ecr 0>')
      .replace('<...>', '<mss 1460,sackOK,TS val 1 ecr 7>'),
    'timestamps.pkt',
  )

describe.skipIf(noLwip)(named('lwIP compared with itself', noLwip), () => {
  it('does not differ, down to the trace', { timeout: 60_000 }, () => {
    const args = [
      'compare',
      '--by=trace',
      '--stack=lwip',
      '--stack=lwip',
      'examples/both.pkt',
      'examples/userspace.pkt',
    ]
    const { status, stdout } = command('lunadrill', args)
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: `script                  lwip             lwip
examples/both.pkt       pass             pass
examples/userspace.pkt  pass             pass

2 scripts: no difference
`,
    })
  })
})

const kernels = new Set(listKernels().map(({ name }) => name))
const noPlanted = ['default', 'planted-initial-window'].every((name) => kernels.has(name))
  ? undefined
  : 'node test/planted/main.mjs builds the kernels'

describe.skipIf(noPlanted)(named('a patched kernel compared with the one before', noPlanted), () => {
  it('parts at the first thing that the patch changes', { timeout: 60_000 }, () => {
    const path = script(
      `${server}+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 write(4, ..., 14600) = 14600
+0 > P. 1:14601(14600) ack 1
`,
      'initial-window.pkt',
    )
    const flags = ['--stack=uml', '--stack=uml:planted-initial-window', '--format=json']
    const { status, stdout, stderr } = command('lunadrill', ['compare', ...flags, path, common()])
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' })
    const [patched, same] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(patched.runs.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['pass', 'fail'])
    const { first, second } = patched.runs[1].divergence
    // Two segments of the ten stay behind until the retransmission.
    expect(first).toMatch(/out {3}#1 P?\. 11681:14601\(2920\) ack 1/)
    expect(second).toMatch(/out {3}#1 P?\. 1:1461\(1460\) ack 1/)
    expect(same).toMatchObject({ differs: false, traces_differ: false })
  })
})

const neither = noKernel ?? noLwip

describe.skipIf(neither)(named('the kernel compared with lwIP', neither), () => {
  const stacks = ['--stack=kernel', '--stack=lwip']

  it('differs where the script asks for what one does not have', { timeout: 60_000 }, () => {
    const { status, stdout } = command('lunadrill', ['compare', '--format=json', ...stacks, common(), timestamps()])
    const [same, other] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(status).toBe(1)
    // Windows, at least, are the stack's own.
    expect(same).toMatchObject({ differs: false, verdicts_differ: false, traces_differ: true })
    expect(other).toMatchObject({ differs: true, verdicts_differ: true })
    const [kernel, lwip] = other.runs
    expect([kernel.verdict, lwip.verdict, lwip.line]).toEqual(['pass', 'fail', 5])
    expect(lwip.divergence.before.at(-1)).toMatch(/line {2}5: \+0 > S\./)
    expect(lwip.divergence.first).toMatch(
      /out {3}#1 S\. 0:0\(0\) ack 1 win \d+ <mss 1460,sackOK,TS val 0 ecr 7> \(56 octets, ttl 64/,
    )
    expect(lwip.divergence.second).toMatch(/out {3}#1 S\. 0:0\(0\) ack 1 win 65535 <mss 1460> \(44 octets, ttl 255\)/)
  })

  it('cannot be told where a script is wrong', () => {
    expect(command('lunadrill', ['compare', ...stacks, script('0 socket(\n'), common()])).toMatchObject({ status: 2 })
  })
})

it('refuses a stack that is not there, with no table', () => {
  const { status, stdout, stderr } = command('lunadrill', ['compare', '--stack=kernel,bogus', common()])
  expect({ status, stdout, said: stderr.split('\n')[0]?.slice(0, 28) }).toEqual({
    status: 2,
    stdout: '',
    said: 'error: no such stack: bogus ',
  })
})

it('refuses one stack alone', () => {
  const { status, stdout, stderr } = command('lunadrill', ['compare', '--stack=kernel', common()])
  expect({ status, stdout, stderr }).toEqual({
    status: 2,
    stdout: '',
    stderr: `error: two stacks are compared: --stack=A --stack=B
usage: lunadrill compare [OPTION]... SCRIPT...
(lunadrill help compare: all options)
`,
  })
})
