// Stacks that are built with AddressSanitizer, run with its runtime in their process: what it finds is the verdict.
import { readFileSync } from 'node:fs'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import { belongings, command, environment, named, noLwip, type Run, scratch, settled } from '../support/drill.js'

const { script } = scratch()
const before = belongings()
afterEach(async () => expect(await settled(before)).toEqual(before))

/** A stack that says nothing passes; the command has nothing of the sanitizer. */
const silent = script(
  `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0.1 \`test -z "$LD_PRELOAD$UBSAN_OPTIONS$LUNADRILL_BEFORE" -a "$ASAN_OPTIONS" = verbosity=0\`
+0 close(3) = 0
`,
  'silent.pkt',
)
const lines = readFileSync(silent, 'utf8').split('\n')

describe.skipIf(noLwip)(named('under --asan, a stack that', noLwip), () => {
  const objects = [
    ...['quiet-under-asan', 'uses-after-free', 'reads-out-of-bounds'],
    ...['overflows-a-number', 'overflows-under-ubsan', 'traps-an-overflow', 'forgets-memory'],
  ]
  let ended: ReturnType<typeof command>
  const reports = new Map<string, Run>()
  const of = (object: string) => reports.get(object) as Run

  beforeAll(() => {
    const stacks = [...objects.map(buildStack), 'lwip', buildStack('quiet-under-asan')]
    ended = command(
      'lunadrill',
      ['run', '--asan', '--jobs=2', '--reporter=json', `--stack=${stacks.join(',')}`, silent],
      {
        env: { ...environment, ASAN_OPTIONS: 'verbosity=0' },
        timeout: 240_000,
      },
    )
    const runs = ended.stdout.trim().split('\n')
    for (const [i, name] of [...objects, 'lwip', 'again'].entries())
      reports.set(name, JSON.parse(runs[i] ?? '{}') as Run)
  }, 250_000)

  it.each(['quiet-under-asan', 'lwip', 'again'])('is sound passes (%s)', (object) => {
    expect(of(object)).toMatchObject({ verdict: 'pass', message: null })
  })

  it.each([
    ['uses memory that it has freed', 'uses-after-free', 3, 'heap-use-after-free', 'call', ['use_freed'], /^freed by/m],
    [
      'reads behind the end of its memory',
      'reads-out-of-bounds',
      4,
      'heap-buffer-overflow',
      'poll',
      ['option_of', 'input'],
      /^allocated by/m,
    ],
  ])('%s crashes, with the report', (_what, object, line, kind, entry, functions, history) => {
    const { verdict, line: at, message, fault } = of(object)
    expect({ verdict, at }).toEqual({ verdict: 'crash', at: line })
    expect(message).toContain(`silent.pkt:${line}:1: crash: AddressSanitizer: ${kind} on address 0x`)
    expect(fault).toMatchObject({ entry, signal: null, event: lines[line - 1] })
    expect(fault?.backtrace.map(({ symbol }) => symbol)).toEqual(functions)
    expect(fault?.backtrace[0]?.source).toMatch(new RegExp(`/${object}\\.c:\\d+$`))
    expect(fault?.words).toMatch(history)
    expect(fault?.words).not.toContain('lunadrill::')
  })

  it('loses memory leaks, with where it was asked for; what its globals point to is not lost', () => {
    const { verdict, message, fault } = of('forgets-memory')
    expect(verdict).toBe('leak')
    expect(message).toContain('silent.pkt: leak: the stack has not given back 116 octets of memory\n')
    expect(fault?.words).toMatch(/^LeakSanitizer: detected memory leaks\n\nDirect leak of 16 byte\(s\) in 1 object/)
    expect(fault?.words).toMatch(/#1 \S+ in connect_one \S+\/forgets-memory\.c:12\n +#2 \S+ in forget /)
    expect(fault?.words).toMatch(/^Indirect leak of 100 byte\(s\)/m)
    expect(fault?.words?.match(/ leak of /g)).toHaveLength(2)
    expect(fault?.words).not.toMatch(/lunadrill::|node/)
  })

  it.each([
    ['with the runtime', 'overflows-a-number', 'SIGABRT'],
    ['alone', 'overflows-under-ubsan', 'SIGABRT'],
    ['with traps', 'traps-an-overflow', 'SIGILL'],
  ])('is built with UBSan crashes at what that finds (%s)', (_what, object, signal) => {
    const { verdict, line, fault } = of(object)
    expect({ verdict, line }).toEqual({ verdict: 'crash', line: 3 })
    expect(fault).toMatchObject({ entry: 'call', signal, event: lines[2] })
    expect(fault?.backtrace.at(-1)).toMatchObject({
      symbol: 'add',
      source: expect.stringMatching(/overflows-a-number\.c:7$/) as string,
    })
  })

  it.each(['overflows-a-number', 'overflows-under-ubsan'])('has what UBSan says in its report (%s)', (object) => {
    const { message, fault } = of(object)
    const said = /signed integer overflow: 2147483647 \+ 1 cannot be represented in type 'int'/
    expect(message).toMatch(said)
    expect(message).toContain('silent.pkt:3:1: crash: UndefinedBehaviorSanitizer: signed')
    expect(fault?.words).toMatch(/^\S+overflows-a-number\.c:7:\d+: runtime error: /)
  })

  it('is found to be wrong says so in the report alone', () => {
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 1, stderr: '' })
  })
})

describe.skipIf(noLwip)(named('a stack that is built with AddressSanitizer', noLwip), () => {
  it('is refused without --asan, with the way out', () => {
    const path = buildStack('quiet-under-asan')
    const { status, stdout, stderr } = command('lunadrill', ['run', `--stack=${path}`, silent])
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' })
    expect(stdout).toContain(`silent.pkt: error: ${path} is built with AddressSanitizer\n`)
    expect(stdout).toContain('  hint: run it with its runtime: lunadrill run --asan\n')
  })

  it('has to be there for --asan', () => {
    expect(command('lunadrill', ['run', '--asan', '--stack=kernel,lwip', silent])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'error: --asan: none of these stacks is built with -fsanitize=address\n',
    })
  })
})
