// docs/interference.md names every fault and every parameter, as the code has them, and no other.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { faultNames, faults } from '../../packages/parser/dist/index.js'

const page = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../docs/interference.md'), 'utf8')

it('docs/interference.md says what every fault does', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([^`|]+?) +\|$/gm)].map(([, name, does]) => [name, does])
  expect(rows).toEqual(faultNames.map((name) => [name, faults[name].does]))
})

it('docs/interference.md has every parameter', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| `(\w+)` +\|/gm)].map(([, name, parameter]) => `${name} ${parameter}`)
  const all = faultNames.flatMap((name) => Object.keys(faults[name].parameters).map((each) => `${name} ${each}`))
  expect(rows.sort()).toEqual(all.sort())
})
