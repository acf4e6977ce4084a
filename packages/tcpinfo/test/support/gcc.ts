// Tiny C programs against the installed headers, for comparing our tables with them.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Tests that need it are skipped without, with "(needs gcc)" in their names. */
export const withGcc = spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0

/** Compiles one source file; returns the program's path. */
export function compile(source: string): string {
  const program = join(mkdtempSync(join(tmpdir(), 'tcpinfo-')), 'program')
  execFileSync('gcc', ['-Wall', '-Werror', '-x', 'c', '-', '-o', program], { input: source })
  return program
}
