// The examples of faults: each passes with its fault, fails without it, and passes where curl causes the same fault by the
// same name. Read first: docs/interference.md.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import { faultNames } from '../../packages/parser/dist/index.js'
import { command, drill, named, noKernel, noLwip, type Run, root, scratch } from '../support/drill.js'

const { script, folder: scratchFolder } = scratch()
const folder = join(root, 'examples/faults')
const examples = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)

/** A line of a script that causes one of these faults. */
const causes = (names: readonly string[]) => new RegExp(`^( *\\S+ )(${names.join('|')})\\(([^)]*)\\)$`, 'gm')
const statement = causes(faultNames)

const without = (text: string, fault: string) => text.replaceAll(causes([fault]), '$1`true`')
const byCurl = (text: string) =>
  text.replaceAll(statement, (_line, time: string, name: string, given: string) => {
    return `${time}\`curl -sSf "http://127.0.0.1:8899/${name}?${given.replaceAll(', ', '&')}"\``
  })

/** What runs of them say, all in one process, so that no fault may reach the next run. */
function together(scripts: ReadonlyMap<string, string>): [name: string, verdict: string, message: string | null][] {
  const paths = [...scripts].map(([name, text]) => script(text, name))
  const { stdout } = command('lunadrill', ['run', '--stack=lwip', '--reporter=json', ...paths])
  const runs = stdout.trim().split('\n')
  return [...scripts.keys()].map((name, i) => {
    const { verdict, message } = JSON.parse(runs[i] ?? '{}') as Run
    return [name, verdict, message]
  })
}

describe.skipIf(noLwip)(named('faults', noLwip), () => {
  const texts = new Map(examples)
  const names = [...texts.keys()]
  const pass = names.map((name) => [name, 'pass', null])

  it('have examples that pass', { timeout: 60_000 }, () => {
    expect(together(texts)).toEqual(pass)
  })

  it('have examples that pass with the fault over HTTP', { timeout: 60_000 }, () => {
    expect(together(new Map(examples.map(([name, text]) => [`curl-${name}`, byCurl(text)])))).toEqual(
      names.map((name) => [`curl-${name}`, 'pass', null]),
    )
  })

  it('all have an example, and each example fails without its fault', { timeout: 60_000 }, () => {
    const scripts = new Map<string, string>()
    for (const [name, text] of examples) {
      const fault = name.split(/[-.]/)[0] as string
      expect(without(text, fault), name).not.toBe(text)
      scripts.set(`without-${name}`, without(text, fault))
    }
    // linkdown.pkt is linkup's, too.
    scripts.set('without-linkup.pkt', without(texts.get('linkdown.pkt') as string, 'linkup'))
    for (const fault of faultNames) expect([...scripts.keys()]).toContain(`without-${fault}.pkt`)
    const verdicts = together(scripts).map(([name, verdict]) => [name, verdict])
    expect(verdicts).toEqual([...scripts.keys()].map((name) => [name, 'fail']))
  })

  it('of memory end lwIP where it sets a timer: a crash', () => {
    const run = drill('lwip', script('0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 allocfail()\n+1 `true`\n'))
    expect(run).toMatchObject({ verdict: 'crash', fault: { entry: 'poll', signal: 'SIGABRT' } })
    expect(run.fault?.backtrace.map(({ symbol }) => symbol)).toContain('sys_check_timeouts')
  })

  it('that a stack does not offer are a reason to skip', { timeout: 60_000 }, () => {
    const run = drill(buildStack('quiet'), script('0 `true`\n+0 allocfail(count=1)\n'))
    expect(run).toMatchObject({ verdict: 'skip', line: 2 })
    expect(run.message).toContain('stack lacks allocation failures on demand')
    // Asked for over HTTP, it is refused.
    const curl =
      '0 `curl -s "127.0.0.1:8899/allocfail" | grep -q "^the run needs a stack whose allocations can fail"`\n'
    expect(drill(buildStack('quiet'), script(curl))).toMatchObject({ verdict: 'pass' })
  })

  it('by chance are the same with the same seed, to the octet of the trace', { timeout: 60_000 }, () => {
    const trace = join(scratchFolder, 'trace.txt')
    const open = texts.get('drop.pkt') as string
    const head = open.slice(open.indexOf('    0 socket'), open.indexOf('accept(3, ..., ...) = 4'))
    // Which segment comes through first is the seed's choice; the line expects none of them.
    const traced = (seed: number) => {
      const faults = `+0 drop(direction=tx, probability=.8, seed=${seed})\n+0 delay(by=10ms, jitter=10ms, seed=${seed})\n`
      const rest = `${faults}+0 write(4, ..., 20000) = 20000\n+0~+60 > . 9:10(1) ack 1\n`
      drill('lwip', script(`${head}accept(3, ..., ...) = 4\n${rest}`, 'chance.pkt'), `--trace=${trace}`)
      return readFileSync(trace, 'utf8')
    }
    const first = traced(1)
    expect(first).toMatch(/ fault drop\n[\s\S]* fault delay\n[\s\S]* out {3}/)
    expect(traced(1)).toBe(first)
    expect(traced(2).split('\n').at(-2)).not.toBe(first.split('\n').at(-2))
  })

  it('stand in the verbose trace', () => {
    const { stdout, status } = command('packetdrill', [
      '-v',
      '--userspace_stack',
      '--so_filename=libluna.so',
      join(folder, 'pollinghang.pkt'),
    ])
    expect(status).toBe(0)
    expect(stdout).toContain('fault: ')
  })

  it('that cannot be asked for are an error with line and column, and curl fails', () => {
    const head = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n'
    const wrong = drill('lwip', script(`${head}+0 pollinghang(tim=10)\n`))
    expect(wrong).toMatchObject({ verdict: 'error', line: 2 })
    expect(wrong.message).toContain(':2:16: ')
    expect(wrong.message).toContain('did you mean time?')
    expect(drill('lwip', script(`${head}+0 \`curl -sf "127.0.0.1:8899/pollinghang?tim=10"\`\n`))).toMatchObject({
      verdict: 'fail',
      line: 2,
    })
  })
})

it.skipIf(noKernel)(named('a fault on the kernel is skipped, with the reason', noKernel), () => {
  const path = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 linkdown()\n')
  expect(drill('kernel', path)).toMatchObject({ verdict: 'skip', line: 2 })
  expect(drill('kernel', path).message).toContain('skipped: needs a userspace stack: the fault linkdown')
})
