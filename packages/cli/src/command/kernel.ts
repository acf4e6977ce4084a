// `lunadrill kernel`: the kernels that `run --stack=uml` tests in virtual time. Supervisor, main thread.
// Read first: engine/src/virtual-kernel/build.ts; docs/virtual-kernel.md.
import { type BuildWatch, buildKernel, listKernels, removeBuildFiles, removeKernel } from '@lunadrill/engine'
import { type KernelArgs, parseKernel } from '../args/kernel-args.js'
import { commandUsage } from '../args/usage.js'
import { untilSignal } from '../exit/signals.js'
import { exitStatus } from '../exit/status.js'
import { progressLine } from '../terminal/progress-line.js'
import type { Screen } from '../terminal/screen.js'

/** Resolves to the exit status. Rejects with UsageError, or EngineError (LD_KERNEL_…). */
export async function kernelCommand(args: readonly string[], screen: Screen): Promise<number> {
  const given = parseKernel(args)
  if (given === 'help') {
    screen.out(commandUsage('kernel'))
    return exitStatus.pass
  }
  if (given.action === 'build') return build(given, screen)
  if (given.action === 'list') list(given, screen)
  else remove(given.names, screen)
  return exitStatus.pass
}

type Given<Action extends KernelArgs['action']> = Extract<KernelArgs, { action: Action }>

async function build({ source, config, name, checks }: Given<'build'>, screen: Screen): Promise<number> {
  const progress = progressLine(process.stderr)
  const watch: BuildWatch = {
    begin: (title) => progress.begin(title),
    compiled: (done, about, file) => progress.show(done, about, file),
  }
  const stop = new AbortController()
  const work = async () => {
    const { kernel, program, built, seconds } = await buildKernel({ source, config, name, checks }, watch, stop.signal)
    progress.end()
    const how = built ? `built in ${seconds.toFixed(0)} s` : 'nothing has changed since it was built'
    screen.out(`${kernel.name}: Linux ${kernel.release} (HZ ${kernel.hz}), ${how}: ${program}`)
    screen.out(`test it: lunadrill run --stack=uml${kernel.name === 'default' ? '' : `:${kernel.name}`} SCRIPT...`)
    return exitStatus.pass
  }
  return untilSignal(work, async () => {
    progress.end()
    stop.abort()
  })
}

function list({ format }: Given<'list'>, screen: Screen): void {
  const kernels = listKernels()
  if (format === 'json') {
    for (const kernel of kernels) screen.out(JSON.stringify(kernel))
    return
  }
  if (kernels.length === 0) screen.out('no kernel is built yet: lunadrill kernel build')
  const width = Math.max(0, ...kernels.map(({ name }) => name.length))
  for (const { name, release, hz, checks, source, builtAt } of kernels) {
    const words = [`Linux ${release}`, `HZ ${hz}`, ...checks, `built ${builtAt.slice(0, 16).replace('T', ' ')}`]
    screen.out(`${name.padEnd(width)}  ${words.join(', ')}, from ${source}`)
  }
}

function remove(names: readonly string[], screen: Screen): void {
  for (const name of names) {
    removeKernel(name)
    screen.out(`${name} is removed`)
  }
  if (names.length > 0) return
  const octets = removeBuildFiles()
  screen.out(`sources and objects are removed: ${(octets / 1e9).toFixed(1)} GB; the kernels are still there`)
}
