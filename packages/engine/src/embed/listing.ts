// What --verbose shows of the Python blocks: the values and the blocks in the order in which they run, as one program.
// Read first: python.ts, which runs them; language/4-running.md 1.4.
import { spawnSync } from 'node:child_process'
import type { Snippet } from './python.js'

/** A program that does what the blocks do: the values of each, its place, its text. */
export function listing(path: string, snippets: readonly Snippet[]): string {
  const parts = snippets.map(({ text, line, variables }) => {
    const values = [...variables.values].map(([name, value]) => `${name} = ${value}`)
    return [...values, '', `_file = ${quoted(path)}`, `_line = ${line}`, text, ''].join('\n')
  })
  return ['import sys', 'import traceback', '', ...parts].join('\n')
}

/** Puts it where the blocks' own output goes, at once, as upstream's `cat` does. */
export function showListing(path: string, snippets: readonly Snippet[]): void {
  spawnSync('cat', [], { input: listing(path, snippets), stdio: ['pipe', 'inherit', 'inherit'] })
}

const quoted = (text: string) => `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`
