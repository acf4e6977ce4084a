// Calls alone: one line of a script, what it writes into its record, and how an answer is judged.
import type { CallAction } from '@lunadrill/parser'
import { type CallContext, PreparedCall } from '../../src/call/call.js'
import { Descriptors } from '../../src/call/descriptors.js'
import { Errno } from '../../src/call/errno.js'
import { CallRecord } from '../../src/call/record.js'
import { socketAddress } from '../../src/call/socket-address.js'
import { FlowTable } from '../../src/flow/flow-table.js'
import { Call, CallOp } from '../../src/host/layout.js'
import { Problem } from '../../src/trace/problem.js'
import { scriptOf } from './play.js'
import { ENDPOINTS, type returned } from './playbook.js'

const SOCKETS = [3, 4, 5]

/** Script descriptors 3, 4 and 5 are new TCP sockets with the live ones 13, 14 and 15. */
export function context(): CallContext {
  const flows = new FlowTable(ENDPOINTS, () => 40_000)
  const descriptors = new Descriptors()
  for (const fd of SOCKETS)
    descriptors.add(fd, fd + 10, { kind: 'socket', socket: flows.open(6, fd + 10), ping: false })
  return {
    descriptors,
    flows,
    domain: 2,
    bindAddress: socketAddress(ENDPOINTS.localIp, 8080),
    connectAddress: socketAddress(ENDPOINTS.remoteIp, 9090),
    userspace: false,
    toleranceUsecs: 4000,
    errno: new Errno(),
  }
}

export function action(line: string): CallAction {
  const event = scriptOf(`0 ${line}\n`).events[0]
  if (event?.action.type !== 'call') throw new Error(`no call: ${line}`)
  return event.action
}

/** The call of a line; throws where it cannot be made. */
export function prepared(line: string): PreparedCall {
  const call = PreparedCall.prepare(action(line))
  if (call instanceof Problem) throw call
  return call
}

export interface Written {
  readonly op: string
  readonly fd: number
  readonly args: readonly [number, number, number]
  /** Input data; absent where there is none. */
  readonly data?: readonly number[]
}

/** What the host gets to see of a call. */
export function written(line: string, around: CallContext = context()): Written {
  const octets = new Uint8Array(Call.size).fill(0xee)
  prepared(line).write(new CallRecord(octets), around)
  const view = new DataView(octets.buffer)
  const data = [...octets.slice(Call.data, Call.data + view.getUint32(Call.inLength, true))]
  const names = Object.entries(CallOp)
  return {
    op: names.find(([, op]) => op === view.getUint32(Call.op, true))?.[0] ?? '?',
    fd: view.getInt32(Call.fd, true),
    args: [view.getInt32(Call.arg0, true), view.getInt32(Call.arg1, true), view.getInt32(Call.arg2, true)],
    ...(data.length > 0 && { data }),
  }
}

/** Upstream's words for what is wrong with a call, from its preparation to its return; null where nothing is. */
export function verdict(line: string, answer?: ReturnType<typeof returned>, around = context()): string | null {
  const at = `runtime error in ${action(line).name} call: `
  try {
    const call = prepared(line)
    call.write(new CallRecord(new Uint8Array(Call.size)), around)
    if (answer !== undefined) call.judge(answer, around)
    return null
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    if (!problem.upstream.startsWith(at)) throw new Error(`not at its call: ${problem.upstream}`)
    return problem.upstream.slice(at.length)
  }
}
