// What runs say of scripts: each alone, in a runner of its own, or all of them in one, side by side.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtinStackPath, createRunner } from '../../packages/engine/dist/index.js'

/** Writes the scripts (scripts.mjs) and calls `work` with requests; nothing stays behind. */
export async function withRequests(scripts, adminPort, work) {
  const folder = mkdtempSync(join(tmpdir(), 'lunadrill-isolation-'))
  try {
    return await work(
      scripts.map(({ text, stack }, i) => {
        const scriptPath = join(folder, `${i}.pkt`)
        writeFileSync(scriptPath, text)
        const soPath = stack ?? builtinStackPath('libluna.so')
        const name = stack === null ? 'lwip' : 'other'
        return {
          scriptPath,
          stack: { kind: 'userspace', name, soPath },
          clock: null,
          options: [],
          cwd: folder,
          adminPort,
        }
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What must not depend on other runs. */
const judged = ({ script, stack, clock, verdict, line, message, upstream, attempts }) =>
  JSON.stringify({ script, stack, clock, verdict, line, message, upstream, attempts: attempts.length })

/**
 * In one runner, all at once.
 * @param {'private' | 'host'} netns as RunnerOptions has it
 */
export async function verdictsTogether(requests, jobs, netns = 'private') {
  const runner = createRunner({ netns, commandOutput: 'stderr', jobs })
  try {
    return await Promise.all(requests.map(async (request) => judged(await runner.run(request))))
  } finally {
    await runner.close()
  }
}

export async function verdictAlone(request) {
  const [verdict] = await verdictsTogether([request], 1)
  return verdict
}
