// Which stack a word of the command line means: the kernel, a kernel in virtual time, a built-in lwIP, or a shared object
// found on disk. Supervisor. Nothing is loaded here.
import { statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { builtinStacks, fitKernel, type RunRequest } from '@lunadrill/engine'
import { UsageError } from '../args/usage-error.js'

type StackChoice = RunRequest['stack']

/** The engine's: absolute path of a shared object that comes with lunadrill. */
export type BuiltinStackPath = (fileName: string) => string | undefined

/** Why a built-in stack is not there. */
const notBuilt = {
  lwip: 'run npm run setup, which says what it needs',
  'lwip-sack': "run npm run setup, which says why lwIP's source could not be fetched",
  'lwip-packetdrill': "run npm run setup, which says why lwIP's source could not be fetched",
} as const

export const kernel: StackChoice = { kind: 'kernel', name: 'kernel' }

const isBuiltin = (word: string): word is keyof typeof builtinStacks => Object.hasOwn(builtinStacks, word)

/** A word of `--stack`. Throws UsageError, or EngineError (LD_KERNEL_NAME, LD_KERNEL_FILE, LD_KERNEL_UNFIT). */
export function stackChoice(word: string, scriptPath: string, builtin: BuiltinStackPath): StackChoice {
  if (word === 'kernel') return kernel
  if (word === 'uml' || word.startsWith('uml:')) return virtualKernel(word.split(/^uml:/)[1] ?? null)
  if (isBuiltin(word)) return { kind: 'userspace', name: word, soPath: builtinStack(word, builtin) }
  if (word.includes('/') || /\.so(\.\d+)*$/.test(word)) return stackObject(word, scriptPath, builtin)
  throw new UsageError(
    `error: no such stack: ${word} (kernel, uml, ${Object.keys(builtinStacks).join(', ')}, or a path to a shared object such as ./libluna.so)`,
  )
}

/** `name`: of `lunadrill kernel list`, or a path; null: `default`. Throws EngineError (LD_KERNEL_NAME, …FILE, …UNFIT). */
export function virtualKernel(name: string | null): StackChoice {
  const program = fitKernel(name ?? undefined)
  return { kind: 'uml', name: name === null ? 'uml' : `uml:${name}`, program }
}

/** A word of `--so_filename`: as a path, then beside the script, then among the built-in stacks. Throws UsageError. */
export function stackObject(file: string, scriptPath: string, builtin: BuiltinStackPath): StackChoice {
  const asPath = resolve(file)
  const beside = isAbsolute(file) ? undefined : resolve(dirname(scriptPath), file)
  const soPath = [asPath, beside].find((path) => path !== undefined && isFile(path)) ?? builtin(file)
  if (soPath !== undefined) return { kind: 'userspace', name: file, soPath }
  const places = [asPath, beside === asPath ? undefined : beside].filter((path) => path !== undefined)
  const built = Object.values(builtinStacks).filter((name) => builtin(name) !== undefined)
  throw new UsageError(
    [
      `error: no such stack object: ${file}`,
      ...places.map((path) => `  looked for ${path}`),
      `  looked among the built-in stacks (${built.join(', ') || 'none is built: npm run setup'})`,
    ].join('\n'),
    false,
  )
}

function builtinStack(name: keyof typeof builtinStacks, builtin: BuiltinStackPath): string {
  const path = builtin(builtinStacks[name])
  if (path !== undefined) return path
  throw new UsageError(`error: the built-in stack ${name} is not built: ${notBuilt[name]}`, false)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}
