// The whole way of a build, over a small tree whose Makefile has the targets of a kernel's: real make, real files.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type BuildResult, buildKernel, type KernelBuild, missingTools } from '../../src/virtual-kernel/build.js'
import { cacheFolder, findKernel, listKernels, removeBuildFiles, removeKernel } from '../../src/virtual-kernel/cache.js'

let room = ''
let tree = ''
const before = process.env.XDG_CACHE_HOME

const lacking = missingTools(false)
  .map(([program]) => program)
  .join(', ')
const named = (name: string) => (lacking === '' ? name : `${name} (skipped: this machine lacks ${lacking})`)

const MAKEFILE = `VERSION = 7
PATCHLEVEL = 2
SUBLEVEL = 1
EXTRAVERSION = -rc3
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) $(O)/.config
linux: $(O)/tcp.o
	cat $(O)/tcp.o > $(O)/linux
$(O)/tcp.o: tcp.c
	@echo '  CC      net/ipv4/tcp.o'
	cp tcp.c $(O)/tcp.o
`

beforeEach(() => {
  room = mkdtempSync(join(tmpdir(), 'kernel-build-'))
  process.env.XDG_CACHE_HOME = join(room, 'cache')
  tree = join(room, 'linux')
  mkdirSync(join(tree, 'arch/um'), { recursive: true })
  writeFileSync(join(tree, 'Makefile'), MAKEFILE)
  writeFileSync(join(tree, 'Kconfig'), 'mainmenu "Linux"\n')
  writeFileSync(join(tree, 'arch/um/Kconfig'), '')
  writeFileSync(join(tree, 'tcp.c'), 'first\n')
})

afterEach(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME
  else process.env.XDG_CACHE_HOME = before
  rmSync(room, { recursive: true, force: true })
})

async function build(request: Partial<KernelBuild> = {}): Promise<BuildResult & { compiled: string[] }> {
  const compiled: string[] = []
  const watch = { begin: () => {}, compiled: (_done: number, _about: number, file: string) => compiled.push(file) }
  const filled = { source: tree, config: null, name: 'default', checks: [], ...request }
  return { ...(await buildKernel(filled, watch, new AbortController().signal)), compiled }
}

describe.skipIf(lacking)(named('a build'), () => {
  it('ends in a kernel that is found by its name', async () => {
    const { program, kernel, built, compiled } = await build({ name: 'mine' })
    expect(kernel).toMatchObject({ name: 'mine', release: '7.2.1-rc3', hz: 250, source: tree })
    expect([built, compiled]).toEqual([true, ['net/ipv4/tcp.o']])
    expect(readFileSync(program, 'utf8')).toBe('first\n')
    expect(findKernel('mine')).toBe(program)
    expect(listKernels()).toEqual([kernel])
  })

  it('is not made again while nothing changes, and compiles only what did', async () => {
    await build()
    expect((await build()).built).toBe(false)
    writeFileSync(join(tree, 'arch/um/Kconfig'), '# changed\n')
    const again = await build()
    expect([again.built, again.compiled]).toEqual([true, []])
    writeFileSync(join(tree, 'tcp.c'), 'second\n')
    const changed = await build()
    expect([changed.built, changed.compiled]).toEqual([true, ['net/ipv4/tcp.o']])
    expect(readFileSync(changed.program, 'utf8')).toBe('second\n')
  })

  it('starts anew with another configuration', async () => {
    await build()
    const config = join(room, 'fragment')
    writeFileSync(config, 'CONFIG_HZ=1000\n')
    const { built, kernel } = await build({ config })
    expect([built, kernel.hz]).toEqual([true, 1000])
  })

  it('of the same by another name compiles nothing', async () => {
    await build()
    const { built, compiled, kernel, program } = await build({ name: 'again' })
    expect([built, compiled, kernel.name, readFileSync(program, 'utf8')]).toEqual([true, [], 'again', 'first\n'])
    expect(listKernels().map(({ name }) => name)).toEqual(['again', 'default'])
  })

  it('leaves the kernel of before where it fails, and nothing half-made', async () => {
    const { program } = await build()
    writeFileSync(
      join(tree, 'Makefile'),
      MAKEFILE.replace('cp tcp.c $(O)/tcp.o', `echo "tcp.c:7:3: error: expected ';'"; false`),
    )
    writeFileSync(join(tree, 'tcp.c'), 'second\n')
    await expect(build()).rejects.toMatchObject({ code: 'LD_KERNEL_BUILD', message: /tcp.c:7:3: error: expected ';'/ })
    expect(readFileSync(program, 'utf8')).toBe('first\n')
    expect(readdirSync(join(cacheFolder(), 'kernels'))).toEqual(['default'])
  })

  it('takes the sources alone of a git tree that was built in', async () => {
    const git = (...args: string[]) => spawnSync('git', ['-C', tree, ...args])
    git('init', '-q')
    git('add', '.')
    writeFileSync(join(tree, '.gitignore'), '.config\n')
    writeFileSync(join(tree, '.config'), '')
    const { built, program } = await build()
    expect([built, readFileSync(program, 'utf8')]).toEqual([true, 'first\n'])
  })
})

