// The direction of imports: biome.json's overrides really report a wrong arrow, and let the right ones pass.
// Works on a copy of the configuration over files made here, so that no wrong file lies in the repository.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const RULE = 'lint/style/noRestrictedImports'
const allowed: Record<string, string[]> = {
  parser: [],
  tcpinfo: [],
  engine: ['parser', 'tcpinfo', 'kernel-native', 'dpdk-native'],
  'kernel-native': [],
  'dpdk-native': [],
  cli: ['engine', 'parser'],
}

/** A file that imports a module, and the rules that it breaks by that. */
interface Case {
  readonly name: string
  readonly file: string
  readonly module: string
  readonly breaks: readonly string[]
}

const cases: Case[] = [
  {
    name: 'refuses another package by its path',
    file: 'packages/cli/src/file.ts',
    module: '../../engine/src/host/layout.js',
    breaks: [RULE],
  },
  {
    name: "refuses a package's inner module",
    file: 'packages/engine/src/file.ts',
    module: '@lunadrill/parser/dist/scan/scan.js',
    breaks: [RULE],
  },
  {
    name: 'allows a module of the same package',
    file: 'packages/engine/src/room/file.ts',
    module: '../host/layout.js',
    breaks: [],
  },
]
for (const [from, targets] of Object.entries(allowed)) {
  for (const to of Object.keys(allowed).filter((name) => name !== from)) {
    const right = targets.includes(to)
    cases.push({
      name: `${right ? 'allows' : 'refuses'} ${from} → ${to}`,
      file: `packages/${from}/src/to-${to}/file.ts`,
      module: `@lunadrill/${to}`,
      breaks: right ? [] : [RULE],
    })
  }
}
for (const [from, right] of [
  ['parser', false],
  ['tcpinfo', false],
  ['engine', true],
] as const) {
  for (const module of ['fs', 'fs/promises']) {
    cases.push({
      name: `${right ? 'allows' : 'refuses'} ${from} → node:${module}`,
      file: `packages/${from}/src/node/${module}.ts`,
      module: `node:${module}`,
      breaks: right ? [] : [RULE],
    })
  }
}

const folder = mkdtempSync(join(tmpdir(), 'lunadrill-lint-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The rules that are broken, by file: all are looked at by one call. */
const broken = new Map<string, string[]>()
beforeAll(() => {
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  delete config.$schema
  delete config.vcs
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(config))
  copyFileSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.json'))
  for (const { file, module } of cases) {
    const path = join(folder, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `export { thing } from '${module}'\n`)
  }
  const args = ['lint', '--reporter=github', '--colors=off', '--max-diagnostics=none', folder]
  const ran = spawnSync(join(root, 'node_modules/.bin/biome'), args, { cwd: folder, encoding: 'utf8' })
  expect(ran.status, ran.stderr).toBe(1)
  for (const [, rule = '', file = ''] of ran.stdout.matchAll(/::error title=([^,]*),file=([^,]*)/g)) {
    const name = relative(folder, file)
    broken.set(name, [...(broken.get(name) ?? []), rule])
  }
})

describe('the direction of imports', () => {
  for (const { name, file, breaks } of cases) it(name, () => expect(broken.get(file) ?? []).toEqual(breaks))
})
