// `lunadrill COMMAND …`: finds the command. Supervisor, main thread.
import { readFileSync } from 'node:fs'
import { commandUsage, isSubcommand, lunadrillUsage } from '../args/usage.js'
import { UsageError } from '../args/usage-error.js'
import { exitStatus } from '../exit/status.js'
import type { Screen } from '../terminal/screen.js'
import { checkCommand } from './check.js'
import { compareCommand } from './compare.js'
import { fmtCommand } from './fmt.js'
import { kernelCommand } from './kernel.js'
import { runCommand } from './run.js'
import { stackCheckCommand } from './stack-check.js'
import { stackInitCommand } from './stack-init.js'

/** Resolves to the exit status. Rejects as the commands do. */
export async function lunadrillCommand(args: readonly string[], screen: Screen): Promise<number> {
  const [command, ...rest] = args
  switch (command) {
    case 'run':
      return runCommand(rest, screen)
    case 'compare':
      return compareCommand(rest, screen)
    case 'check':
      return checkCommand(rest, screen)
    case 'fmt':
      return fmtCommand(rest, screen)
    case 'kernel':
      return kernelCommand(rest, screen)
    case 'stack-init':
      return stackInitCommand(rest, screen)
    case 'stack-check':
      return stackCheckCommand(rest, screen)
    case 'help':
    case '--help':
    case '-h':
      screen.out(help(rest[0]))
      return exitStatus.pass
    case 'version':
    case '--version':
      screen.out(`lunadrill ${version()}`)
      return exitStatus.pass
    case undefined:
      throw new UsageError('error: missing command')
    default:
      throw new UsageError(`error: no such command: ${command}${suggestion(command)}`)
  }
}

function help(command: string | undefined): string {
  if (command === undefined) return lunadrillUsage()
  if (isSubcommand(command)) return commandUsage(command)
  throw new UsageError(`error: no such command: ${command}`)
}

function suggestion(command: string): string {
  return command.endsWith('.pkt') || command.startsWith('--') ? ` (did you mean lunadrill run ${command} ...?)` : ''
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return manifest.version
}
