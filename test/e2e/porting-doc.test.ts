// docs/porting.md is run as it stands: its files are written, its commands carried out, in the page's order. A block says what
// it is behind its three quotes: `sh` for commands, `c FILE` for a file of the project, whose later blocks are added to it.
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, it } from 'vitest'
import { environment, named, noLwip, root, scratch } from '../support/drill.js'

interface Block {
  /** The page's line, for messages. */
  readonly line: number
  readonly kind: string
  readonly file: string | undefined
  readonly text: string
}

function blocksOf(page: string): Block[] {
  const found: Block[] = []
  for (const match of page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)) {
    const line = page.slice(0, match.index).split('\n').length
    found.push({ line, kind: match[1] ?? '', file: match[2], text: match[3] ?? '' })
  }
  return found
}

const { folder } = scratch()
const page = readFileSync(join(root, 'docs/porting.md'), 'utf8')

it.skipIf(noLwip)(
  named('docs/porting.md leads to lwIP under test', noLwip),
  () => {
    mkdirSync(join(folder, 'bin'))
    symlinkSync(join(root, 'lunadrill'), join(folder, 'bin/lunadrill'))
    const env = { ...environment, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}` }
    const project = join(folder, 'acme')
    const said: string[] = []
    // One shell for all, as the reader has: what follows a `cd` is done there.
    let where = folder
    const written = new Set<string>()
    for (const { line, kind, file, text } of blocksOf(page)) {
      if (kind === 'c' && file !== undefined) {
        expect(existsSync(join(project, file)), `porting.md:${line}: ${file}`).toBe(written.has(file))
        appendFileSync(join(project, file), written.has(file) ? `\n${text}` : text)
        written.add(file)
        continue
      }
      expect(kind, `porting.md:${line}`).toBe('sh')
      const ran = spawnSync('bash', ['-ec', `set -o pipefail; ${text}\npwd >&3`], {
        cwd: where,
        env,
        encoding: 'utf8',
        timeout: 90_000,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      })
      expect(ran.status, `porting.md:${line}: ${ran.stdout}${ran.stderr}`).toBe(0)
      expect(ran.stderr, `porting.md:${line}`).toBe('')
      where = (ran.output[3] ?? '').trim()
      said.push(ran.stdout)
    }
    expect(where).toBe(project)
    const [tiny, lwip, lacks] = said
    for (const checked of [tiny, lwip]) {
      expect(checked).toContain('it conforms')
      expect(checked).toContain('1 run: 1 pass')
    }
    expect(lacks).toMatch(/^it lacks\n {2}TCP /)
    // It is lwIP that has passed.
    expect(readFileSync(join(project, 'libacme.so')).includes('liblwip')).toBe(true)
    expect(existsSync(join(project, 'tiny-ip.c'))).toBe(false)
  },
  120_000,
)
