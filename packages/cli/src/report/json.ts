// For programs: one JSON object per run, each on its line, and nothing else on stdout. What else there is to say (warnings,
// --verbose, the output of the scripts' commands) goes to stderr.
import type { RunResult, StackFault } from '@lunadrill/engine'
import type { Screen } from '../terminal/screen.js'
import type { Reporter } from './reporter.js'

export function jsonReporter(screen: Screen): Reporter {
  return {
    result(result) {
      for (const line of [...result.verbose, ...result.warnings]) screen.err(line)
      screen.out(JSON.stringify(jsonRun(result)))
    },
    end() {},
  }
}

/**
 * Keys and their order are an interface. Times: seconds, to the microsecond. `mistakes` is there only for a script that
 * cannot be read: all that is wrong with it, while `line` is the first's; `fault` only for a userspace stack that crashed,
 * hangs or leaks.
 */
function jsonRun(result: RunResult): Record<string, unknown> {
  const { mistakes, fault } = result.failure ?? {}
  return {
    script: result.script,
    stack: result.stack,
    family: result.family,
    clock: result.clock,
    verdict: result.verdict,
    line: result.line,
    message: result.message,
    wall_s: microseconds(result.wallS),
    cpu_s: microseconds(result.cpuS),
    late_s: microseconds(result.worstLateUs / 1e6),
    lateness: result.failure?.lateness ?? [],
    attempts: result.attempts.map(jsonRun),
    ...(mistakes !== undefined && { mistakes }),
    ...(fault !== undefined && { fault: jsonFault(fault) }),
  }
}

function jsonFault({ packets, packetCount, ...rest }: StackFault): Record<string, unknown> {
  return {
    ...rest,
    packets: packets.map(({ atUs, toStack, length, text }) => {
      return { at_s: microseconds(atUs / 1e6), to_stack: toStack, octets: length, text }
    }),
    packet_count: packetCount,
  }
}

function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}
