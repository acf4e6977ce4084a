// How many packets per second go through a whole run: a script that sends 65,000 segments' worth of data and
// acknowledgements, carried out by the product's runner on the real stack. Reading and preparing the script is not in it, its
// events are (Runner's wallS, less that of the same script's first lines alone).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtinStackPath, createRunner } from '../../packages/engine/dist/index.js'
import { rounded, summary } from './figures.mjs'

/** A segment of data and its acknowledgement. */
const ROUNDS = 32_500
const PACKETS = 2 * ROUNDS
const MSS = 1460
const RUNS = 3

function script(rounds) {
  const lines = [
    '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3',
    '+0 bind(3, ..., ...) = 0',
    '+0 listen(3, 1) = 0',
    `+0 < S 0:0(0) win 65535 <mss ${MSS}>`,
    '+0 > S. 0:0(0) ack 1 <...>',
    '+.01 < . 1:1(0) ack 1 win 65535',
    '+0 accept(3, ..., ...) = 4',
  ]
  for (let i = 0; i < rounds; i++) {
    const [start, end] = [1 + i * MSS, 1 + (i + 1) * MSS]
    lines.push(
      `+0 write(4, ..., ${MSS}) = ${MSS}`,
      `+0 > P. ${start}:${end}(${MSS}) ack 1`,
      `+0 < . 1:1(0) ack ${end} win 65535`,
    )
  }
  return `${lines.join('\n')}\n`
}

const choices = /** @type {const} */ ({
  kernel: { stack: { kind: 'kernel', name: 'kernel' }, clock: 'wall' },
  lwip: { stack: { kind: 'userspace', name: 'lwip', soPath: builtinStackPath('libluna.so') }, clock: null },
})

export async function measure(stacks) {
  const folder = mkdtempSync(join(tmpdir(), 'lunadrill-bench-'))
  try {
    const [bulk, head] = [ROUNDS, 0].map((rounds) => join(folder, `${rounds}.pkt`))
    writeFileSync(bulk, script(ROUNDS))
    writeFileSync(head, script(0))
    const rows = []
    for (const stack of ['kernel', 'lwip'].filter((name) => stacks.has(name))) {
      const perS = await packetsPerS(choices[stack], bulk, head)
      const { median, ...rest } = summary(perS)
      const raw = { median, ...rest, packets: PACKETS, samples: rounded(perS) }
      const measure = `packets through a bulk transfer (${stack})`
      rows.push({ measure, median: Math.round(median), p99: null, unit: '/s', aim: null, raw })
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function packetsPerS(choice, bulk, head) {
  const runner = createRunner({ netns: 'private', commandOutput: 'stderr' })
  // Nothing here is about moments.
  const options = /** @type {[string, string][]} */ ([['tolerance_usecs', '100000']])
  const wallS = async (scriptPath) => {
    const result = await runner.run({ scriptPath, options, adminPort: 0, ...choice })
    if (result.verdict !== 'pass') throw new Error(result.message)
    return result.wallS
  }
  try {
    await wallS(head)
    const samples = []
    for (let i = 0; i < RUNS; i++) samples.push(PACKETS / ((await wallS(bulk)) - (await wallS(head))))
    return samples
  } finally {
    await runner.close()
  }
}
