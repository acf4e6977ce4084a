import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { listed, onNextProcessor } from '../../src/virtual-kernel/processor.js'

it('reads the kernel’s lists of processors', () => {
  expect(listed('0')).toEqual([0])
  expect(listed('0-3,7,9-10')).toEqual([0, 1, 2, 3, 7, 9, 10])
})

it('gives one guest after the other the next processor that may be used', () => {
  const allowed = (before: readonly string[]) => {
    const [program = '', ...args] = [...before, 'grep', '^Cpus_allowed_list:', '/proc/self/status']
    return listed(spawnSync(program, args, { encoding: 'utf8' }).stdout.trim().split('\t')[1] as string)
  }
  const all = allowed([])
  const given = all.map(() => allowed(onNextProcessor()))
  expect(given.map((each) => each.length)).toEqual(all.map(() => 1))
  expect(given.flat().sort()).toEqual([...all].sort())
})
