// Does a script change what namespaces do not separate: module parameters, the machine's own sysctls, files under a shared
// folder? Two such runs side by side would disturb each other, or all others. Told by what its commands, and the programs
// of its own that they call, do. Supervisor.
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Script } from '@lunadrill/parser'

/** Programs are read so far, octets. */
const PROGRAM_LIMIT = 65536
/** Programs that call programs that call programs. */
const DEPTH = 4

const signs: readonly (readonly [what: string, sign: RegExp])[] = [
  ['a module parameter', /\/sys\/module\/\S+/],
  ["the machine's devices", /(>|tee\s+(-a\s+)?)\s*["']?\/sys\/(?!module)\S+/],
  ['kernel modules', /(^|[\s;&|(])(modprobe|insmod|rmmod)\s+[^-\s]\S*/],
  ["the machine's sysctls", /\/proc\/sys\/(?!net\/)\S+/],
  ["the machine's sysctls", /(^|[\s;&|(])sysctl\s+(-\S+\s+)*["']?(kernel|vm|fs|dev|abi|debug|user)\.\S+=/],
  ["the machine's clock", /(^|[\s;&|(])(date\s+(-s|--set)|hwclock|adjtimex|chronyc|ntpdate)\b/],
]

/** A path under a folder that all share. */
const SHARED_FILE = /(?:\/tmp|\/var\/tmp|\/dev\/shm)\/[^\s"'`;|&)<>]+/g
/** What makes its name a run's own: a process's number in it, or one that is made up. */
const OWN_NAME = /\$\{?(PPID|PACKETDRILL_PID|\$|BASHPID|RANDOM)|\$\$|XXX/
/** A place in a path that a program fills in, and what it may fill it with for the name to be a run's own. */
const FILLED_IN = /%[sd]|\{|["']?\s*\+/
const OWN_NUMBER = /PACKETDRILL_PID|PPID|getp?pid|mkstemp|mkdtemp|mktemp|tempfile/

/** What it touches, in words for people; null where it keeps to itself. `cwd`: the folder of its run. */
export function machineStateOf(script: Script, initScripts: readonly string[], cwd: string): string | null {
  const commands = [...initScripts]
  for (const command of [script.init, script.cleanup]) if (command !== null) commands.push(command.text)
  for (const { action } of script.events) {
    if (action.type === 'command' || action.type === 'code') commands.push(action.text)
    if (action.type !== 'call' || action.name !== 'open') continue
    const [path] = action.args
    if (path?.type === 'string') commands.push(path.raw)
  }
  const seen = new Set<string>()
  for (const command of commands) {
    const found = touched(command, cwd, seen, 0)
    if (found !== null) return found
  }
  return null
}

function touched(text: string, cwd: string, seen: Set<string>, depth: number): string | null {
  for (const [what, sign] of signs) {
    const hit = sign.exec(text)
    if (hit !== null) return `${what} (${hit[0].trim()})`
  }
  for (const [path] of text.matchAll(SHARED_FILE)) {
    const own = OWN_NAME.test(path) || (FILLED_IN.test(path) && OWN_NUMBER.test(text))
    if (!own) return `a shared file (${path})`
  }
  if (depth === DEPTH) return null
  for (const word of text.split(/[\s;|&()`"'<>]+/)) {
    if (!word.includes('/') || word.includes('$') || word.includes('=')) continue
    const path = resolve(cwd, word)
    if (seen.has(path)) continue
    seen.add(path)
    const program = programText(path)
    const found = program === null ? null : touched(program, cwd, seen, depth + 1)
    if (found !== null) return `${found}, in ${word}`
  }
  return null
}

/** Text of a program that is a script; null for anything else. */
function programText(path: string): string | null {
  try {
    if (!statSync(path).isFile()) return null
    const fd = openSync(path, 'r')
    try {
      const octets = Buffer.alloc(PROGRAM_LIMIT)
      const length = readSync(fd, octets, 0, octets.length, 0)
      const text = octets.toString('utf8', 0, length)
      return text.startsWith('#!') ? withoutComments(text) : null
    } finally {
      closeSync(fd)
    }
  } catch {
    return null
  }
}

/** A helper's remarks do nothing. */
const withoutComments = (text: string) =>
  text
    .split('\n')
    .slice(1)
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
