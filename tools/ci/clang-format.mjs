// Checks the format of all C and C++ that git knows or would add: node tools/ci/clang-format.mjs [--write].
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const patterns = ['*.c', '*.cc', '*.cpp', '*.h', '*.hpp']
const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', ...patterns], {
  cwd: root,
  encoding: 'utf8',
})
if (listed.status !== 0) {
  console.error(`clang-format: git ls-files failed: ${listed.stderr ?? listed.error?.message}`)
  process.exit(2)
}
const files = [...new Set(listed.stdout.split('\0'))].filter((file) => file && existsSync(join(root, file)))
if (files.length === 0) process.exit(0)
const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror']
const ran = spawnSync('clang-format', [...mode, ...files], { cwd: root, stdio: 'inherit' })
if (ran.error) {
  console.error('clang-format is not installed: sudo apt-get install -y --no-install-recommends clang-format')
  process.exit(2)
}
if (ran.status !== 0) console.error('to format: npm run format')
else console.log(`clang-format: ${files.length} files in order`)
process.exit(ran.status ?? 1)
