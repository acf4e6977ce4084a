// `lunadrill kernel build`: from sources to a User Mode Linux with time travel. Out of tree; what is compiled stays in the
// cache for the next build, what is finished appears there whole, or not at all. Supervisor.
// Read first: cache.ts; the kernel's Documentation/virt/uml/user_mode_linux_howto_v2.rst.
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { EngineError } from '../errors.js'
import {
  type BuiltKernel,
  cacheFolder,
  install,
  isKernelName,
  kernelNamed,
  kernelProgram,
  listKernels,
  nascent,
} from './cache.js'
import {
  type Check,
  type Configuration,
  configuration,
  droppedLines,
  kconfigWithHz,
  missingSymbols,
} from './configuration.js'
import { holdLock } from './lock.js'
import { shadowTree } from './shadow-tree.js'
import { findSource, isBuiltIn, type KernelSource, SOURCE_OCTETS, versionOf } from './source.js'
import { step } from './step.js'
import { compilerWords, roomRemedy, stepFailure, whereToRead } from './step-failure.js'

export interface KernelBuild {
  /** A folder or a tarball; null: Debian's newest kernel source. */
  readonly source: string | null
  /** Path of a fragment of .config, applied over ours; null: none. */
  readonly config: string | null
  readonly name: string
  readonly checks: readonly Check[]
}

/** Called as the work goes on. */
export interface BuildWatch {
  /** A new part of the work begins. */
  readonly begin: (title: string) => void
  /** Another file is compiled: how many by now, and about how many there are. */
  readonly compiled: (done: number, about: number, file: string) => void
}

export interface BuildResult {
  readonly kernel: BuiltKernel
  /** Absolute path of the program. */
  readonly program: string
  /** False: it was there already. */
  readonly built: boolean
  readonly seconds: number
}

/** How many files our own configuration compiles: 7.2. */
const ABOUT = 840
/** Objects and the program, octets. */
const BUILD_OCTETS = 4e8

/**
 * EngineError: LD_KERNEL_NAME, LD_KERNEL_TOOLS (packages that are missing), LD_KERNEL_SOURCE, LD_KERNEL_CONFIG,
 * LD_KERNEL_DISK, LD_KERNEL_BUSY, LD_KERNEL_BUILD (it does not compile). Rejects with the signal's reason when aborted.
 */
export async function buildKernel(request: KernelBuild, watch: BuildWatch, signal: AbortSignal): Promise<BuildResult> {
  try {
    return await build(request, watch, signal)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new EngineError('LD_KERNEL_DISK', message, roomRemedy())
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM' && code !== 'ENOTDIR') throw error
    throw new EngineError('LD_KERNEL_DISK', message, 'set XDG_CACHE_HOME to a folder that you may write to')
  }
}

async function build(request: KernelBuild, watch: BuildWatch, signal: AbortSignal): Promise<BuildResult> {
  const started = performance.now()
  if (!isKernelName(request.name)) {
    throw new EngineError(
      'LD_KERNEL_NAME',
      `a kernel cannot be called ${request.name}`,
      'letters, digits, - and . will do',
    )
  }
  const settings = configuration(request.checks, request.config === null ? '' : readFragment(request.config))
  refuseMissingTools(request.source === null)
  const room = join(cacheFolder(), 'kernel-build')
  mkdirSync(room, { recursive: true })
  // What cannot be put there in the end shows before minutes of work.
  rmSync(nascent(request.name), { recursive: true })
  refuseFullDisk(request.source === null ? SOURCE_OCTETS : 0)
  const log = join(room, `${request.name}.log`)
  writeFileSync(log, '')
  const source = await findSource(request.source, { signal, log, begin: watch.begin })
  const configHash = sha256(`${settings.hz}\n${settings.text}`)
  const done = (kernel: BuiltKernel, built: boolean): BuildResult => ({
    kernel,
    program: kernelProgram(request.name),
    built,
    seconds: (performance.now() - started) / 1000,
  })
  const isEqual = (kernel: BuiltKernel) => kernel.sourceHash === source.hash && kernel.configHash === configHash
  const there = kernelNamed(request.name)
  if (there !== null && isEqual(there)) return done(there, false)
  const kernel = manifest(request, source, settings, configHash)
  const equal = listKernels().find(isEqual)
  if (equal !== undefined) {
    put(kernel, dirname(kernelProgram(equal.name)))
    return done(kernel, true)
  }

  // Of one tree (not of one state of it) and one configuration: so a changed file is all that is compiled anew.
  const objects = join(room, sha256(`${source.folder}\n${configHash}`).slice(0, 16))
  mkdirSync(objects, { recursive: true })
  const unlock = holdLock(join(objects, 'lock'))
  try {
    await compile(source, settings, { objects, log, signal, watch })
    put(kernel, objects)
    return done(kernel, true)
  } finally {
    unlock()
  }
}

