// The engine's public face: runs of scripts on stacks, and what they come to.
import { existsSync } from 'node:fs'
import { stackPath } from '@lunadrill/dpdk-native'
import type { WireServer } from './remote/server.js'
import { freshOptions } from './run/options.js'
import { applyGiven } from './run/prepare.js'
import type { RunRequest } from './run/types.js'

/** The stack objects that come with lunadrill, by their names as stacks. */
export const builtinStacks = {
  lwip: 'libluna.so',
  'lwip-sack': 'libluna-sack.so',
  'lwip-packetdrill': 'liblwip-packetdrill.so',
} as const

/**
 * Absolute path of a stack object that comes with lunadrill, or undefined where there is none of that name, or it was not
 * built here (DPDK and lwIP are missing, or lwIP's source for the last two).
 */
export function builtinStackPath(fileName: string): string | undefined {
  if (!Object.values<string>(builtinStacks).includes(fileName)) return undefined
  const path = stackPath(fileName)
  return existsSync(path) ? path : undefined
}

export { type CheckResult, checkScript } from './check/check-script.js'
export type { Finding } from './check/finding.js'
export { type Comparison, compareRuns } from './compare/comparison.js'
export type { Divergence } from './compare/divergence.js'
/**
 * Starts a wire server, which sends and captures packets for the clients of remote wire mode, in this process. `given` as
 * in RunRequest.options; `log` gets a line for whatever clients do. PreparationError (an option), EngineError.
 */
export async function startWireServer(given: RunRequest['options'], log: (line: string) => void): Promise<WireServer> {
  const options = freshOptions()
  applyGiven(options, given)
  // Loads the addon, which no other command does in its first process.
  const server = await import('./remote/server.js')
  return server.startWireServer(options, log)
}

export { EngineError, WireError } from './errors.js'
export type { WireServer } from './remote/server.js'
export { optionFault, optionRules } from './run/options.js'
export { configureRun, PreparationError, type PreparedScript, prepareScript, readScript } from './run/prepare.js'
export { createRunner, type Runner, type RunnerOptions } from './run/runner.js'
export { usesAddressSanitizer } from './run/sanitizer.js'
export type { RunOptions, RunRequest, RunResult, StackChoice, Verdict } from './run/types.js'
export { checkStack, type StackCheckOptions } from './stack-check/check-stack.js'
export type { StackCheckResult, StackFinding, StackLack } from './stack-check/types.js'
export { stackProject } from './stack-project/project.js'
export type {
  Difference,
  Failure,
  Frame,
  KeptPacket,
  Leaked,
  Mistake,
  PacketPair,
  PacketRow,
  StackFault,
  TraceEntry,
} from './trace/failure.js'
export { faultText } from './trace/fault-text.js'
export { type BuildResult, type BuildWatch, buildKernel, type KernelBuild } from './virtual-kernel/build.js'
export { type BuiltKernel, listKernels, removeBuildFiles, removeKernel } from './virtual-kernel/cache.js'
export { checks as kernelChecks } from './virtual-kernel/configuration.js'
export { fitKernel } from './virtual-kernel/fitness.js'
