// Help texts, made from the table of flags.
import { type Flag, flagsOf } from './flags.js'

/** Upstream's form: a title, a line per option in brackets, the operand. */
export function packetdrillUsage(): string {
  const lines = flagsOf('packetdrill').map((flag) => `\t[${written(flag)}]`)
  return ['Usage: packetdrill', ...lines, '\tscript_path ...'].join('\n')
}

/** The commands of lunadrill that take flags. */
export type Subcommand = 'run' | 'compare' | 'check' | 'fmt' | 'kernel' | 'stack-init' | 'stack-check'

export const isSubcommand = (word: string | undefined): word is Subcommand =>
  word !== undefined && Object.hasOwn(synopses, word)

const synopses: Readonly<Record<Subcommand, string>> = {
  run: 'usage: lunadrill run [OPTION]... SCRIPT...',
  compare: 'usage: lunadrill compare [OPTION]... SCRIPT...',
  check: 'usage: lunadrill check [OPTION]... SCRIPT...',
  fmt: 'usage: lunadrill fmt [OPTION]... FILE...',
  kernel: 'usage: lunadrill kernel build|list|remove [OPTION]... [NAME]...',
  'stack-init': 'usage: lunadrill stack-init [OPTION]... NAME',
  'stack-check': 'usage: lunadrill stack-check [OPTION]... PATH.so',
}

export const synopsis = (command: Subcommand) => synopses[command]

const summaries: Readonly<Record<Subcommand, readonly string[]>> = {
  run: [
    'Runs each script on each stack.',
    'Exit status 0: all pass; 1: some do not; 2: wrong usage, script or environment.',
  ],
  compare: [
    'Runs each script on two stacks or more, and says where they differ from the first.',
    'Exit status 0: nowhere; 1: somewhere; 2: wrong usage, script or environment.',
  ],
  check: [
    'Looks for mistakes in scripts without running them. Needs no rights.',
    'Exit status 0: no errors; 1: errors; 2: wrong usage, or a file that cannot be read.',
  ],
  fmt: [
    'Puts scripts into the usual form, in place; what they mean stays. - is standard input, printed.',
    'Exit status 0: done; 1: the check found untidy files; 2: wrong usage, or a script is wrong.',
  ],
  kernel: [
    'Builds kernels to test in virtual time (the stack uml), lists and removes them.',
    '  build        out of tree; what is compiled already is not compiled again',
    '  list         those that are there',
    '  remove NAME  one of them; without a name, all that only makes the next build shorter',
    'Exit status 0: done; 2: wrong usage, or it cannot be built.',
  ],
  'stack-init': [
    'Makes a folder with a new adapter for a userspace stack: a small stack that works, to put yours',
    'in its place (docs/porting.md).',
    'Exit status 0: done; 2: wrong usage, or the folder cannot be made.',
  ],
  'stack-check': [
    'Holds the shared object of a userspace stack against luna_stack.h, call by call, and says which',
    'scripts are skipped for what it lacks.',
    'Exit status 0: it conforms; 1: findings; 2: wrong usage, or it cannot be loaded.',
  ],
}

/** All that a command understands: our own flags first, then the script options. */
export function commandUsage(command: Subcommand): string {
  const known = flagsOf(command === 'run' ? 'lunadrill' : command)
  const own = known.filter((flag) => flag.meaning === 'tool')
  const scripts = known.filter((flag) => flag.meaning !== 'tool')
  return [
    synopses[command],
    '',
    ...summaries[command],
    '',
    ...own.map(helpLine),
    ...(scripts.length === 0
      ? []
      : ['', "Options of packetdrill, applied over the script's own:", ...scripts.map(helpLine)]),
  ].join('\n')
}

export function lunadrillUsage(): string {
  return `usage: lunadrill COMMAND

  run SCRIPT...        test the Linux kernel or a userspace stack with packetdrill scripts
  compare SCRIPT...    run scripts on two stacks, and say where they differ
  check SCRIPT...      look for mistakes in scripts without running them
  fmt FILE...          put scripts into the usual form
  kernel COMMAND       build, list and remove kernels that are tested in virtual time
  stack-init NAME      begin an adapter for a userspace stack of yours
  stack-check PATH.so  hold the shared object of a userspace stack against its interface
  help [COMMAND]       this text, or all options of a command
  version              print the version

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
