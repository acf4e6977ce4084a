// What the operands of the command line are: scripts, or folders, which stand for the scripts below them. A script in a folder
// may say which stacks it is for by a comment of its own line, `// stacks: lwip, lwip-sack`; one that is named itself is run
// wherever it is told to. Supervisor. Nothing is parsed here.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PreparationError, readScript } from '@lunadrill/engine'
import { UsageError } from '../args/usage-error.js'

export interface ListedScript {
  readonly path: string
  /** Words of `--stack`, `kernel` (in virtual time too) or `userspace` (all of them); null: any. */
  readonly stacks: readonly string[] | null
}

const FOR = /^[ \t]*\/\/ stacks: ([\w-]+(?:, [\w-]+)*)[ \t]*$/m

/** In the order of the operands, those of a folder by name. Throws UsageError for a folder without scripts. */
export function listScripts(operands: readonly string[]): readonly ListedScript[] {
  return operands.flatMap((path) => {
    if (!isFolder(path)) return [{ path, stacks: null }]
    const scripts = scriptsBelow(path)
    if (scripts.length === 0) throw new UsageError(`error: no scripts (*.pkt) in ${path}`, false)
    return scripts.map((each) => ({ path: each, stacks: stacksOf(each) }))
  })
}

/** `word`: of `--stack`. */
export function isFor({ stacks }: ListedScript, word: string): boolean {
  if (stacks === null || stacks.includes(word)) return true
  const isUml = word === 'uml' || word.startsWith('uml:')
  if (isUml && stacks.includes('uml')) return true
  return stacks.includes(word === 'kernel' || isUml ? 'kernel' : 'userspace')
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function scriptsBelow(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (isFolder(path)) return entry.isSymbolicLink() ? [] : scriptsBelow(path)
    return entry.name.endsWith('.pkt') ? [path] : []
  })
}

/** What cannot be read is run, and says so. */
function stacksOf(path: string): ListedScript['stacks'] {
  try {
    return FOR.exec(readScript(path))?.[1]?.split(', ') ?? null
  } catch (error) {
    if (error instanceof PreparationError) return null
    throw error
  }
}
