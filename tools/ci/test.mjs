// Every project's tests through nx, then the sum: `N passed, N failed, N skipped` is the last line that is printed.
// Called by `npm test` after the build. Results of unchanged packages come from nx's cache, and count as well.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { nx, nxEnvironment } from '../bootstrap/build.mjs'
import { root } from '../bootstrap/report.mjs'

/** Folders of the projects that have a test target. */
function testedFolders() {
  const args = ['show', 'projects', '--with-target=test', '--json']
  const listed = spawnSync(nx, args, { cwd: root, env: nxEnvironment, encoding: 'utf8' })
  if (listed.status !== 0) {
    process.stderr.write(listed.stderr)
    process.exit(2)
  }
  return JSON.parse(listed.stdout).map((name) => {
    const short = name.replace('@lunadrill/', '')
    return short === 'e2e' ? 'test' : `packages/${short}`
  })
}

/** Counts and names of one project's report; a project without a report counts as one failure. */
function readReport(folder) {
  const path = join(root, folder, 'test-results/vitest.json')
  if (!existsSync(path)) return { passed: 0, failed: [`${folder}: ended without a report`], skipped: [] }
  const sum = { passed: 0, failed: [], skipped: [] }
  for (const file of JSON.parse(readFileSync(path, 'utf8')).testResults) {
    const place = `${folder}: ${file.name.slice(join(root, folder).length + 1)}`
    for (const test of file.assertionResults) {
      if (test.status === 'passed') sum.passed += 1
      else (test.status === 'failed' ? sum.failed : sum.skipped).push(`${place}: ${test.fullName}`)
    }
    const named = file.assertionResults.some((test) => test.status === 'failed')
    if (file.status === 'failed' && !named) sum.failed.push(`${place}: ${file.message || 'did not run'}`)
  }
  return sum
}

function list(title, names) {
  if (names.length > 0) console.log(`\n${title}:\n${names.map((name) => `  ${name}`).join('\n')}`)
}

const folders = testedFolders()
for (const folder of folders) rmSync(join(root, folder, 'test-results'), { recursive: true, force: true })
/** Which need no device and no clock of their own: two at a time. The others get the machine for themselves. */
const pure = '@lunadrill/parser,@lunadrill/tcpinfo,@lunadrill/engine,@lunadrill/cli'
const statuses = [
  [`--projects=${pure}`, '--parallel=2'],
  [`--exclude=${pure}`, '--parallel=1'],
].map((which) => {
  const args = ['run-many', '-t', 'test', ...which, '--output-style=static']
  return spawnSync(nx, args, { cwd: root, env: nxEnvironment, stdio: ['ignore', 'inherit', 'inherit'] }).status
})

const reports = folders.map(readReport)
const failed = reports.flatMap((report) => report.failed)
const skipped = reports.flatMap((report) => report.skipped)
const passed = reports.reduce((sum, report) => sum + report.passed, 0)
if (statuses.some((status) => status !== 0) && failed.length === 0)
  failed.push('nx: a task other than a test failed, see above')
list('Skipped', skipped)
list('Failed', failed)
console.log(`\n${passed} passed, ${failed.length} failed, ${skipped.length} skipped`)
process.exitCode = failed.length === 0 ? 0 : 1
