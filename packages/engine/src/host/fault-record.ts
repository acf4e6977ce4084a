// A fault as it goes to the host: a record in the command ring. Interpreter thread (a script's) or the run's main thread (the
// admin server's). Read first: layout.ts (Fault); parser/src/fault/faults.ts, which has the names.
import type { FaultName, FaultOrder } from '@lunadrill/parser'
import type { ChannelClient } from './channel.js'
import { CommandKind, Fault, FaultKind } from './layout.js'

/** Which parameter is the record's `amount`. */
const amounts: Partial<Record<FaultName, string>> = {
  rxring: 'size',
  mbufpool: 'left',
  duplicate: 'copies',
  reorder: 'by',
  corrupt: 'offset',
  delay: 'by',
  clockjump: 'by',
}
/** Which one is its `limitUs`. */
const limits: Partial<Record<FaultName, string>> = { reorder: 'within', delay: 'jitter' }

/** Puts the command into the ring, and wakes the host. */
export function sendFault(client: ChannelClient, { name, values }: FaultOrder): void {
  const at = client.begin(CommandKind.fault, 0, Fault.size)
  const { view } = client
  const value = (parameter: string) => values.get(parameter) ?? 0
  view.setUint32(at + Fault.kind, FaultKind[name], true)
  view.setUint32(at + Fault.direction, value('direction'), true)
  view.setUint32(at + Fault.burst, value('burst'), true)
  view.setUint32(at + Fault.seed, value('seed'), true)
  view.setFloat64(at + Fault.skip, value('skip'), true)
  view.setFloat64(at + Fault.count, value('count'), true)
  view.setFloat64(at + Fault.probability, value('probability'), true)
  view.setFloat64(at + Fault.timeUs, value('time'), true)
  view.setFloat64(at + Fault.amount, value(amounts[name] ?? ''), true)
  view.setFloat64(at + Fault.limitUs, value(limits[name] ?? ''), true)
  view.setUint32(at + Fault.mask, value('mask'), true)
  view.setUint32(at + Fault.repair, value('repair'), true)
  client.commit()
}
