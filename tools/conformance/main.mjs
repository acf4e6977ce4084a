// npm run conformance [-- --jobs N --only TEXT --family NAME --stack uml[:KERNEL]|lwip --times N]: runs the corpus' scripts on the
// kernel (or on one in virtual time, or on lwIP) as upstream's run_all.py does, and compares each verdict with upstream's. The
// table is printed, and stored in conformance-results/jobs-N.tsv (uml-jobs-N.tsv, lwip-jobs-N.tsv); docs/conformance.md
// explains the rows that differ. Called by the bootstrap after the build.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { builtinStackPath, createRunner, fitKernel } from '../../packages/engine/dist/index.js'
import { corpusFolder, families, runnableCopy, verdictsOf } from './corpus.mjs'
import { differing, flipped, rowText, sum, tableText } from './table.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const ALLOWED = '/proc/sys/net/ipv4/tcp_allowed_congestion_control'
/** Without cubic here no namespace can choose it. */
const CONTROLS = ['reno', 'bbr', 'cubic']

function argumentsOf() {
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      family: { type: 'string', default: '' },
      stack: { type: 'string', default: 'kernel' },
      times: { type: 'string', default: '1' },
    },
  })
  const [jobs, times] = [Number(values.jobs), Number(values.times)]
  if (!(times >= 1)) throw new Error(`bad --times: ${values.times}`)
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 256) throw new Error(`bad --jobs: ${values.jobs} (1 to 256)`)
  if (values.family !== '' && !(values.family in families)) {
    throw new Error(`bad --family: ${values.family} (${Object.keys(families).join(', ')})`)
  }
  return { jobs, times, only: values.only, family: values.family, stack: stackOf(values.stack) }
}

/**
 * @param {string} word
 * @returns {import('../../packages/engine/dist/index.js').StackChoice}
 */
function stackOf(word) {
  if (word === 'kernel') return { kind: 'kernel', name: 'kernel' }
  if (word === 'lwip') return { kind: 'userspace', name: word, soPath: builtinStackPath('libluna.so') }
  const [, colon, name] = /^uml(:(.*))?$/.exec(word) ?? []
  if (!word.startsWith('uml') || (colon === undefined && word !== 'uml')) {
    throw new Error(`bad --stack: ${word} (kernel, uml, uml:KERNEL or lwip)`)
  }
  return { kind: 'uml', name: word, program: fitKernel(name) }
}

/**
 * Puts the system's own Python first, or else the folder of Python itself: a version manager's `python3` is a shell script
 * that looks for it, and takes five times as long as Python to start. Upstream's scripts start it some 400 times.
 */
function findPython() {
  if (existsSync('/usr/bin/python3')) {
    process.env.PATH = `/usr/bin:${process.env.PATH}`
    return
  }
  const { stdout, status } = spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' })
  if (status === 0) process.env.PATH = `${dirname(stdout.trim())}:${process.env.PATH}`
}

/** Lets namespaces choose cubic for the time of the run; returns what undoes it. */
function allowControls() {
  for (const name of CONTROLS) spawnSync('modprobe', ['-q', `tcp_${name}`], { stdio: 'ignore' })
  const before = readFileSync(ALLOWED, 'utf8')
  try {
    writeFileSync(ALLOWED, CONTROLS.join(' '))
  } catch {
    writeFileSync(ALLOWED, 'reno cubic')
    console.error('conformance: this kernel has no bbr: its scripts will differ')
  }
  return () => writeFileSync(ALLOWED, before)
}

async function main() {
  const { jobs, times, only, family, stack } = argumentsOf()
  const machine = stack.kind === 'kernel'
  const folder = corpusFolder()
  if (!existsSync(join(folder, 'verdicts.tsv'))) {
    console.error(`conformance: no corpus in ${folder}: name its folder, CORPUS=… npm run conformance`)
    return 2
  }
  if (machine && process.getuid() !== 0) {
    console.error('conformance: upstream was run as root, and so must this be: sudo npm run conformance')
    return 2
  }
  const wanted = verdictsOf(folder).filter(
    (row) => row.script.includes(only) && (family === '' || row.family === family),
  )
  findPython()
  if (spawnSync('ethtool', ['--version']).error !== undefined) {
    console.error(
      'conformance: without ethtool mtu_probe/basic-v4 and nagle/https_client differ: apt-get install ethtool',
    )
  }
  const copy = runnableCopy(folder)
  const undo = machine ? allowControls() : () => {}
  const runner = createRunner({ netns: 'private', commandOutput: 'stderr', jobs })
  let interrupted = false
  const end = async () => {
    await runner.close()
    undo()
    rmSync(copy, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => {
      interrupted = true
      void end().then(() => process.exit(130))
    })
  }
  const started = performance.now()
  try {
    /** @type {'wall' | 'virtual'} */
    const clock = machine ? 'wall' : 'virtual'
    const once = async (oracle) => {
      const path = join(copy, 'tcp', oracle.script)
      const request = { scriptPath: basename(path), cwd: dirname(path), stack, clock, adminPort: 0 }
      const row = { oracle, result: await runner.run({ ...request, options: families[oracle.family] }) }
      if (times === 1) console.log(rowText(row))
      return row
    }
    const all = []
    for (let time = 0; time < times; time++) {
      all.push(await Promise.all(wanted.map(once)))
      if (times > 1) console.log(`${time + 1} of ${times}: ${((performance.now() - started) / 1000).toFixed(0)} s`)
    }
    const flips = flipped(all)
    if (times > 1) console.log(`${flips.length} rows flipped${flips.map((text) => `\n${text}`).join('')}`)
    const rows = all.at(-1) ?? []
    report(
      rows,
      `${{ kernel: '', uml: 'uml-', userspace: 'lwip-' }[stack.kind]}jobs-${jobs}`,
      jobs,
      (performance.now() - started) / 1000,
    )
    return 0
  } catch (error) {
    if (!interrupted) throw error
    return 130
  } finally {
    if (!interrupted) await end()
  }
}

function report(rows, name, jobs, seconds) {
  const results = join(root, 'conformance-results')
  mkdirSync(results, { recursive: true })
  const path = join(results, `${name}.tsv`)
  writeFileSync(path, `${tableText(rows)}\n`)
  const apart = differing(rows)
  if (apart.length > 0) console.log(`\nrows that differ (docs/conformance.md):\n${apart.map(rowText).join('\n')}`)
  const { agree, stable, line, fail, repeated } = sum(rows)
  const cpuS = rows.reduce((total, { result }) => total + result.cpuS, 0)
  const late = rows.map(({ result }) => result.worstLateUs).sort((a, b) => a - b)
  const [median, p99, worst] = [0.5, 0.99, 1].map((share) => late[Math.ceil(share * late.length) - 1]?.toFixed(0))
  console.log(`\nthe tester's worst lateness in a run: median ${median} us, p99 ${p99} us, at most ${worst} us`)
  console.log(
    `${rows.length} runs, ${jobs} at a time: ${seconds.toFixed(1)} s, ${cpuS.toFixed(1)} s of CPU; ` +
      `${repeated} undecided at first and repeated alone; table: ${path}`,
  )
  console.log(`agree ${agree} of ${stable} stable rows, same failing line ${line} of ${fail}`)
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(`conformance: ${error.message}${error.remedy ? `\n  ${error.remedy}` : ''}`)
  process.exitCode = 2
}
