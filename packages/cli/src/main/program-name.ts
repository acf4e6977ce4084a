// argv[0] as the user wrote it, which getopt's messages begin with. Node makes it an absolute path; the kernel remembers.
import { readFileSync } from 'node:fs'

export function programName(): string {
  const [, ...words] = readFileSync('/proc/self/cmdline', 'utf8').split('\0')
  return words[process.execArgv.length] ?? process.argv[1] ?? 'packetdrill'
}
