// `lunadrill stack-init`: a new adapter project for a userspace stack. Supervisor, main thread.
// Read first: engine/src/stack-project/project.ts; docs/porting.md.
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { stackProject } from '@lunadrill/engine'
import { parseStackInit } from '../args/stack-args.js'
import { commandUsage } from '../args/usage.js'
import { UsageError } from '../args/usage-error.js'
import { exitStatus } from '../exit/status.js'
import type { Screen } from '../terminal/screen.js'

/** Resolves to the exit status. Rejects with UsageError, or EngineError (LD_STACK_NAME). */
export async function stackInitCommand(args: readonly string[], screen: Screen): Promise<number> {
  const given = parseStackInit(args)
  if (given === 'help') {
    screen.out(commandUsage('stack-init'))
    return exitStatus.pass
  }
  const files = stackProject(given.name, resolve(process.argv[1] ?? 'lunadrill'))
  const folder = resolve(given.folder)
  makeFolder(folder, files)
  const shown = relative(process.cwd(), folder)
  screen.out(`made ${shown}: ${files.map(({ name }) => name).join(', ')}`)
  screen.out(`build and test it: make -C ${/^[\w./-]+$/.test(shown) ? shown : `'${shown}'`} check`)
  return exitStatus.pass
}

/** Whole or not at all: the files are written beside it, and then it gets its name. */
function makeFolder(folder: string, files: ReturnType<typeof stackProject>): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) {
    throw new UsageError(`error: ${folder} is there already: choose another --dir`, false)
  }
  const draft = join(dirname(folder), `.${basename(folder)}.${process.pid}`)
  try {
    mkdirSync(draft)
    for (const { name, text } of files) writeFileSync(join(draft, name), text, { flag: 'wx' })
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    throw new UsageError(`error: ${folder} cannot be made: ${reason(error)}`, false)
  }
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no folder to put it into'
  return message.replace(/^\w+: (.*?), .*$/, '$1')
}
