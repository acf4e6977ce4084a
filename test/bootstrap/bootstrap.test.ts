// The bootstrap in a folder of its own, over stand-ins for Debian's and npm's programs: what it calls, what it says when
// one of them fails, and that nothing half-done counts as done. The true programs are tried by .ci/run on a fresh machine.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const repository = join(dirname(fileURLToPath(import.meta.url)), '../..')
const isRoot = process.getuid?.() === 0
const ALL_INSTALLED = 'shift 3; for name; do echo "$name installed"; done'
const MAKE_MODULES = 'mkdir -p node_modules/.bin; cp ../programs/nx node_modules/.bin/nx'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-bootstrap-'))
  chmodSync(folder, 0o755)
  cpSync(join(repository, 'tools/bootstrap'), join(folder, 'clone/tools/bootstrap'), { recursive: true })
  writeFileSync(join(folder, 'clone/package-lock.json'), '{}')
  mkdirSync(join(folder, 'programs'))
  program('dpkg-query', ALL_INSTALLED)
  program('nx', '')
  npm(MAKE_MODULES)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A stand-in that notes its call in `calls` and then runs these shell lines. */
function program(name: string, lines: string) {
  const text = `#!/bin/sh\nPATH=/usr/bin:/bin\nprintf '%s\\n' "${name} $1" >> '${folder}/calls'\n${lines}\n`
  writeFileSync(join(folder, 'programs', name), text, { mode: 0o755 })
}

/** npm is started as a script of Node's, found by npm_execpath. */
function npm(lines: string) {
  program('npm', lines)
  const text = `process.exitCode = require('node:child_process')
    .spawnSync('${folder}/programs/npm', process.argv.slice(2), { stdio: 'inherit' }).status ?? 137`
  writeFileSync(join(folder, 'programs/npm-cli.js'), text)
}

function bootstrap(args: string[], user?: { uid: number; gid: number }) {
  const env = { PATH: join(folder, 'programs'), npm_execpath: join(folder, 'programs/npm-cli.js') }
  const script = join(folder, 'clone/tools/bootstrap/main.mjs')
  const ran = spawnSync(process.execPath, [script, ...args], { cwd: folder, env, encoding: 'utf8', ...user })
  return { status: ran.status, text: ran.stderr + ran.stdout }
}

/** The stand-ins that were called since the last look, by name. */
function calls(): string[] {
  const file = join(folder, 'calls')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  rmSync(file, { force: true })
  return text.split('\n').filter((line) => line !== '')
}

describe('the bootstrap', () => {
  it('installs and builds once, then only asks nx', () => {
    expect(bootstrap(['setup'])).toMatchObject({ status: 0, text: expect.stringContaining('ready') })
    expect(calls()).toEqual(['dpkg-query -W', 'npm ci', 'dpkg-query -W', 'nx run-many'])
    expect(bootstrap(['setup']).status).toBe(0)
    expect(calls()).toEqual(['dpkg-query -W', 'dpkg-query -W', 'nx run-many'])
  })

  it('installs anew where the lock file changed', () => {
    bootstrap(['setup'])
    writeFileSync(join(folder, 'clone/package-lock.json'), '{ }')
    calls()
    bootstrap(['setup'])
    expect(calls()).toContain('npm ci')
  })

  it('does not take an interrupted npm ci for done', () => {
    npm(`${MAKE_MODULES}; kill -9 $$`)
    expect(bootstrap(['setup']).status).toBe(2)
    npm(MAKE_MODULES)
    calls()
    expect(bootstrap(['setup']).status).toBe(0)
    expect(calls()).toContain('npm ci')
  })

  it('says that the registry cannot be reached', () => {
    npm('echo "npm error code EAI_AGAIN" >&2; exit 1')
    const { status, text } = bootstrap(['setup'])
    expect(status).toBe(2)
    expect(text).toMatch(
      /npm error code EAI_AGAIN[\s\S]*What to do: the npm registry cannot be reached: check the network/,
    )
  })

  it('shows only the failed task of a build, and the log', () => {
    program(
      'nx',
      'printf "> nx run a:build\\n\\nfine\\n> nx run b:native\\n\\nno such header\\n NX   x\\nFailed tasks:\\n\\n- b:native\\n"; exit 1',
    )
    const { status, text } = bootstrap(['setup'])
    expect(status).toBe(1)
    expect(text).toMatch(
      /the build failed:\n +b:native[\s\S]*no such header[\s\S]*What to do: .*\.cache\/bootstrap\/build\.log/,
    )
    expect(text).not.toContain('fine')
  })

  it("goes on without lwIP's source where the mirror cannot be reached, and leaves nothing half-fetched", () => {
    program('dpkg-query', `case $3 in *source*) echo 2.1.3-1; exit;; esac; ${ALL_INSTALLED}`)
    program(
      'apt-get',
      `case $1 in indextargets) echo 'deb-src http://mirror bookworm main'; exit;; esac
echo "E: Could not resolve 'mirror'" >&2; exit 100`,
    )
    const { status, text } = bootstrap(['setup'])
    expect(status).toBe(0)
    expect(text).toContain(
      "skipped: the stack lwip-sack, for want of lwIP's source: the Debian mirror cannot be reached",
    )
    expect(readdirSync(join(folder, 'clone/.cache/lwip'))).toEqual([])
  })

  it.each([[[]], [['dmeo']], [['demo', '--lnit']]])('refuses %j with its usage', (args) => {
    const { status, text } = bootstrap(args)
    expect(status).toBe(2)
    expect(text).toContain('What to do: use: node tools/bootstrap/main.mjs demo|test|setup|bench')
  })
})

