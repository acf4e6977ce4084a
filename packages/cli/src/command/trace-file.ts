// `--trace=FILE`: the traces of all runs in the order of the command line, a heading with the verdict before each. Written
// at the end, all or nothing. Supervisor. Read first: engine/src/host/recording-host.ts, which has the form of a line.
import { accessSync, constants, lstatSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { RunResult } from '@lunadrill/engine'
import { UsageError } from '../args/usage-error.js'

export class TraceFile {
  private readonly parts: string[] = []

  /** UsageError: no file can be written there. Before the first run, so that none is wasted. */
  constructor(private readonly path: string) {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isDirectory()) throw refusal(path, 'it is a folder')
    try {
      accessSync(isWrittenThrough(path) ? path : dirname(path), constants.W_OK)
    } catch (error) {
      throw refusal(path, (error as Error).message)
    }
  }

  add({ script, stack, family, clock, verdict, line, trace }: RunResult): void {
    const heading = `# ${script}  ${stack}  ${family}  ${clock}  ${verdict}${line === null ? '' : ` at line ${line}`}`
    this.parts.push([heading, ...trace, ''].join('\n'))
  }

  /** UsageError. */
  write(): void {
    const text = this.parts.join('')
    try {
      if (isWrittenThrough(this.path)) {
        // A stream's earlier lines stay, also where it has been led into a file.
        writeFileSync(this.path, text, { flag: /^\/(dev|proc)\//.test(this.path) ? 'a' : 'w' })
        return
      }
      const temporary = join(dirname(this.path), `.${basename(this.path)}.${process.pid}.tmp`)
      try {
        writeFileSync(temporary, text, { flag: 'wx' })
        renameSync(temporary, this.path)
      } catch (error) {
        rmSync(temporary, { force: true })
        throw error
      }
    } catch (error) {
      throw refusal(this.path, (error as Error).message)
    }
  }
}

/**
 * What is no plain file (a pipe, a terminal) and what a link names (/dev/stdout is one, even where it leads to a plain file)
 * is written to, never replaced.
 */
function isWrittenThrough(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === false
}

const refusal = (path: string, why: string) =>
  new UsageError(`error: the trace cannot be written to ${path}: ${why}\n  choose another --trace=FILE`, false)
