import { expect, it } from 'vitest'
import { prettyReporter } from '../../src/report/pretty.js'
import { fail, pass } from '../support/result.js'
import { recorder } from '../support/screen.js'

const plan = [pass, fail].map(({ script, stack }) => ({ script, stack }))

it('is a line per run, the story of a failure, and a sum', () => {
  const { screen, stdout } = recorder()
  const reporter = prettyReporter(screen, plan)
  reporter.result(pass)
  reporter.result(fail)
  reporter.end()
  expect(stdout.join('\n')).toMatchInlineSnapshot(`
    "pass  examples/kernel.pkt  kernel  1.23 s
    fail  examples/broken.pkt  lwip    0.02 s
    examples/broken.pkt:5:6: fail: the packet differs: ack
       5 | +0  > S. 0:0(0) ack 2 <...>
         |     ^^^^^^^^^^^^^^^^^^^^^^^
             expected  actual
      flags  S.        S.
      ack    2         1       <-- differs
      before:
          0.000000  line 3  listen(3, 1) = 0
      hint: write ack 1

    2 runs: 1 pass, 1 fail (1.26 s)"
  `)
})

it('is one line and a sum for one pass', () => {
  const { screen, stdout } = recorder()
  const reporter = prettyReporter(screen, plan.slice(0, 1))
  reporter.result(pass)
  reporter.end()
  expect(stdout).toEqual(['pass  examples/kernel.pkt  kernel  1.23 s', '1 run: 1 pass (1.23 s)'])
})

it('shows packets, calls and warnings before the verdict', () => {
  const { screen, stdout } = recorder()
  prettyReporter(screen, plan).result({ ...pass, verbose: ['socket syscall: 1'], warnings: ['a.pkt:3: warning'] })
  expect(stdout.slice(0, 2)).toEqual(['socket syscall: 1', 'a.pkt:3: warning'])
})

it('only adds colours to the same text', () => {
  const plain = recorder()
  prettyReporter(plain.screen, plan).result(fail)
  const text = plain.stdout.join('\n')
  const bright = recorder(true)
  prettyReporter(bright.screen, plan).result(fail)
  const coloured = bright.stdout.join('\n')
  expect(coloured).not.toBe(text)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  expect(coloured.replaceAll(/\x1b\[\d+m/g, '')).toBe(text)
  expect(coloured).toContain('\x1b[33m  ack    2         1       <-- differs\x1b[39m')
})
