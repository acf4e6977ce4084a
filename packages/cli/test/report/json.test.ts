import { expect, it } from 'vitest'
import { jsonReporter } from '../../src/report/json.js'
import { fail, pass } from '../support/result.js'
import { recorder } from '../support/screen.js'

it('is one object per run and line, with these keys in this order', () => {
  const { screen, stdout } = recorder(true)
  const reporter = jsonReporter(screen)
  reporter.result(pass)
  reporter.result(fail)
  reporter.end()
  expect(stdout.length).toBe(2)
  expect(stdout.every((text) => !text.includes('\n'))).toBe(true)
  const runs = stdout.map((text) => JSON.parse(text))
  for (const run of runs) {
    expect(Object.keys(run)).toEqual([
      'script',
      'stack',
      'family',
      'clock',
      'verdict',
      'line',
      'message',
      'wall_s',
      'cpu_s',
      'late_s',
      'lateness',
      'attempts',
    ])
  }
  expect(runs[0]).toEqual({
    script: 'examples/kernel.pkt',
    stack: 'kernel',
    family: 'ipv4',
    clock: 'wall',
    verdict: 'pass',
    line: null,
    message: null,
    wall_s: 1.234568,
    cpu_s: 0.012346,
    late_s: 0.000013,
    lateness: [],
    attempts: [],
  })
  expect(runs[1]).toMatchObject({ verdict: 'fail', line: 5, message: fail.message })
})

it('says everything else on stderr', () => {
  const { screen, stdout, stderr } = recorder()
  jsonReporter(screen).result({ ...pass, verbose: ['socket syscall: 1'], warnings: ['a.pkt:3: warning'] })
  expect(stderr).toEqual(['socket syscall: 1', 'a.pkt:3: warning'])
  expect(stdout.length).toBe(1)
})

it('lists the mistakes of a script that cannot be read, behind all other keys', () => {
  const { screen, stdout } = recorder()
  const mistakes = [{ code: 'LD_SYNTAX', line: 5, column: 1, message: 'x', hint: null }]
  const words = { verdict: 'error', code: 'LD_SYNTAX', message: 'x', hint: null, upstream: 'x' } as const
  const nothing = { packets: null, differences: [], time: null, lateness: [], before: [] }
  jsonReporter(screen).result({ ...fail, failure: { ...words, line: 5, column: 1, ...nothing, mistakes } })
  const run = JSON.parse(stdout[0] as string)
  expect(run.mistakes).toEqual(mistakes)
  expect(Object.keys(run).at(-1)).toBe('mistakes')
})
