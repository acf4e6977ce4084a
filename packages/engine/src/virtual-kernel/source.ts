// Where a kernel's sources come from: a tree, a tarball, or Debian's source package, fetched with an apt configuration of
// its own (nothing of it is installed, and an ordinary user may). Supervisor. Read first: apt.conf(5), linux-source(7).

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { EngineError } from '../errors.js'
import { cacheFolder } from './cache.js'
import { type StepOptions, step } from './step.js'
import { stepFailure, whereToRead } from './step-failure.js'

export interface KernelSource {
  /** The tree's root. */
  readonly folder: string
  /** For people: a path, or package and version. */
  readonly name: string
  /** Changes when a file does. */
  readonly hash: string
}

export interface SourceWork {
  readonly signal: AbortSignal
  readonly log: string
  /** A new part of the work begins. */
  readonly begin: (title: string) => void
}

/** Unpacked, with room to spare; octets. */
export const SOURCE_OCTETS = 2e9

/** `given`: a folder or a tarball; null: Debian's newest. EngineError LD_KERNEL_SOURCE. */
export async function findSource(given: string | null, work: SourceWork): Promise<KernelSource> {
  if (given === null) return debianSource(work)
  const path = resolve(given)
  const status = statSync(path, { throwIfNoEntry: false })
  if (status === undefined) {
    throw new EngineError(
      'LD_KERNEL_SOURCE',
      `no such kernel tree: ${given}`,
      'name the root of a Linux tree, or a tarball',
    )
  }
  if (status.isFile()) return tarballSource(path, work)
  const folder = rootOf(path)
  return { folder, name: folder, hash: treeHash(folder) }
}

/** EngineError where it is none. */
function rootOf(path: string): string {
  const missing = ['Makefile', 'Kconfig', 'arch/um/Kconfig'].find((file) => !existsSync(join(path, file)))
  if (missing === undefined) return path
  throw new EngineError(
    'LD_KERNEL_SOURCE',
    `${path} is no Linux tree: it has no ${missing}`,
    'name the root of the tree',
  )
}

/** Of each file's path, length and time of change. */
function treeHash(folder: string): string {
  const args = [folder, '-name', '.git', '-prune', '-o', '-type', 'f', '-printf', '%P %s %T@\\n']
  const { stdout, status } = spawnSync('find', args, { maxBuffer: 1 << 28, encoding: 'utf8' })
  if (status !== 0) throw new EngineError('LD_KERNEL_SOURCE', `cannot read all of ${folder}`, 'see to its permissions')
  return createHash('sha256').update(stdout.split('\n').sort().join('\n')).digest('hex')
}

const sources = () => join(cacheFolder(), 'kernel-source')

async function tarballSource(path: string, work: SourceWork): Promise<KernelSource> {
  work.begin(`reading ${basename(path)}`)
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash, { signal: work.signal })
  const digest = hash.digest('hex')
  const folder = join(sources(), `${basename(path).replace(/\.tar.*$/, '')}-${digest.slice(0, 12)}`)
  await unpackOnce(folder, basename(path), ['tar', '-xf', path], work)
  return { folder, name: path, hash: digest }
}

/** Unpacks by a command that writes one folder into the current one; that one becomes `folder`. */
async function unpackOnce(folder: string, title: string, command: readonly string[], work: SourceWork): Promise<void> {
  if (existsSync(folder)) return
  const nascent = `${folder}.new-${process.pid}`
  mkdirSync(nascent, { recursive: true })
  try {
    work.begin(`unpacking ${title}`)
    const [program = '', ...args] = command
    const ran = await step(program, args, { ...work, cwd: nascent })
    if (ran.status !== 0) {
      throw stepFailure('LD_KERNEL_SOURCE', `cannot unpack ${title}`, ran, whereToRead(work.log))
    }
    const [only = '', ...more] = readdirSync(nascent)
    renameSync(rootOf(more.length === 0 ? join(nascent, only) : nascent), folder)
  } finally {
    rmSync(nascent, { recursive: true, force: true })
  }
}

