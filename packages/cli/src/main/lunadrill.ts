// Entry of `lunadrill`: ./lunadrill in the root starts it.

import { isSubcommand, lunadrillUsage, synopsis } from '../args/usage.js'
import { UsageError } from '../args/usage-error.js'
import { lunadrillCommand } from '../command/lunadrill.js'
import { errorText } from '../exit/error-text.js'
import { exitStatus } from '../exit/status.js'
import { processScreen } from '../terminal/screen.js'

const screen = processScreen()
const args = process.argv.slice(2)
try {
  process.exit(await lunadrillCommand(args, screen))
} catch (error) {
  screen.err(errorText(error))
  if (error instanceof UsageError && error.showUsage) {
    const [command] = args
    screen.err(
      isSubcommand(command) ? `${synopsis(command)}\n(lunadrill help ${command}: all options)` : lunadrillUsage(),
    )
  }
  process.exit(exitStatus.error)
}
