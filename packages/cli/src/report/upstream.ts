// packetdrill's output: nothing for a pass; packets and calls of --verbose on stdout; warnings and what went wrong on
// stderr, in upstream's words.
import type { RunResult } from '@lunadrill/engine'
import type { Screen } from '../terminal/screen.js'

export function reportUpstream(result: RunResult, screen: Pick<Screen, 'out' | 'err'>): void {
  for (const line of result.verbose) screen.out(line)
  for (const line of result.warnings) screen.err(line)
  // What upstream has no words for (a stack that crashed) is told in ours.
  if (result.verdict !== 'pass') screen.err(result.upstream ?? result.message ?? result.verdict)
}
