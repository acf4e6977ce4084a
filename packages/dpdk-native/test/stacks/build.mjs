// Builds the small stack objects of this folder with the system's compiler: for the tests here, and for the e2e tests of
// what becomes of a run whose stack misbehaves.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const out = join(root, 'build/test-stacks')
const asan = ['-fsanitize=address', '-fno-omit-frame-pointer']
const extra = {
  'stays-loaded': ['-Wl,-z,nodelete'],
  'overflows-a-number': [...asan, '-fsanitize=undefined'],
  'traps-an-overflow': ['-fsanitize=undefined', '-fsanitize-undefined-trap-on-error'],
  'overflows-under-ubsan': ['-fsanitize=undefined'],
  'forgets-memory': asan,
  'quiet-under-asan': asan,
  'reads-out-of-bounds': asan,
  'uses-after-free': asan,
}
const pkgConfig = (...args) => execFileSync('pkg-config', args, { encoding: 'utf8' }).trim().split(/\s+/)

/** Absolute path of NAME.so, built from NAME.c where it is older. */
export function buildStack(name) {
  const source = join(here, `${name}.c`)
  const path = join(out, `${name}.so`)
  const newest = Math.max(
    ...[source, join(here, 'quiet.h'), join(here, 'packetdrill-echo.c'), join(root, 'include/luna_stack.h')].map(
      (file) => statSync(file).mtimeMs,
    ),
  )
  if (existsSync(path) && statSync(path).mtimeMs > newest) return path
  mkdirSync(out, { recursive: true })
  const flags = ['-std=gnu11', '-O1', '-g', '-Wall', '-Wextra', '-Werror', '-fPIC', '-shared', '-fvisibility=hidden']
  const headers = pkgConfig('--cflags', 'libdpdk').map((flag) => flag.replace(/^-I/, '-isystem'))
  const libraries = ['-lrte_ethdev', '-lrte_mbuf', '-lrte_mempool', '-lrte_eal']
  const args = [...flags, ...headers, `-I${join(root, 'include')}`, source, ...(extra[name] ?? [])]
  // Whole when it gets its name: test files that run side by side need the same stacks.
  const unnamed = `${path}.${process.pid}`
  const output = ['-o', unnamed, '-Wl,--as-needed', ...libraries]
  execFileSync(process.env.CC ?? 'gcc', [...args, ...output], { stdio: 'inherit' })
  renameSync(unnamed, path)
  return path
}
