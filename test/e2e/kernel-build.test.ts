// `lunadrill kernel build` as a user meets it, over a small tree whose Makefile has the targets of a kernel's: what it says
// where it cannot go on, and that nothing half-made is left. A real tree takes minutes: docs/virtual-kernel.md.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { missingTools } from '../../packages/engine/dist/virtual-kernel/build.js'
import { command, environment, named, root, scratch } from '../support/drill.js'

const { folder } = scratch()
const cache = join(folder, 'cache')
const tree = join(folder, 'linux')
const env = { ...environment, XDG_CACHE_HOME: cache }
const MAKEFILE = `VERSION = 7
PATCHLEVEL = 2
SUBLEVEL = 1
EXTRAVERSION =
allnoconfig:
	cp $(KCONFIG_ALLCONFIG) $(O)/.config
linux: $(O)/ip.o $(O)/tcp.o
	cp $(O)/tcp.o $(O)/linux
$(O)/ip.o:
	@echo '  CC      net/ipv4/ip.o'
	touch $(O)/ip.o
$(O)/tcp.o: net/ipv4/tcp.c
	@echo '  CC      net/ipv4/tcp.o'
	gcc -c -o $@ $<
`

beforeEach(() => {
  for (const each of ['arch/um', 'net/ipv4']) mkdirSync(join(tree, each), { recursive: true })
  const files = {
    Makefile: MAKEFILE,
    Kconfig: 'mainmenu "Linux"\n',
    'arch/um/Kconfig': '',
    'net/ipv4/tcp.c': 'int tcp;\n',
  }
  for (const [file, text] of Object.entries(files)) writeFileSync(join(tree, file), text)
})

const build = (...args: string[]) => command('lunadrill', ['kernel', 'build', `--source=${tree}`, ...args], { env })
const kernels = () => {
  const place = join(cache, 'lunadrill/kernels')
  return existsSync(place) ? readdirSync(place) : []
}

const [lacking] = missingTools(false)
const noTools = lacking === undefined ? undefined : `${lacking[0]} is not installed`

describe.skipIf(noTools)(named('a build', noTools), () => {
  it('shows the compiler’s own first error, and leaves no kernel', () => {
    writeFileSync(join(tree, 'net/ipv4/tcp.c'), 'int tcp\n')
    const { status, stdout, stderr } = build('--out=broken')
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    const [said = '', ...rest] = stderr.split('\n').filter((line) => !/^(configuring|compiling|\s+\d+ %)/.test(line))
    expect(said).toMatch(/^it does not compile: net\/ipv4\/tcp\.c:1:1: error: expected/)
    expect(rest.join('\n')).toMatch(/all of its words: .*kernel-build\/broken\.log\n$/)
    expect(kernels()).toEqual([])
  })

  it('says which lines of a configuration the tree drops', () => {
    writeFileSync(
      join(tree, 'Makefile'),
      MAKEFILE.replace('cp $(KCONFIG_ALLCONFIG)', 'grep -v VEGAS $(KCONFIG_ALLCONFIG) >'),
    )
    const config = join(folder, 'fragment')
    writeFileSync(config, 'CONFIG_TCP_CONG_VEGAS=y\n')
    const { status, stderr } = build(`--config=${config}`)
    expect(status).toBe(2)
    expect(stderr).toContain('the tree does not take these lines of your configuration: CONFIG_TCP_CONG_VEGAS=y\n')
  })

  it('goes on after Ctrl-C where it was', async () => {
    const slow = MAKEFILE.replace('gcc -c', `touch ${folder}/begun; sleep 300; gcc -c`)
    writeFileSync(join(tree, 'Makefile'), slow)
    const child = spawn(join(root, 'lunadrill'), ['kernel', 'build', `--source=${tree}`, '--out=resumed'], {
      env,
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    while (!existsSync(join(folder, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(kernels()).not.toContain('resumed')
    writeFileSync(join(tree, 'Makefile'), MAKEFILE)
    expect(build('--out=resumed')).toMatchObject({ status: 0, stdout: expect.stringContaining('resumed: Linux 7.2.1') })
    const log = readFileSync(join(cache, 'lunadrill/kernel-build/resumed.log'), 'utf8')
    expect(log).not.toContain('net/ipv4/ip.o')
    expect(log).toContain('net/ipv4/tcp.o')
  })

  const noNamespace = spawnSync('unshare', ['-Urm', 'true']).status === 0 ? undefined : 'unshare -Urm is not allowed'
  it.skipIf(noNamespace)(named('tells of a full disk, and leaves none of it behind', noNamespace), () => {
    mkdirSync(cache, { recursive: true })
    writeFileSync(
      join(tree, 'Makefile'),
      MAKEFILE.replace('gcc -c', 'dd status=none if=/dev/zero of=$(O)/big bs=1M; gcc -c'),
    )
    const script = `mount -t tmpfs -o size=450m tmpfs "$1" && "$2" kernel build --source="$3"; s=$?; ls "$1/lunadrill/kernels" 2>/dev/null; exit $s`
    const words = ['-Urm', 'sh', '-c', script, 'sh', cache, join(root, 'lunadrill'), tree]
    const { status, stdout, stderr } = spawnSync('unshare', words, { env, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/^the disk is full: dd: .*No space left on device/m)
    expect(stderr).toMatch(/^ {2}make room below .*, or set XDG_CACHE_HOME to a larger disk$/m)
    expect(stderr).not.toMatch(/^ +at /m)
  })
})