describe.skipIf(!isRoot)('the bootstrap as root', () => {
  const INSTALLED_AFTER_APT = `cd "\${0%/*}/.."; [ -e installed ] && { ${ALL_INSTALLED}; }`

  it('installs missing packages without reading the lists, where they are known', () => {
    program('dpkg-query', INSTALLED_AFTER_APT)
    program('apt-cache', 'shift; for name; do echo "  Candidate: 1"; done')
    program('apt-get', `touch '${folder}/installed'`)
    expect(bootstrap(['setup']).status).toBe(0)
    expect(calls()).toEqual([
      'dpkg-query -W',
      'apt-cache policy',
      'apt-get install',
      'dpkg-query -W',
      'npm ci',
      'dpkg-query -W',
      'nx run-many',
    ])
  })

  it('reads the lists where a package is unknown', () => {
    program('dpkg-query', INSTALLED_AFTER_APT)
    program('apt-cache', '')
    program('apt-get', `touch '${folder}/installed'`)
    expect(bootstrap(['setup']).status).toBe(0)
    expect(calls().slice(2, 4)).toEqual(['apt-get update', 'apt-get install'])
  })

  it('says that the mirror cannot be reached, and goes no further', () => {
    program('dpkg-query', '')
    program('apt-cache', '')
    program('apt-get', 'echo "Temporary failure resolving deb.debian.org"; exit 100')
    const { status, text } = bootstrap(['setup'])
    expect(status).toBe(2)
    expect(text).toMatch(/Temporary failure resolving[\s\S]*What to do: the Debian mirror cannot be reached/)
    expect(calls()).not.toContain('npm ci')
  })

  it('does not believe an apt-get that installed nothing', () => {
    program('dpkg-query', '')
    program('apt-cache', '')
    program('apt-get', '')
    expect(bootstrap(['setup'])).toMatchObject({
      status: 2,
      text: expect.stringContaining('still not installed: g++ make python3'),
    })
  })
})

describe('the bootstrap without root', () => {
  const nobody = isRoot ? { uid: 65534, gid: 65534 } : undefined

  it('prints the one line to run', () => {
    program('dpkg-query', 'echo "python3 installed"')
    const { status, text } = bootstrap(['demo'], nobody)
    expect(status).toBe(2)
    expect(text).toMatch(
      /sudo apt-get install -y --no-install-recommends .*g\+\+ make .*pkg-config libdpdk-dev liblwip-dev/,
    )
    expect(text).not.toMatch(/sudo .* python3/)
  })

  it('goes on without DPDK, and names what is skipped', () => {
    if (isRoot) spawnSync('chown', ['-R', '65534:65534', folder])
    program('dpkg-query', `${ALL_INSTALLED} | grep -v dpdk`)
    const { status, text } = bootstrap(['setup'], nobody)
    expect(text).toMatch(/skipped: userspace stacks, for want of libdpdk-dev/)
    expect(text).toContain('sudo apt-get install -y --no-install-recommends libdpdk-dev')
    expect(status).toBe(0)
  })
})
