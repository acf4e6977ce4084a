// What the bootstrap says: one line per step, the step's full output in a log file, and on failure the log's last lines
// with what to do next. Runs on bare Node 20: only node: imports in this folder.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const logs = join(root, '.cache/bootstrap')

/** A failure that a user can act on: what went wrong, what to do, and the exit status. */
export class BootstrapFailure extends Error {
  /**
   * @param {string} what
   * @param {string} remedy what to do next
   * @param {number} [status]
   */
  constructor(what, remedy, status = 2) {
    super(what)
    this.remedy = remedy
    this.status = status
  }
}

/** Prints a line of the bootstrap's own. Standard error: standard output belongs to the job. */
export function say(line) {
  process.stderr.write(`lunadrill: ${line}\n`)
}

/** The log file of a step, as a path from the repository's root. */
export const logOf = (step) => relative(root, join(logs, `${step}.log`))

/**
 * Runs a command with its output in the step's log, showing one line (with running seconds on a terminal).
 * Returns { status, seconds, log }; status is -1 where the command could not be started. Throws only where no log can
 * be written.
 */
export async function runLogged(step, line, command, args, { env = process.env, append = false, quiet = false } = {}) {
  const log = await openLog(step, append)
  const started = Date.now()
  const seconds = () => Math.round((Date.now() - started) / 1000)
  const live = process.stderr.isTTY && !quiet
  const show = () => process.stderr.write(`\rlunadrill: ${line} … ${seconds()} s`)
  if (live) show()
  else if (!quiet) say(`${line} …`)
  const timer = live ? setInterval(show, 1000) : undefined
  log.write(`$ ${[command, ...args].join(' ')}\n`)
  const status = await new Promise((done) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    child.on('error', (error) => {
      log.write(`${error.message}\n`)
      done(-1)
    })
    child.on('close', (code) => done(code ?? -1))
  })
  clearInterval(timer)
  if (live) process.stderr.write('\n')
  await new Promise((done) => log.end(done))
  return { status, seconds: seconds(), log: readFileSync(log.path, 'utf8') }
}

function openLog(step, append) {
  return new Promise((done, refuse) => {
    const cannot = (error) =>
      refuse(
        new BootstrapFailure(
          `cannot write ${logOf(step)}: ${error.message}`,
          `make this folder writable for you, for instance: sudo chown -R $(id -un) '${root}'`,
        ),
      )
    try {
      mkdirSync(logs, { recursive: true })
    } catch (error) {
      cannot(error)
      return
    }
    const log = createWriteStream(join(logs, `${step}.log`), { flags: append ? 'a' : 'w' })
    log.once('error', cannot)
    log.once('open', () => done(log))
  })
}

/** The last lines of a log, indented, for a failure's text. */
export function tail(log, lines = 12) {
  const kept = log.trimEnd().split('\n').slice(-lines)
  return kept.map((line) => `    ${line}`).join('\n')
}
