// What the interpreter knows of a stack under test: the few verbs that every host offers. It never knows which one.
// Interpreter thread. kernel-native's KernelHost has this face as it is; dpdk-host.ts gives it to userspace stacks.
// Read first: layout.ts (call records).
import type { FaultOrder } from '@lunadrill/parser'
import type { PythonVariables } from '@lunadrill/tcpinfo'

/** The five verbs (call, inject, sniff, completed, clock) and what surrounds a run. Times: microseconds since time 0. */
export interface Host {
  /** `wall`: time runs by itself. `virtual`: it moves only inside `waitUntil`, `sniff`, `waitBlocking` and calls that sleep. */
  readonly clock: 'wall' | 'virtual'
  /** Call.size octets each: what `call` and `startBlockingCall` run, filled when they have returned. */
  readonly callRecord: Uint8Array
  readonly blockingRecord: Uint8Array
  /** At least 65536 + 64 octets: `inject` reads here, `sniff` writes here. IP packets without a link header. */
  readonly packet: Uint8Array

  /** A port number for the tester's end of a new connection, another one each time. */
  remotePort(): number
  /** Sets time 0. */
  start(): void
  now(): number
  /** Lets time reach `us` (at once where it has passed) and returns now(). */
  waitUntil(us: number): number
  /** Runs `callRecord` to its return, however long that takes. */
  call(): void
  /** Runs `blockingRecord` at `atUs`; returns once it sleeps, or has returned (the record is filled then). */
  startBlockingCall(atUs: number): 'blocked' | 'returned'
  blockingReturned(): boolean
  /** Waits up to `timeoutUs` for the blocking call; whether it has returned. */
  waitBlocking(timeoutUs: number): boolean
  /** Lets time reach `atUs` (0 or past: at once), hands packet[0, length) to the stack and returns when that was. */
  inject(length: number, atUs?: number): number
  /** The next packet that the stack sent, oldest first: its length, 0 after `timeoutUs` (0 to Infinity) without one. */
  sniff(timeoutUs: number): number
  /** When the stack sent the packet that `sniff` returned last. */
  sniffedAtUs(): number
  /** Causes a fault, from now on. Absent where the stack is not ours to interfere with: the kernel. */
  interfere?(order: FaultOrder): void
  /** How long those it works with have waited for a processor so far, microseconds; absent: that is not known, or no matter. */
  waitedUs?(): number
  /** What a Python block sees of descriptor `fd` now. Throws HostError where the stack refuses. */
  pythonVariables(fd: number): PythonVariables
  /** Ends the run's instance; may be called twice. */
  close(): void
}

/** What a host throws. `code` is stable (LD_…), `message` is a sentence, `remedy` says what to do. */
export interface HostFailure extends Error {
  readonly code: string
  readonly remedy?: string | null
  /** Upstream's words for it, where it has some. */
  readonly upstream?: string
}
