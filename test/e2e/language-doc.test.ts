// docs/language.md teaches by example: each of its scripts is run, and must come to what its info string says.
// That none is missing is test/lint/language-doc.test.ts's. Read first: test/support/examples-of.ts.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { builtinStackPath, createRunner, prepareScript, type RunRequest } from '../../packages/engine/dist/index.js'
import { type Example, examplesOf, type Family, type StackName } from '../support/examples-of.js'
import { named, scratch } from '../support/scratch.js'

const page = join(dirname(fileURLToPath(import.meta.url)), '../../docs/language.md')
const examples = examplesOf(page)
const { script, folder } = scratch()
const start = () => createRunner({ netns: 'private', commandOutput: 'stderr' })
let runner = start()
afterAll(() => runner.close())

/** A call that never returns must not take the next examples with it: its process is ended, which is an error. */
const LIMIT_MS = 15_000

async function carryOut(request: RunRequest) {
  const used = runner
  const limit = setTimeout(() => {
    void used.close()
    runner = start()
  }, LIMIT_MS)
  try {
    return await used.run(request)
  } finally {
    clearTimeout(limit)
  }
}

const stacks: Readonly<Record<StackName, RunRequest['stack']>> = {
  kernel: { kind: 'kernel', name: 'kernel' },
  lwip: { kind: 'userspace', name: 'lwip', soPath: builtinStackPath('libluna.so') ?? '' },
}

/** Other work on the machine must not decide on a real clock; an example that is about time says what it allows. */
const WALL_TOLERANCE_US = '20000'

const familyOption = (family: Family | null) => (family === null ? [] : [['ip_version', family] as const])

async function run(example: Example, stack: StackName, family: Family | null) {
  const scriptPath = script(example.script)
  const options: RunRequest['options'] = [
    ...familyOption(family),
    ...(stack === 'kernel' ? [['tolerance_usecs', WALL_TOLERANCE_US] as const] : []),
    ...example.options,
  ]
  return carryOut({ scriptPath, stack: stacks[stack], clock: null, options, cwd: folder, adminPort: 0 })
}

async function refusal(stack: StackName): Promise<string | undefined> {
  const scriptPath = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')
  const result = await runner.run({ scriptPath, stack: stacks[stack], clock: null, options: [], adminPort: 0 })
  return result.verdict === 'pass' ? undefined : `${stack}: ${result.message?.split('\n')[0]}`
}

const missing = { kernel: await refusal('kernel'), lwip: await refusal('lwip') }

for (const stack of ['kernel', 'lwip'] as const) {
  describe.skipIf(missing[stack])(named(`examples of docs/language.md on ${stack}`, missing[stack]), () => {
    for (const example of examples) {
      if (example.parseOnly || !example.stacks.includes(stack)) continue
      for (const family of example.families) {
        it(`${example.title}${family === null ? '' : `, ${family}`}: ${example.verdict}`, async () => {
          const { verdict, line, message } = await run(example, stack, family)
          expect(verdict, message ?? '').toBe(example.verdict)
          if (example.line !== null) expect(line).toBe(example.line)
          if (example.says !== null) expect(message).toContain(example.says)
        })
      }
    }
  })
}

describe('examples of docs/language.md that are only read', () => {
  for (const example of examples) {
    if (!example.parseOnly) continue
    it(example.title, () => {
      for (const family of example.families) {
        prepareScript(script(example.script), [...familyOption(family), ...example.options])
      }
    })
  }
})
