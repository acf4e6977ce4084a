// `packetdrill`: upstream's command line, output and exit status, on the kernel or on a shared object.
// Supervisor, main thread. Read first: ../args/packetdrill-args.ts, ../report/upstream.ts.
import { builtinStackPath, createRunner, type RunRequest, startWireServer } from '@lunadrill/engine'
import { type PacketdrillArgs, parsePacketdrill } from '../args/packetdrill-args.js'
import { untilSignal } from '../exit/signals.js'
import { reportUpstream } from '../report/upstream.js'
import type { Screen } from '../terminal/screen.js'
import { type BuiltinStackPath, kernel, stackObject, virtualKernel } from './stack-lookup.js'

const adminPort = 8899

/** Resolves to the exit status, 0 or 1. Rejects with UsageError, or with what kept the engine from starting. */
export async function packetdrillCommand(args: readonly string[], program: string, screen: Screen): Promise<number> {
  const given = parsePacketdrill(args, program, process.env.POSIXLY_CORRECT !== undefined)
  if (given.wireServer) return serve(given, screen)
  const requests = plan(given, builtinStackPath)
  const runner = createRunner({ netns: 'private', commandOutput: 'stdout' })
  const work = async (interrupted: AbortSignal) => {
    for (const request of requests) {
      const result = await runner.run(request)
      if (interrupted.aborted) break
      reportUpstream(result, screen)
      if (result.verdict !== 'pass') return 1
    }
    return 0
  }
  return untilSignal(work, () => runner.close())
}

/** Serves wire clients until a signal ends it. */
async function serve({ options }: PacketdrillArgs, screen: Screen): Promise<number> {
  const server = await startWireServer(options, (line) => screen.out(line))
  return untilSignal(
    () => new Promise<never>(() => {}),
    () => server.close(),
  )
}

export function plan(given: PacketdrillArgs, builtin: BuiltinStackPath): readonly RunRequest[] {
  return given.scripts.map((scriptPath): RunRequest => {
    const { tested, options } = given
    if (tested.kind === 'userspace') {
      const stack = stackObject(tested.soFilename, scriptPath, builtin)
      return { scriptPath, stack, clock: null, options, adminPort }
    }
    if (tested.kind === 'kernel') return { scriptPath, stack: kernel, clock: 'wall', options, adminPort: 0 }
    return { scriptPath, stack: virtualKernel(tested.kernel), clock: null, options, adminPort: 0 }
  })
}