describe.skipIf(lacking)(named('refused are'), () => {
  it('a cache that cannot be written to', async () => {
    writeFileSync(join(room, 'file'), '')
    process.env.XDG_CACHE_HOME = join(room, 'file')
    await expect(build()).rejects.toMatchObject({ code: 'LD_KERNEL_DISK', remedy: /XDG_CACHE_HOME/ })
    // Before anything is compiled: the place where the kernel would go in the end.
    process.env.XDG_CACHE_HOME = join(room, 'other')
    mkdirSync(cacheFolder(), { recursive: true })
    writeFileSync(join(cacheFolder(), 'kernels'), '')
    await expect(build()).rejects.toMatchObject({ code: 'LD_KERNEL_DISK', remedy: /XDG_CACHE_HOME/ })
    expect(readdirSync(join(cacheFolder(), 'kernel-build'))).toEqual([])
  })

  it.each<[string, () => Partial<KernelBuild>, string]>([
    ['a source that is not there', () => ({ source: '/nowhere' }), 'LD_KERNEL_SOURCE'],
    ['a folder that is no tree', () => ({ source: room }), 'LD_KERNEL_SOURCE'],
    ['a file that is no tarball', () => ({ source: join(tree, 'tcp.c') }), 'LD_KERNEL_SOURCE'],
    ['a configuration that is not there', () => ({ config: '/nowhere' }), 'LD_KERNEL_CONFIG'],
    ['a name that leads elsewhere', () => ({ name: '../x' }), 'LD_KERNEL_NAME'],
  ])('%s', async (_what, request, code) => {
    await expect(build(request())).rejects.toMatchObject({ code })
    expect(listKernels()).toEqual([])
  })

  it('a tree that was built in and has no git', async () => {
    writeFileSync(join(tree, '.config'), '')
    await expect(build()).rejects.toMatchObject({ code: 'LD_KERNEL_SOURCE', message: /products of a build/ })
  })

  it('a tree without time travel', async () => {
    writeFileSync(
      join(tree, 'Makefile'),
      MAKEFILE.replace('cp $(KCONFIG_ALLCONFIG)', 'grep -v TRAVEL $(KCONFIG_ALLCONFIG) >'),
    )
    await expect(build()).rejects.toMatchObject({
      code: 'LD_KERNEL_CONFIG',
      message: /CONFIG_UML_TIME_TRAVEL_SUPPORT cannot be set/,
    })
  })

  it('a machine without the programs, by their packages', async () => {
    const path = process.env.PATH
    process.env.PATH = '/nowhere'
    try {
      await expect(build()).rejects.toMatchObject({ code: 'LD_KERNEL_TOOLS', remedy: /install .*flex bison bc/ })
    } finally {
      process.env.PATH = path
    }
  })

  it('two builds of the same at once', async () => {
    await build()
    const [objects = ''] = readdirSync(join(cacheFolder(), 'kernel-build')).filter((name) => !name.endsWith('.log'))
    const lock = join(cacheFolder(), 'kernel-build', objects, 'lock')
    writeFileSync(join(tree, 'tcp.c'), 'second\n')
    writeFileSync(lock, String(process.ppid))
    await expect(build()).rejects.toMatchObject({ code: 'LD_KERNEL_BUSY' })
    // Its owner is dead.
    writeFileSync(lock, '4194305')
    expect((await build()).built).toBe(true)
  })
})

it.skipIf(lacking)(named('a tarball is unpacked once'), async () => {
  const tarball = join(room, 'linux-7.2.tar.gz')
  spawnSync('tar', ['-czf', tarball, '-C', room, 'linux'])
  const { built, kernel } = await build({ source: tarball })
  expect([built, kernel.source]).toEqual([true, tarball])
  expect((await build({ source: tarball })).built).toBe(false)
  expect(readdirSync(join(cacheFolder(), 'kernel-source'))).toHaveLength(1)
})

it.skipIf(lacking)(named('a build that is called off ends its compiler and leaves no kernel'), async () => {
  writeFileSync(join(tree, 'Makefile'), MAKEFILE.replace('cp tcp.c', `touch ${room}/begun; sleep 300; cp tcp.c`))
  const stop = new AbortController()
  const request = { source: tree, config: null, name: 'default', checks: [] }
  const building = buildKernel(request, { begin: () => {}, compiled: () => {} }, stop.signal)
  while (!existsSync(join(room, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 10))
  stop.abort()
  await expect(building).rejects.toMatchObject({ name: 'AbortError' })
  expect(listKernels()).toEqual([])
})

it.skipIf(lacking)(named('what is removed is gone, its objects by another word'), async () => {
  await build()
  removeKernel('default')
  expect(listKernels()).toEqual([])
  expect(() => removeKernel('default')).toThrow('no kernel default')
  expect(() => findKernel()).toThrow('no kernel default')
  expect(removeBuildFiles()).toBeGreaterThan(0)
  expect(existsSync(join(cacheFolder(), 'kernel-build'))).toBe(false)
})
