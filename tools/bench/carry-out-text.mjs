// Carries out the text of a script as the product's run does, over a Host that the section watches. Interpreter thread.
import { Progress } from '../../packages/engine/dist/host/layout.js'
import { ProgressWriter } from '../../packages/engine/dist/host/progress.js'
import { carryOut } from '../../packages/engine/dist/run/carry-out.js'
import { parseScript } from '../../packages/parser/dist/index.js'
import { defaults } from './lwip-instance.mjs'

/** `open(addresses, options)` makes the Host; `of`: what it is to the task; `set`: options that are not the default. */
export function carryOutText(text, of, open, set = {}) {
  const parsed = parseScript(text)
  if (parsed.script === null) throw new Error(parsed.diagnostics[0]?.message)
  const { addresses, options: all } = defaults()
  const options = { ...all, ...set }
  const { script } = parsed
  const task = { runId: 1, scriptPath: 'bench.pkt', text, script, addresses, options, host: of }
  const progress = new ProgressWriter(new ArrayBuffer(Progress.size))
  const { message } = carryOut({ ...task, neighbours: false, trace: false }, () => open(addresses, options), progress)
  if (message !== null) throw new Error(message)
}

/** What a kernel host is to a task. */
export const kernelTask = /** @type {const} */ ({ kind: 'kernel', gate: null })
