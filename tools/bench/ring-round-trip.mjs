// How long the interpreter's thread waits for the host's thread to answer, through the product's channel and both of its
// ends. Asked is what costs the stack nothing (`start` at virtual time 0), so that the figure is the way there and back;
// and, for information, a call that the stack answers (getsockopt of a descriptor that is none).
import { CallRecord } from '../../packages/engine/dist/call/record.js'
import { DpdkHost } from '../../packages/engine/dist/host/dpdk-host.js'
import { rounded, summary } from './figures.mjs'
import { withLwip } from './lwip-instance.mjs'

const WARM_UP = 20_000
const BATCHES = 10
const BATCH = 20_000

export async function measure() {
  const { answer } = await withLwip('virtual', import.meta.url, 'roundTrips')
  const row = (measure, { pooled, batchP99 }, aim) => ({
    measure,
    median: pooled.median,
    p99: pooled.p99,
    unit: 'µs',
    aim,
    raw: { ...pooled, batchP99 },
  })
  return [
    row('ring round trip, cheapest command (lwip)', answer.start, { figure: 'p99', below: 5 }),
    row('ring round trip, a refused system call (lwip)', answer.call, null),
  ]
}

/** Interpreter thread. */
export function roundTrips({ host: options }) {
  const host = new DpdkHost(options)
  const record = new CallRecord(host.callRecord)
  try {
    return {
      start: timed(() => host.start()),
      call: timed(() => {
        record.begin('getsockopt', -1, 1, 2, 4)
        host.call()
      }),
    }
  } finally {
    host.close()
  }
}

function timed(ask) {
  for (let i = 0; i < WARM_UP; i++) ask()
  const all = new Float64Array(BATCHES * BATCH)
  for (let i = 0; i < all.length; i++) {
    const before = performance.now()
    ask()
    all[i] = (performance.now() - before) * 1000
  }
  const batches = Array.from({ length: BATCHES }, (_, b) => all.subarray(b * BATCH, (b + 1) * BATCH))
  return { pooled: summary(all), batchP99: rounded(batches.map((batch) => summary(batch).p99)) }
}
