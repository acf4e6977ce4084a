// How the supervisor and the guest of a kernel in virtual time talk: by files in a folder of the host's, which the guest sees
// through hostfs. A message is a file of its own that appears whole. Nothing else would do: a guest that waits for a device
// lets time run meanwhile. Both ends. Read first: guest.ts, guest-process.ts.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { InterpreterReport, RunOrder } from '../run/task.js'

/** Where the guest sees the folder (kernel-native/native/guest/root.h). */
export const GUEST_POST = '/dev/lunadrill'

/** Appears when the guest is there, empty. */
export const READY = 'ready'
/** What the guest's first process says last: `exit STATUS`, `signal NUMBER`, `refused REASON`. */
export const ENDED = 'ended'

/** Names of the n-th order and of its report, from 1. */
export const orderName = (n: number) => `order-${n}`
export const reportName = (n: number) => `report-${n}`

/** Supervisor → guest. */
export type GuestOrder = Omit<RunOrder, 'stack' | 'clock' | 'admin' | 'neighbours'>

/** Guest → supervisor. */
export type GuestReport = InterpreterReport

export function put(folder: string, name: string, message: GuestOrder | GuestReport | null): void {
  const nascent = join(folder, `.${name}`)
  writeFileSync(nascent, message === null ? '' : serialize(message))
  renameSync(nascent, join(folder, name))
}

export const isThere = (folder: string, name: string) => existsSync(join(folder, name))

/** The message, which is gone then. */
export function take(folder: string, name: string): unknown {
  const path = join(folder, name)
  const message: unknown = deserialize(readFileSync(path))
  rmSync(path)
  return message
}
