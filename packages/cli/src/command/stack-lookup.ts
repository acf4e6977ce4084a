// Which stack a word of the command line means: the kernel, the built-in lwIP, or a shared object found on disk.
// Supervisor. Nothing is loaded here.
import { statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { RunRequest } from '@lunadrill/engine'
import { UsageError } from '../args/usage-error.js'

type StackChoice = RunRequest['stack']

/** The engine's: absolute path of a shared object that comes with lunadrill. */
export type BuiltinStackPath = (fileName: string) => string | undefined

const builtinObject = 'libluna.so'

/** A word of `--stack`. Throws UsageError. */
export function stackChoice(word: string, scriptPath: string, builtin: BuiltinStackPath): StackChoice {
  if (word === 'kernel') return { kind: 'kernel', name: 'kernel' }
  if (word === 'lwip') return { kind: 'userspace', name: 'lwip', soPath: builtinLwip(builtin) }
  if (word.includes('/') || /\.so(\.\d+)*$/.test(word)) return stackObject(word, scriptPath, builtin)
  throw new UsageError(
    `error: no such stack: ${word} (kernel, lwip, or a path to a shared object such as ./libluna.so)`,
  )
}

/** A word of `--so_filename`: as a path, then beside the script, then among the built-in stacks. Throws UsageError. */
export function stackObject(file: string, scriptPath: string, builtin: BuiltinStackPath): StackChoice {
  const asPath = resolve(file)
  const beside = isAbsolute(file) ? undefined : resolve(dirname(scriptPath), file)
  const soPath = [asPath, beside].find((path) => path !== undefined && isFile(path)) ?? builtin(file)
  if (soPath !== undefined) return { kind: 'userspace', name: file, soPath }
  const places = [asPath, beside === asPath ? undefined : beside].filter((path) => path !== undefined)
  const built = builtin(builtinObject) === undefined ? 'none is built: npm run setup' : builtinObject
  throw new UsageError(
    [
      `error: no such stack object: ${file}`,
      ...places.map((path) => `  looked for ${path}`),
      `  looked among the built-in stacks (${built})`,
    ].join('\n'),
    false,
  )
}

function builtinLwip(builtin: BuiltinStackPath): string {
  const path = builtin(builtinObject)
  if (path !== undefined) return path
  throw new UsageError(
    'error: the built-in stack lwip is not built: run npm run setup, which says what it needs',
    false,
  )
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
