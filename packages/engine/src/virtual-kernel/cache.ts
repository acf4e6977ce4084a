// Where built kernels lie: $XDG_CACHE_HOME/lunadrill (or ~/.cache/lunadrill), and what is in there.
//   kernels/NAME/linux          the program, with kernel.json and its .config beside it: all of a kernel or nothing of it
//   kernel-build/KEY            objects of a build, kept so that the next one compiles only what has changed
//   kernel-source/PACKAGE       Debian's sources, unpacked
// Supervisor.
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { EngineError } from '../errors.js'

/** What is known of a built kernel; kernel.json. */
export interface BuiltKernel {
  readonly name: string
  /** As the kernel says it: 7.2.13. */
  readonly release: string
  /** The tree, tarball or Debian package that it was built from. */
  readonly source: string
  /** Of the sources and of the configuration: what makes a second build needless. */
  readonly sourceHash: string
  readonly configHash: string
  /** Ticks per second. */
  readonly hz: number
  /** `kasan`, `lockdep`, `ubsan`. */
  readonly checks: readonly string[]
  /** ISO 8601. */
  readonly builtAt: string
}

/** The one that `--stack=uml` means. */
export const DEFAULT_KERNEL = 'default'

const MANIFEST = 'kernel.json'
const PROGRAM = 'linux'

/** Absolute; made when something is put there. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME: given } = env
  // XDG Base Directory Specification: a relative path is to be ignored.
  const base = given !== undefined && isAbsolute(given) ? given : join(env.HOME ?? homedir(), '.cache')
  return join(base, 'lunadrill')
}

const kernels = () => join(cacheFolder(), 'kernels')

/** Letters, digits, dot, dash and underscore, no dot first: it becomes a folder's name. */
export const isKernelName = (name: string) => /^[\w-][\w.-]*$/.test(name) && name.length <= 64

/** Absolute path of a kernel's program, which may not exist. */
export const kernelProgram = (name: string) => join(kernels(), name, PROGRAM)

/** All that are whole, by name. */
export function listKernels(): readonly BuiltKernel[] {
  if (!existsSync(kernels())) return []
  return readdirSync(kernels())
    .sort()
    .flatMap((name) => kernelNamed(name) ?? [])
}

/** null where there is none of that name. */
export function kernelNamed(name: string): BuiltKernel | null {
  if (!isKernelName(name) || !existsSync(kernelProgram(name))) return null
  try {
    return { ...(JSON.parse(readFileSync(join(kernels(), name, MANIFEST), 'utf8')) as BuiltKernel), name }
  } catch {
    return null
  }
}

/** Removes a kernel, not the objects of its build. EngineError LD_KERNEL_NAME where there is none. */
export function removeKernel(name: string): void {
  const folder = join(kernels(), name)
  if (!isKernelName(name) || !existsSync(folder)) throw unknownKernel(name)
  // First out of sight: half a kernel is none.
  const doomed = join(kernels(), `.removed-${name}-${process.pid}`)
  renameSync(folder, doomed)
  rmSync(doomed, { recursive: true, force: true })
}

/** Removes all that only makes the next build shorter: sources and objects. Octets that it took. */
export function removeBuildFiles(): number {
  let octets = 0
  for (const room of ['kernel-build', 'kernel-source']) {
    const folder = join(cacheFolder(), room)
    if (!existsSync(folder)) continue
    octets += sizeOf(folder)
    rmSync(folder, { recursive: true, force: true })
  }
  return octets
}

function sizeOf(folder: string): number {
  let octets = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) octets += sizeOf(path)
    else if (entry.isFile()) octets += statSync(path).size
  }
  return octets
}

export function unknownKernel(name: string): EngineError {
  const names = listKernels().map((kernel) => kernel.name)
  const remedy =
    names.length === 0
      ? 'none is built yet: lunadrill kernel build'
      : `built are: ${names.join(', ')} (lunadrill kernel list)`
  return new EngineError('LD_KERNEL_NAME', `no kernel ${name}`, remedy)
}

/**
 * What a word behind `--stack=uml:` means: a name of `kernel list`, or a path (with a slash). Absolute path of the
 * program. EngineError LD_KERNEL_NAME, LD_KERNEL_FILE.
 */
export function findKernel(word: string = DEFAULT_KERNEL): string {
  if (!word.includes('/')) {
    if (kernelNamed(word) === null) throw unknownKernel(word)
    return kernelProgram(word)
  }
  const remedy = 'name a User Mode Linux: --stack=uml:NAME (lunadrill kernel list) or --stack=uml:PATH/linux'
  const status = statSync(word, { throwIfNoEntry: false })
  if (status === undefined) throw new EngineError('LD_KERNEL_FILE', `no such kernel: ${word}`, remedy)
  if (!status.isFile()) throw new EngineError('LD_KERNEL_FILE', `${word} is no file`, remedy)
  return realpathSync(word)
}

/** Puts a finished kernel in its place. `folder`: made by `nascent`. */
export function install(folder: string, name: string): void {
  const place = join(kernels(), name)
  const old = join(kernels(), `.removed-${name}-${process.pid}`)
  if (existsSync(place)) renameSync(place, old)
  renameSync(folder, place)
  rmSync(old, { recursive: true, force: true })
}

/** An empty folder beside the kernels' own, which no one takes for a kernel. */
export function nascent(name: string): string {
  const folder = join(kernels(), `.new-${name}-${process.pid}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
