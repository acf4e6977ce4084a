// How fast virtual time runs over a connection that has nothing to do: lwIP's timers run on (a tick of 250 ms as long as
// there is a connection), its keepalive is off, as it is by default. Counted is the time within the run's events, from
// `start` to the host's close: reading the script and making the instance are not in it.
import { DpdkHost } from '../../packages/engine/dist/host/dpdk-host.js'
import { carryOutText } from './carry-out-text.mjs'
import { rounded, summary } from './figures.mjs'
import { withLwip } from './lwip-instance.mjs'

const VIRTUAL_S = 2_000_000
const RUNS = 5

const text = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
${VIRTUAL_S}.0 %{ assert tcpi_state == TCP_ESTABLISHED }%
`

export async function measure() {
  const speeds = []
  for (let i = 0; i < RUNS; i++) {
    const { answer } = await withLwip('virtual', import.meta.url, 'idleRun')
    speeds.push(VIRTUAL_S / answer.wallS)
  }
  const { median, ...rest } = summary(speeds)
  return [
    {
      measure: 'virtual time over an idle connection (lwip)',
      median,
      p99: null,
      unit: 's/s',
      aim: { figure: 'median', least: 100_000 },
      raw: { median, ...rest, virtualS: VIRTUAL_S, samples: rounded(speeds) },
    },
  ]
}

class TimedHost extends DpdkHost {
  startedMs = 0
  endedMs = 0

  start() {
    super.start()
    this.startedMs = performance.now()
  }

  /** What the last line asks for: the connection is still there. */
  pythonVariables(fd) {
    const variables = super.pythonVariables(fd)
    this.endedMs = performance.now()
    return variables
  }
}

/** Interpreter thread. */
export function idleRun({ host: of }) {
  const host = new TimedHost(of)
  carryOutText(text, of, () => host)
  return { wallS: (host.endedMs - host.startedMs) / 1000 }
}
