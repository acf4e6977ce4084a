// Scripts that would betray one another if runs were not isolated: each kind leaves something behind, looks for what others
// have left, or ends in another way; then the examples of faults, each on a port of its own. A script is
// { name, text, stack }, where `stack` names the object that it is for.
// Read first: main.mjs, docs/interference.md.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const examples = join(dirname(fileURLToPath(import.meta.url)), '../../examples/faults')

const open = (port, more = '') => `--bind_port=${port}
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 8) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
${more}`

/** All that netstat shows is this run's: its listener and its one connection. */
const looksAround = (port, admin) =>
  open(
    port,
    `+0 \`curl -s http://${admin}/netstat > /dev/null && test "$(curl -s http://${admin}/netstat | grep -c '^tcp')" = 2 && test "$(curl -s http://${admin}/netstat | grep -c '192.168.0.2:${port} ')" = 2\`
+0 \`curl -s http://${admin}/ss | grep -q ':${port} .*cwnd:3 '\`
`,
  )

/** Faults that would not end, were they not the run's: what is sent here is lost, late or never made. */
const everyFault = [
  'rxring?size=0',
  'mbufpool?left=0',
  'clockjump?by=1000s',
  'allocfail?skip=1000',
  'drop?skip=3',
  'duplicate?copies=3',
  'reorder?by=3',
  'corrupt?probability=.5',
  'delay?by=1s',
  'linkdown',
  'pollinghang?time=1000s',
]
const asStatement = (path) => {
  const [name, parameters = ''] = path.split('?')
  return `+0 ${name}(${parameters})\n`
}

/** By name; `port` is the script's own, `admin` the literal port of the admin server. */
const kinds = {
  transfer: (port) =>
    open(port, '+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 1\n+.1 < . 1:1(0) ack 1001 win 32792\n'),
  'looks around': (port, admin) => looksAround(port, `127.0.0.1:${admin}`),
  'looks around by name': (port) => looksAround(port, '$LUNADRILL_ADMIN'),
  'expects a wrong flag': (port) => open(port, '+0 write(4, ..., 1000) = 1000\n+0 > . 1:1001(1000) ack 1\n'),
  'expects a wrong time': (port) => open(port, '+0 write(4, ..., 10) = 10\n+.5 > P. 1:11(10) ack 1\n'),
  'expects a wrong errno': (port) => open(port, '+0 read(4, ..., 10) = -1 EBADF (Bad file descriptor)\n'),
  'asserts what is not so': (port) => open(port, '+0 %{ assert tcpi_snd_cwnd == 4 }%\n'),
  'asks for what is not known': (port) => open(port, '+0 %{ assert tcpi_total_retrans == 0 }%\n'),
  'is no script': (port) => open(port, '+0 writ(4\n'),
  'is held': (port) =>
    open(
      port,
      '+0 `curl -s http://$LUNADRILL_ADMIN/pollinghang?time=300 > /dev/null`\n+0 < F. 1:1(0) ack 1 win 32792\n+.3~+.6 > . 1:1(0) ack 2\n',
    ),
  'is held, and does not expect it': (port, admin) =>
    open(
      port,
      `+0 \`curl -s http://127.0.0.1:${admin}/pollinghang?time=2s > /dev/null\`\n+0 < P. 1:2001(2000) ack 1 win 32792\n+0~+.5 > . 1:1(0) ack 2001\n`,
    ),
  'leaves all open': (port) =>
    open(
      port,
      `${Array.from({ length: 20 }, (_, i) => `+0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = ${5 + i}\n`).join('')}+0 write(4, ..., 1000) = 1000\n+0 \`sleep 600 > /dev/null 2>&1 &\`\n`,
    ),
  'keeps alive for hours': (port) =>
    open(port, '+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n+7200.4 > . 0:0(0) ack 1\n'),
  'waits for ever': (port) => open(port, '+0 read(4, ..., 10) = 10\n'),
  'leaves every fault': (port) =>
    open(
      port,
      `+0 delay(direction=rx, by=60s)\n+0 < . 1:101(100) ack 1 win 32792\n${everyFault.map(asStatement).join('')}`,
    ),
  'leaves every fault over HTTP': (port) =>
    open(
      port,
      `+0 \`for fault in '${everyFault.join("' '")}'; do curl -sSf "http://$LUNADRILL_ADMIN/$fault" || exit; done > /dev/null\`\n`,
    ),
  'loses by a seed': (port) =>
    open(
      port,
      `+0 drop(direction=rx, probability=.5, seed=1)\n${[1, 101, 201, 301].map((seq) => `+0 < P. ${seq}:${seq + 100}(100) ack 1 win 32792\n`).join('')}+0 > . 1:1(0) ack 1\n`,
    ),
  'asks for a fault that cannot be': (port) => open(port, '+0 drop(direction=up)\n'),
  'asks for a fault that cannot be over HTTP': (port) =>
    open(port, '+0 `curl -sf "http://$LUNADRILL_ADMIN/drop?direction=up"`\n'),
  'retransmits for a minute': (port) =>
    open(
      port,
      '+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+2.65 > P. 1:101(100) ack 1\n+6 > P. 1:101(100) ack 1\n+12 > P. 1:101(100) ack 1\n+24 > P. 1:101(100) ack 1\n',
    ),
}

/** How many there are without the examples: these come first. */
export const ownKinds = Object.keys(kinds).length + 1

/** `admin`: the literal port of the admin server. `crashing`: an object that dies in listen(). */
export function scriptsOf(count, admin, crashing) {
  const all = Object.entries(kinds).map(([name, text]) => ({ name, text, stack: null }))
  all.push({ name: 'crashes its stack', text: (port) => open(port), stack: crashing })
  for (const name of readdirSync(examples)) {
    const example = readFileSync(join(examples, name), 'utf8')
    all.push({ name: `examples/faults/${name}`, text: (port) => `--bind_port=${port}\n${example}`, stack: null })
  }
  return Array.from({ length: count }, (_, i) => {
    const { name, text, stack } = all[i % all.length]
    return { name, text: text(10_000 + i, admin), stack }
  })
}

/** A shuffle that `seed` (a whole number) decides (Fisher and Yates; mulberry32). */
export function shuffled(items, seed) {
  let state = seed >>> 0
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const order = [...items]
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}
