// Runs one section in a process of its own: node section.mjs NAME STACK,STACK. Started by main.mjs, below lunadrill-guard.
// The last line of standard output is its rows as JSON. Exits by force: threads may be left that poll.
import { writeSync } from 'node:fs'

const [name, stacks = ''] = process.argv.slice(2)
// The host's thread keeps no process alive; in a run's process, the supervisor's channel does.
setInterval(() => {}, 60_000)
try {
  const { measure } = await import(`./${name}.mjs`)
  const rows = await measure(new Set(stacks.split(',')))
  writeSync(1, `${JSON.stringify(rows)}\n`)
  process.exit(0)
} catch (error) {
  writeSync(2, `${error.stack}\n`)
  process.exit(1)
}
