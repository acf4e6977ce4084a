// Tiny C programs against the installed headers, for comparing our tables with them.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Tests that need it are skipped without, with "(needs gcc)" in their names. */
export const withGcc = spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0

/** Compiles one source file; returns the program's path. The program goes with the test that asks for it. */
export function compile(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tcpinfo-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'program')
  execFileSync('gcc', ['-Wall', '-Werror', '-x', 'c', '-', '-o', program], { input: source })
  return program
}
