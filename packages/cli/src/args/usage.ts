// Help texts, made from the table of flags.
import { type Flag, flagsOf } from './flags.js'

/** Upstream's form: a title, a line per option in brackets, the operand. */
export function packetdrillUsage(): string {
  const lines = flagsOf('packetdrill').map((flag) => `\t[${written(flag)}]`)
  return ['Usage: packetdrill', ...lines, '\tscript_path ...'].join('\n')
}

export const runSynopsis = 'usage: lunadrill run [OPTION]... SCRIPT...'

/** All that `lunadrill run` understands: our own flags first, then the script options. */
export function runUsage(): string {
  const known = flagsOf('lunadrill')
  const own = known.filter((flag) => flag.meaning === 'tool')
  const scripts = known.filter((flag) => flag.meaning !== 'tool')
  return [
    runSynopsis,
    '',
    'Runs each script on each stack.',
    'Exit status 0: all pass; 1: some do not; 2: wrong usage, script or environment.',
    '',
    ...own.map(helpLine),
    '',
    "Options of packetdrill, applied over the script's own:",
    ...scripts.map(helpLine),
  ].join('\n')
}

export function lunadrillUsage(): string {
  return `usage: lunadrill COMMAND

  run SCRIPT...   test the Linux kernel or a userspace stack with packetdrill scripts
  help [run]      this text, or all options of run
  version         print the version

./packetdrill is the same tool with packetdrill's command line.`
}

const column = 34

function helpLine(flag: Flag): string {
  const left = `  ${written(flag)}`
  return left.length < column ? `${left.padEnd(column)}${flag.help}` : `${left}\n${' '.repeat(column)}${flag.help}`
}

function written(flag: Flag): string {
  const long = flag.value === null ? `--${flag.name}` : `--${flag.name}=${flag.value}`
  if (flag.short === undefined) return long
  return flag.value === null ? `-${flag.short}, ${long}` : `-${flag.short} ${flag.value}, ${long}`
}
