// Runs one project's tests with the shared configuration: node tools/ci/vitest.mjs packages/parser [vitest arguments].
// Leaves test-results/vitest.json in the project's folder, which tools/ci/test.mjs adds up.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const [project, ...rest] = process.argv.slice(2)
if (!project || !existsSync(join(root, project, 'package.json'))) {
  console.error('usage: node tools/ci/vitest.mjs PROJECT_FOLDER [vitest arguments]')
  process.exit(2)
}
const report = join(root, project, 'test-results/vitest.json')
rmSync(report, { force: true })
const ran = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    `--root=${join(root, project)}`,
    `--config=${join(root, 'vitest.config.mjs')}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...rest,
  ],
  { cwd: root, stdio: 'inherit' },
)
process.exit(ran.status ?? 1)
