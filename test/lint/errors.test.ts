// docs/errors.md lists every error code of the sources, and no other.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

function codesOfSources(): Set<string> {
  const codes = new Set<string>()
  for (const name of readdirSync(join(root, 'packages'))) {
    for (const room of ['src', 'native']) {
      const folder = join(root, 'packages', name, room)
      let files: string[] = []
      try {
        files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      } catch {
        continue
      }
      for (const file of files.filter((each) => /\.(ts|cc|h)$/.test(each))) {
        const text = readFileSync(join(folder, file), 'utf8')
        // LD_PRELOAD is the dynamic linker's.
        for (const [, code] of text.matchAll(/['"](LD_(?!PRELOAD)[A-Z_]+)['":]/g)) codes.add(code as string)
        // lunadrill-guard prints its own.
        for (const [, code] of text.matchAll(/lunadrill-guard: (LD_[A-Z_]+):/g)) codes.add(code as string)
      }
    }
  }
  return codes
}

it('docs/errors.md holds the codes that the sources use', () => {
  const listed = new Set(readFileSync(join(root, 'docs/errors.md'), 'utf8').match(/\bLD_[A-Z_]+[A-Z]\b/g))
  expect([...listed].sort()).toEqual([...codesOfSources()].sort())
})