/** Puts a finished kernel into the cache: what `from` holds of it, and what is known of it. */
function put(kernel: BuiltKernel, from: string): void {
  const folder = nascent(kernel.name)
  try {
    copyFileSync(join(from, 'linux'), join(folder, 'linux'))
    copyFileSync(join(from, '.config'), join(folder, '.config'))
    writeFileSync(join(folder, 'kernel.json'), `${JSON.stringify(kernel, null, 2)}\n`)
    install(folder, kernel.name)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function manifest(
  { name, checks }: KernelBuild,
  source: KernelSource,
  { hz }: Configuration,
  configHash: string,
): BuiltKernel {
  const release = versionOf(source.folder)
  const builtAt = new Date().toISOString()
  return { name, release, source: source.name, sourceHash: source.hash, configHash, hz, checks, builtAt }
}

interface Place {
  readonly objects: string
  readonly log: string
  readonly signal: AbortSignal
  readonly watch: BuildWatch
}

async function compile(source: KernelSource, settings: Configuration, place: Place): Promise<void> {
  const { objects, log, signal, watch } = place
  const tree = isBuiltIn(source.folder) ? shadowTree(source.folder, join(objects, 'shadow')) : source.folder
  const fragment = join(objects, 'fragment.config')
  const kconfig = join(objects, 'Kconfig')
  writeFileSync(fragment, settings.text)
  writeFileSync(kconfig, kconfigWithHz(readFileSync(join(source.folder, 'Kconfig'), 'utf8'), settings.hz))
  const env = { ...process.env, KCONFIG_ALLCONFIG: fragment, KBUILD_KCONFIG: kconfig, LC_ALL: 'C' }
  const make = (args: readonly string[], onLine?: (line: string) => void) =>
    step('make', ['-C', tree, `O=${objects}`, 'ARCH=um', ...args], {
      env: plainMake(env),
      log,
      signal,
      ...(onLine !== undefined && { onLine }),
    })

  watch.begin(`configuring ${source.name}`)
  const configured = await make(['allnoconfig'])
  if (configured.status !== 0)
    throw stepFailure('LD_KERNEL_BUILD', 'its configuration fails', configured, whereToRead(log), compilerWords)
  refuseUnmet(readFileSync(join(objects, '.config'), 'utf8'), settings)
  watch.begin(`compiling ${source.name}`)
  let compiled = 0
  const built = await make([`-j${availableParallelism()}`, 'linux'], (text) => {
    const [, file] = /^ {2}(?:CC|AS|LDS) +(\S+)/.exec(text) ?? []
    if (file !== undefined) watch.compiled(++compiled, ABOUT, file)
  })
  if (built.status === 0 && existsSync(join(objects, 'linux'))) return
  throw stepFailure('LD_KERNEL_BUILD', 'it does not compile', built, whereToRead(log), compilerWords)
}

function refuseUnmet(config: string, { needed, own }: Configuration): void {
  const missing = missingSymbols(config, needed)
  if (missing.length > 0) {
    const names = missing.map((symbol) => `CONFIG_${symbol}`).join(', ')
    const remedy = 'the tree does not have it, or your configuration turns it off, or something that it depends on'
    throw new EngineError('LD_KERNEL_CONFIG', `this kernel cannot be used here: ${names} cannot be set`, remedy)
  }
  const dropped = droppedLines(config, own)
  if (dropped.length === 0) return
  const more = dropped.length > SHOWN_LINES ? ` and ${dropped.length - SHOWN_LINES} more` : ''
  throw new EngineError(
    'LD_KERNEL_CONFIG',
    `the tree does not take these lines of your configuration: ${dropped.slice(0, SHOWN_LINES).join(', ')}${more}`,
    'misspelt? or add what it depends on (depends on, in the Kconfig file that has it)',
  )
}

/** So many lines are named. */
const SHOWN_LINES = 5

/** A caller's own make must not tell ours how to work. */
function plainMake(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MAKEFLAGS: _flags, MAKELEVEL: _level, MFLAGS: _more, ARCH: _arch, CROSS_COMPILE: _cross, ...rest } = env
  return rest
}

function readFragment(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new EngineError('LD_KERNEL_CONFIG', `cannot read ${path}: ${(error as Error).message}`, 'check the path')
  }
}

/** Program and Debian package. */
const tools: readonly (readonly [program: string, debian: string])[] = [
  ['make', 'make'],
  ['gcc', 'gcc'],
  ['ld', 'binutils'],
  ['flex', 'flex'],
  ['bison', 'bison'],
  ['bc', 'bc'],
  ['perl', 'perl'],
  ['find', 'findutils'],
  ['tar', 'tar'],
  ['xz', 'xz-utils'],
]
const fetchTools: typeof tools = [
  ['apt-get', 'apt'],
  ['dpkg-deb', 'dpkg'],
]

/** `fetches`: the sources, too. */
export function missingTools(fetches: boolean): typeof tools {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const isMissing = ([program]: (typeof tools)[number]) =>
    !folders.some((folder) => folder !== '' && existsSync(join(folder, program)))
  return [...tools, ...(fetches ? fetchTools : [])].filter(isMissing)
}

function refuseMissingTools(fetches: boolean): void {
  const missing = missingTools(fetches)
  if (missing.length === 0) return
  throw new EngineError(
    'LD_KERNEL_TOOLS',
    `to build a kernel, this machine lacks ${missing.map(([program]) => program).join(', ')}`,
    `sudo apt-get install -y --no-install-recommends ${missing.map(([, debian]) => debian).join(' ')}`,
  )
}

function refuseFullDisk(more: number): void {
  const { bavail, bsize } = statfsSync(cacheFolder())
  const free = bavail * bsize
  const needed = BUILD_OCTETS + more
  if (free >= needed) return
  throw new EngineError(
    'LD_KERNEL_DISK',
    `a kernel's build needs ${gigabytes(needed)} below ${cacheFolder()}, where ${gigabytes(free)} are free`,
    roomRemedy(),
  )
}

const gigabytes = (octets: number) => `${(octets / 1e9).toFixed(1)} GB`
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