/** What is there is taken: a second build asks no mirror. */
async function debianSource(work: SourceWork): Promise<KernelSource> {
  const [there] = unpackedPackages()
  if (there !== undefined) return packageSource(there)
  const apt = join(sources(), 'apt')
  for (const room of ['lists/partial', 'cache/archives/partial', 'etc']) mkdirSync(join(apt, room), { recursive: true })
  writeFileSync(
    join(apt, 'etc/sid.sources'),
    `Types: deb\nURIs: ${mirror()}\nSuites: sid\nComponents: main\n` +
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
  )
  const settings = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(apt, 'etc'),
    'Dir::State::lists': join(apt, 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(apt, 'cache'),
    'Acquire::Languages': 'none',
    'APT::Sandbox::User': 'root',
    'APT::Update::Error-Mode': 'any',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '30',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const run = async (program: string, args: readonly string[], cwd = apt) => {
    const ran = await step(program, [...options, ...args], { ...work, cwd } satisfies StepOptions)
    if (ran.status === 0) return ran
    const remedy = `see ${work.log}; without a Debian mirror, name the sources yourself: --source=DIR or --source=TARBALL`
    throw stepFailure('LD_KERNEL_SOURCE', "Debian's kernel source cannot be fetched", ran, remedy)
  }
  work.begin('asking Debian for its newest kernel source')
  await run('apt-get', ['update', '-q'])
  const shown = await run('apt-cache', ['show', 'linux-source'])
  const name = /^Depends:.*?\b(linux-source-[\d.]+)/m.exec(shown.tail.join('\n'))?.[1] ?? 'linux-source'
  work.begin(`fetching ${name} (160 MB)`)
  await run('apt-get', ['download', '-q', name])
  const archive = readdirSync(apt).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb')) ?? ''
  const version = archive.split('_')[1] ?? 'unknown'
  const folder = join(sources(), `${name}_${version}`)
  const script = `dpkg-deb --fsys-tarfile "$1" | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' | tar -xJ`
  await unpackOnce(folder, `${name} (1.8 GB)`, ['sh', '-c', script, 'sh', join(apt, archive)], work)
  rmSync(apt, { recursive: true, force: true })
  return packageSource(basename(folder))
}

/** Newest version first. */
function unpackedPackages(): readonly string[] {
  if (!existsSync(sources())) return []
  const names = readdirSync(sources()).filter(
    (name) => /^linux-source-[\d.]+_[^/]*$/.test(name) && !name.includes('.new-'),
  )
  return names.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
}

const packageSource = (name: string): KernelSource => ({
  folder: join(sources(), name),
  name: `Debian ${name.replace('_', ' ')}`,
  hash: createHash('sha256').update(name).digest('hex'),
})

/** The one that this machine uses. */
function mirror(): string {
  const listed = spawnSync('sh', ['-c', 'cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null'], {
    encoding: 'utf8',
  }).stdout
  return /https?:\/\/\S+\/debian(?=\/?\s)/.exec(listed)?.[0] ?? 'http://deb.debian.org/debian'
}

/** Whether a tree was built in: then make refuses to build elsewhere from it. */
export const isBuiltIn = (folder: string) =>
  ['.config', 'include/config', 'arch/um/include/generated'].some((path) => existsSync(join(folder, path)))

/** The tree's own version: 7.2.13. */
export function versionOf(folder: string): string {
  const text = readFileSync(join(folder, 'Makefile'), 'utf8')
  const part = (name: string) => new RegExp(`^${name} *= *(.*)$`, 'm').exec(text)?.[1]?.trim() ?? ''
  return `${part('VERSION')}.${part('PATCHLEVEL')}.${part('SUBLEVEL')}${part('EXTRAVERSION')}`
}
