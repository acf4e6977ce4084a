// Entry of a run's process (below lunadrill-guard): takes runs from the supervisor, one at a time, and stays warm between
// them. Main thread: its event loop serves the supervisor's channel and the admin server, and watches the stack.
// Read first: docs/architecture.md, "Processes and threads".
import { childrenCpuUs } from '@lunadrill/kernel-native'
import { Piscina } from 'piscina'
import { type AdminServer, startAdmin } from '../admin/server.js'
import { EngineError } from '../errors.js'
import { holdPolling, listSockets } from '../host/admin-client.js'
import { ChannelClient, createChannel } from '../host/channel.js'
import { DpdkHost } from '../host/dpdk-host.js'
import { type DpdkOpenOptions, DpdkWorker } from '../host/dpdk-worker.js'
import { refusal, wordsOf } from '../trace/refusal.js'
import { failureText } from '../trace/wording.js'
import { ipv4Text } from '../wire/ipv4.js'
import { type Addresses, addressesOf, distinctGateway } from './addresses.js'
import type { InterpreterReport, InterpreterTask, RunMessage, RunOrder } from './task.js'
import { Watchdog } from './watchdog.js'

// Before the interpreter's thread copies the environment: a script's shells are children of this process.
process.env.PACKETDRILL_PID = String(process.pid)
// Ctrl-C is the supervisor's to act on: it ends this process by closing the channel.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit(0))

const interpreter = new Piscina<InterpreterTask, InterpreterReport>({
  filename: new URL('./interpreter-thread.js', import.meta.url).href,
  minThreads: 1,
  maxThreads: 1,
  idleTimeout: Number.POSITIVE_INFINITY,
})

let dpdk: DpdkWorker | null = null
let admin: { readonly port: number; readonly server: AdminServer } | null = null
/** The running stack's admin channel; null between runs. */
let inspected: ChannelClient | null = null

const send = (message: RunMessage) => process.send?.(message)

process.on('message', (order: RunOrder) => {
  void run(order).then(send)
})
send({ kind: 'ready' })

async function run(order: RunOrder): Promise<RunMessage> {
  const started = performance.now()
  const cpu = process.cpuUsage()
  const children = childrenCpuUs()
  let clock: 'virtual' | 'wall' = 'wall'
  let report: InterpreterReport
  try {
    if (order.stack.kind === 'kernel') {
      report = await interpreter.run({ ...taskOf(order, addressesOf(order.options, false)), host: { kind: 'kernel' } })
    } else {
      const opened = await openStack(order, order.stack.soPath)
      clock = opened.clock
      report = await runUserspace(order, opened)
    }
  } catch (error) {
    report = refused(order, error)
  }
  const { user, system } = process.cpuUsage(cpu)
  return {
    kind: 'done',
    runId: order.runId,
    report,
    clock,
    wallS: (performance.now() - started) / 1000,
    cpuS: (user + system + childrenCpuUs() - children) / 1e6,
  }
}

interface OpenedStack {
  readonly clock: 'virtual' | 'wall'
  readonly addresses: Addresses
  readonly channel: SharedArrayBuffer
  readonly adminChannel: SharedArrayBuffer
}

/** A fresh instance of the stack, in virtual time where that is wanted, or can be and nothing else is wanted. */
async function openStack(order: RunOrder, soPath: string): Promise<OpenedStack> {
  const { options } = order
  const addresses = addressesOf(options, true)
  const [channel, adminChannel] = [createChannel(), createChannel()]
  dpdk ??= new DpdkWorker()
  const open: Omit<DpdkOpenOptions, 'clock'> = {
    soPath,
    stackOptions: options.soFlags,
    localIp: ipv4Text(addresses.localIp),
    prefixLength: addresses.prefixLength,
    gatewayIp: distinctGateway(addresses),
    remoteIp: ipv4Text(addresses.remoteIp),
    mtu: options.mtu,
    channel,
    admin: adminChannel,
  }
  const wanted = order.clock ?? 'virtual'
  try {
    await dpdk.open({ ...open, clock: wanted })
    return { clock: wanted, addresses, channel, adminChannel }
  } catch (error) {
    if (order.clock !== null || (error as EngineError).code !== 'LD_STACK_CLOCK') throw error
    await dpdk.open({ ...open, clock: 'wall' })
    return { clock: 'wall', addresses, channel, adminChannel }
  }
}

async function runUserspace(order: RunOrder, opened: OpenedStack): Promise<InterpreterReport> {
  const { channel, adminChannel, clock, addresses } = opened
  const over = (dpdk as DpdkWorker).closed()
  inspected = new ChannelClient(adminChannel, channel)
  const watchdog = new Watchdog(channel, (entry, seconds) => send({ kind: 'hang', runId: order.runId, entry, seconds }))
  let begun = false
  try {
    await serveAdmin(order.adminPort)
    begun = true
    return await interpreter.run({ ...taskOf(order, addresses), host: { kind: 'userspace', channel, clock } })
  } finally {
    // The interpreter ends the instance it was given; where it never began, it is ended here.
    if (!begun) new DpdkHost({ channel, clock }).close()
    await over
    watchdog.stop()
    inspected = null
  }
}

async function serveAdmin(port: number): Promise<void> {
  if (admin?.port === port || port === 0) return
  await admin?.server.close()
  admin = null
  const running = () => {
    if (inspected !== null) return inspected
    throw new EngineError('LD_NO_STACK', 'no userspace stack is running')
  }
  const server = await startAdmin({
    port,
    source: {
      sockets: async () => listSockets(running()),
      hold: async (us) => holdPolling(running(), us),
    },
  })
  admin = { port, server }
  process.env.LUNADRILL_ADMIN = `127.0.0.1:${port}`
}

const taskOf = ({ runId, scriptPath, text, script, options }: RunOrder, addresses: Addresses) => ({
  runId,
  scriptPath,
  text,
  script,
  options,
  addresses,
})

/** A run that could not begin: addresses, the stack object, the admin port. */
function refused({ scriptPath, text }: RunOrder, error: unknown): InterpreterReport {
  const words = wordsOf(error)
  const failure = refusal({ ...words, upstream: `${scriptPath}: ${words.upstream}` })
  return { failure, message: failureText(scriptPath, text, failure, null), warnings: [], verbose: [] }
}
