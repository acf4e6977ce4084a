import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stackPath, unavailable } from '@lunadrill/dpdk-native'
import { afterAll, describe, expect, it } from 'vitest'
import { objectFault, refusalRemedy } from '../../src/host/stack-object.js'

const folder = mkdtempSync(join(tmpdir(), 'stack-object-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Absolute path of a shared object from a line of C. */
function object(name: string, source: string, ...flags: string[]): string {
  const path = join(folder, name)
  writeFileSync(`${path}.c`, source)
  execFileSync('gcc', ['-shared', '-fPIC', '-nostdlib', `${path}.c`, '-o', path, ...flags], { stdio: 'inherit' })
  return path
}

/** An object for another machine: nothing but the number in its header differs. */
function foreign(name: string, machine: number): string {
  const octets = readFileSync(object(name, 'int x;'))
  octets.writeUInt16LE(machine, 18)
  writeFileSync(join(folder, name), octets)
  return join(folder, name)
}

const missing = unavailable()

describe.skipIf(missing)(
  missing ? `objects that are looked at (skipped: ${missing})` : 'objects that are looked at',
  () => {
    it('finds nothing wrong with the built-in one, a file that is not there, or no ELF file: those are loaded', () => {
      const text = join(folder, 'text.so')
      writeFileSync(text, 'not an object, whatever its name says')
      for (const path of [stackPath('libluna.so'), '/nowhere.so', text, folder]) expect(objectFault(path)).toBeNull()
    })

    it('names the machine that an object is built for', () => {
      expect(objectFault(foreign('arm.so', 183))).toMatchObject({
        code: 'LD_STACK_NOT_ELF',
        message: expect.stringMatching(/arm\.so is built for 64-bit ARM, this machine is x86-64$/),
        remedy: 'Build it on, or for, this machine.',
      })
      expect(objectFault(foreign('new.so', 4711))?.message).toContain('machine 4711 of elf.h')
    })

    it('names both DPDKs where an object is linked to another one', () => {
      object('librte_eal.so', 'int rte_version;', '-Wl,-soname,librte_eal.so.99')
      const path = object(
        'other.so',
        'extern int rte_version; int *x(void) { return &rte_version; }',
        `-L${folder}`,
        '-lrte_eal',
      )
      expect(objectFault(path)).toMatchObject({
        code: 'LD_STACK_DPDK',
        message: expect.stringMatching(
          /is linked to another DPDK: it needs librte_eal\.so\.99, lunadrill has librte_eal\.so\.\d+$/,
        ),
        remedy: expect.stringContaining('pkg-config --modversion libdpdk'),
      })
    })

    it('finds a DPDK that was linked into an object', () => {
      const path = object('static.so', 'int rte_eal_init(int n, char **words) { return n + (words != 0); }')
      expect(objectFault(path)).toMatchObject({
        code: 'LD_STACK_DPDK',
        message: expect.stringContaining('of its own in it'),
      })
    })

    it('looks again at a file that has changed', () => {
      const path = foreign('changes.so', 8)
      expect(objectFault(path)?.message).toContain('MIPS')
      foreign('changes.so', 62)
      expect(objectFault(path)).toBeNull()
    })
  },
)

it.each([
  ['LD_STACK_NOT_ELF', '/a.so: undefined symbol: tcp_input', 'Link it to the library that has tcp_input'],
  ['LD_STACK_NOT_ELF', 'libfoo.so.3: cannot open shared object file: No such file or directory', 'Install libfoo.so.3'],
  ['LD_STACK_NOT_ELF', '/a.so: file too short', 'gcc -shared -fPIC'],
  ['LD_STACK_SYMBOL', '/a.so exports no luna_stack_v1', 'lunadrill stack-init'],
  ['LD_STACK_NOT_FOUND', 'there is no stack object /a.so', 'Check the path'],
  ['LD_EAL', 'DPDK does not initialise', '--eal'],
])('says what to do about %s: %s', (code, message, remedy) => {
  expect(refusalRemedy(code, message)).toContain(remedy)
})
