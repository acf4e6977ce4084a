// Entry of `packetdrill`: ./packetdrill in the root starts it.

import { packetdrillUsage } from '../args/usage.js'
import { UsageError } from '../args/usage-error.js'
import { packetdrillCommand } from '../command/packetdrill.js'
import { errorText } from '../exit/error-text.js'
import { processScreen } from '../terminal/screen.js'
import { programName } from './program-name.js'

const screen = processScreen()
try {
  process.exit(await packetdrillCommand(process.argv.slice(2), programName(), screen))
} catch (error) {
  // Upstream's words, where the engine knows some.
  screen.err((error as { upstream?: string }).upstream ?? errorText(error))
  if (error instanceof UsageError && error.showUsage) screen.err(packetdrillUsage())
  process.exit(1)
}
