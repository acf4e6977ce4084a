// The direction of imports: biome.json's overrides really report a wrong arrow, and let the right ones pass.
// Works on a copy of the configuration over files made here, so that no wrong file lies in the repository.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-lint-'))
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  delete config.$schema
  delete config.vcs
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(config))
  copyFileSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.json'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Lints one file that imports the module, and gives the rules that it breaks. */
function brokenRules(file: string, module: string): string[] {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `export { thing } from '${module}'\n`)
  const args = ['lint', '--reporter=github', '--colors=off', folder]
  const ran = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: folder, encoding: 'utf8' })
  const rules = [...ran.stdout.matchAll(/::error title=([^,]*)/g)].map((found) => found[1] ?? '')
  expect(ran.status, ran.stderr).toBe(rules.length === 0 ? 0 : 1)
  return rules
}

const RULE = 'lint/style/noRestrictedImports'
const allowed: Record<string, string[]> = {
  parser: [],
  tcpinfo: [],
  engine: ['parser', 'tcpinfo', 'kernel-native', 'dpdk-native'],
  'kernel-native': [],
  'dpdk-native': [],
  cli: ['engine', 'parser'],
}

describe('the direction of imports', () => {
  for (const [from, targets] of Object.entries(allowed)) {
    for (const to of Object.keys(allowed).filter((name) => name !== from)) {
      const right = targets.includes(to)
      it(`${right ? 'allows' : 'refuses'} ${from} → ${to}`, () => {
        expect(brokenRules(`packages/${from}/src/room/file.ts`, `@lunadrill/${to}`)).toEqual(right ? [] : [RULE])
      })
    }
  }

  it('refuses another package by its path', () => {
    expect(brokenRules('packages/cli/src/file.ts', '../../engine/src/host/layout.js')).toEqual([RULE])
  })

  it("refuses a package's inner module", () => {
    expect(brokenRules('packages/engine/src/file.ts', '@lunadrill/parser/dist/scan/scan.js')).toEqual([RULE])
  })

  it('allows a module of the same package', () => {
    expect(brokenRules('packages/engine/src/room/file.ts', '../host/layout.js')).toEqual([])
  })

  it.each(['node:fs', 'node:fs/promises'])('refuses %s in the packages that a browser loads', (module) => {
    expect(brokenRules('packages/parser/src/file.ts', module)).toEqual([RULE])
    rmSync(join(folder, 'packages'), { recursive: true })
    expect(brokenRules('packages/tcpinfo/src/file.ts', module)).toEqual([RULE])
    rmSync(join(folder, 'packages'), { recursive: true })
    expect(brokenRules('packages/engine/src/file.ts', module)).toEqual([])
  })
})
