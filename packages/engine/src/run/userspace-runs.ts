// Runs on userspace stacks in a run's process: the host's thread, the admin server and the watchdog around the interpreter.
// Main thread; its event loop is free while the interpreter works. Read first: docs/architecture.md, run-child.ts.
import { memifProgram } from '@lunadrill/dpdk-native'
import { type AdminServer, startAdmin } from '../admin/server.js'
import { EngineError } from '../errors.js'
import { type HangKind, watchHangingThread } from '../flight/hanging-thread.js'
import { interfere, listSockets } from '../host/admin-client.js'
import { ChannelClient, createChannel } from '../host/channel.js'
import { DpdkHost } from '../host/dpdk-host.js'
import { type DpdkOpenOptions, DpdkWorker, type OpenedStack } from '../host/dpdk-worker.js'
import { PROGRESS_FD } from '../host/progress.js'
import { addressText } from '../wire/address.js'
import { addressesOf, distinctGateway } from './addresses.js'
import type { AdminPort } from './admin-port.js'
import { judgeLeaks } from './leaks.js'
import { type PortChoice, portText, travels } from './port-choice.js'
import { type InterpreterReport, type InterpreterTask, type RunOrder, taskOf } from './task.js'
import { Watchdog } from './watchdog.js'

type Clock = 'virtual' | 'wall'
type Task = Omit<InterpreterTask, 'host'>

type UserspaceHost = Extract<InterpreterTask['host'], { kind: 'userspace' }>

/** The clock that a run has got, and what the stack says of itself. */
type Opened = Omit<UserspaceHost, 'kind' | 'channel' | 'admin'>

const openedBy = (clock: Clock, { name, version, capabilities, tasks }: OpenedStack): Opened => ({
  clock,
  stack: `${name} ${version}`.trim(),
  capabilities,
  tasks,
})

export interface UserspaceReport {
  readonly report: InterpreterReport
  readonly clock: Clock
  /** See ClosedRun. */
  readonly spent?: boolean
}

/** What all userspace runs of one process share; they come one at a time. */
export class UserspaceRuns {
  private dpdk: DpdkWorker | null = null
  /** `port`: as it was asked for, 0 where any would do. */
  private admin: { readonly port: number; readonly server: AdminServer } | null = null
  /** The running stack's admin channel; null between runs. */
  private inspected: ChannelClient | null = null

  /** `onHang`: the stack does not come back from an entry of its. */
  constructor(
    private readonly carryOut: (task: InterpreterTask) => Promise<InterpreterReport>,
    private readonly onHang: (runId: number, entry: string, seconds: number, how: HangKind | null) => void,
  ) {}

  /** EngineError, OptionError: a run that could not begin. */
  async run(order: RunOrder, soPath: string): Promise<UserspaceReport> {
    const [channel, adminChannel] = [createChannel(), createChannel()]
    // From before the stack is loaded: its init may hang as well.
    const watchdog = new Watchdog(channel, order.options.hangTimeoutS, (entry, seconds) => {
      this.onHang(order.runId, entry, seconds, watchHangingThread())
    })
    try {
      await this.serveAdmin(order.admin)
      const given = taskOf(order, addressesOf(order.options, true))
      const opened = await this.open(given, order.clock, { soPath, channel, admin: adminChannel })
      this.inspected = new ChannelClient(adminChannel, channel)
      // Virtual time knows no neighbours: nothing that they do makes it late.
      const task = { ...given, neighbours: given.neighbours && opened.clock === 'wall' }
      const report = await this.interpret(task, {
        kind: 'userspace',
        channel,
        admin: this.admin?.server.address ?? null,
        ...opened,
      })
      const closed = await this.dpdk?.closed()
      const judged = closed === undefined ? report : await judgeLeaks(task, report, closed)
      return { report: judged, clock: opened.clock, spent: closed?.spent === true }
    } finally {
      watchdog.stop()
      this.inspected = null
      if (order.admin?.stays === false) await this.endAdmin()
    }
  }

  /** A fresh instance of the stack, in virtual time where that is wanted, or can be and nothing else is wanted. */
  private async open(
    { options, addresses }: Task,
    asked: Clock | null,
    given: Pick<DpdkOpenOptions, 'soPath' | 'channel' | 'admin'>,
  ): Promise<Opened> {
    const { port } = options
    if (asked === 'virtual' && travels(port)) throw noVirtualTime(port)
    this.dpdk ??= new DpdkWorker(options.eal, PROGRESS_FD)
    const open: Omit<DpdkOpenOptions, 'clock'> = {
      ...given,
      stackOptions: options.soFlags,
      localIp: addressText(addresses.localIp),
      prefixLength: addresses.prefixLength,
      gatewayIp: distinctGateway(addresses),
      remoteIp: addressText(addresses.remoteIp),
      mtu: options.mtu,
      port: { ...port, program: port.kind === 'memif' ? memifProgram() : '' },
    }
    const wanted = asked ?? (travels(port) ? 'wall' : 'virtual')
    try {
      return openedBy(wanted, await this.dpdk.open({ ...open, clock: wanted }))
    } catch (error) {
      if (asked !== null || (error as EngineError).code !== 'LD_STACK_CLOCK') throw error
      return openedBy('wall', await this.dpdk.open({ ...open, clock: 'wall' }))
    }
  }

  private async interpret(task: Task, host: UserspaceHost): Promise<InterpreterReport> {
    try {
      return await this.carryOut({ ...task, host })
    } catch (error) {
      // The interpreter ends the instance that it is given; where it never began, it is ended here.
      new DpdkHost(host).close()
      throw error
    }
  }

  /** Kept from run to run. EngineError LD_ADMIN_PORT. */
  private async serveAdmin(asked: AdminPort | null): Promise<void> {
    if (asked !== null && this.admin?.port === asked.port) return
    await this.endAdmin()
    if (asked === null) return
    const { port } = asked
    const running = () => {
      if (this.inspected !== null) return this.inspected
      throw new EngineError('LD_NO_STACK', 'no userspace stack is running')
    }
    const server = await startAdmin({
      port,
      source: {
        sockets: async () => listSockets(running()),
        interfere: async (order) => interfere(running(), order),
      },
    })
    this.admin = { port, server }
  }

  private async endAdmin(): Promise<void> {
    await this.admin?.server.close()
    this.admin = null
  }
}

const noVirtualTime = (port: PortChoice) =>
  new EngineError(
    'LD_PORT_CLOCK',
    `frames travel by themselves over --port=${portText(port)}, so time cannot be virtual`,
    "--clock=wall, or a port whose time is the host's (--port=ring, --port=pcap:IN,OUT)",
  )
