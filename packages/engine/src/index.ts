// The engine's public face: runs of scripts on stacks, and what they come to.
import { existsSync } from 'node:fs'
import { stackPath } from '@lunadrill/dpdk-native'

/**
 * Absolute path of a stack object that comes with lunadrill (`libluna.so`: lwIP), or undefined where there is none of
 * that name, or it was not built here (DPDK and lwIP are missing).
 */
export function builtinStackPath(fileName: string): string | undefined {
  if (fileName !== 'libluna.so') return undefined
  const path = stackPath(fileName)
  return existsSync(path) ? path : undefined
}

export { type CheckResult, checkScript } from './check/check-script.js'
export type { Finding } from './check/finding.js'
export { EngineError, WireError } from './errors.js'
export { optionRules } from './run/options.js'
export { configureRun, PreparationError, type PreparedScript, prepareScript, readScript } from './run/prepare.js'
export { createRunner, type Runner, type RunnerOptions } from './run/runner.js'
export type { RunOptions, RunRequest, RunResult, StackChoice, Verdict } from './run/types.js'
export type { Difference, Failure, Mistake, PacketPair, PacketRow, TraceEntry } from './trace/failure.js'
