// Functions that every bash of a guest has: they do without a process what scripts start dozens of. A process costs a guest
// ten milliseconds and more. The guest's program. Read first: bash(1), BASH_ENV.
import { writeFileSync } from 'node:fs'
import { settingsPath } from '@lunadrill/kernel-native/guard'

/**
 * sysctl(8) for what sets values and says nothing: `sysctl -q [-w] NAME=VALUE...`. All else, and what fails, is for the
 * program itself, with its own words and status.
 */
export const sysctlFunction = `sysctl() {
  local word quiet=no named=no
  for word; do
    case $word in
      -q | -qw | -wq | --quiet) quiet=yes ;;
      -w | --write) ;;
      -* | =* | *[/\\*]*=* | *' '*=*) quiet=no; break ;;
      *=*) named=yes ;;
      *) quiet=no; break ;;
    esac
  done
  if [ $quiet$named = yesyes ]; then
    for word; do
      case $word in
        -*) ;;
        *)
          local name=\${word%%=*}
          { printf '%s\\n' "\${word#*=}" > "/proc/sys/\${name//.//}"; } 2>/dev/null || { quiet=no; break; }
          ;;
      esac
    done
  fi
  [ $quiet$named = yesyes ] || command sysctl "$@"
}`

/** ip(8) and tc(8) for one use of each, by a program that has no libraries (`settings`: its path). */
export const netFunctions = (settings: string) => `ip() {
  [ "$*" = 'tcp_metrics flush all' ] && ${settings} flush-tcp-metrics || command ip "$@"
}
tc() {
  [ "$*" = "qdisc add dev \${4-} root pfifo" ] && ${settings} add-pfifo "$4" || command tc "$@"
}`

/** In the guest's own /dev: a run's layer lies over everything else. */
const FILE = '/dev/lunadrill-functions'

/** Lets each bash that is started from here on read them; where the user's own BASH_ENV is set, that one counts. */
export function giveShellFunctions(): void {
  if (process.env.BASH_ENV !== undefined) return
  writeFileSync(FILE, `${sysctlFunction}\n${netFunctions(settingsPath())}\n`)
  process.env.BASH_ENV = FILE
}
