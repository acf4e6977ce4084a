// What a run with neighbours waits at before its timed part: the supervisor lets so many through as there are jobs, while
// the next ones are being set up. The interpreter's thread never enters its event loop: it waits in shared memory.
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { ThreadSchedule } from './thread-schedule.js'

/** The interpreter's end; crosses with its task, `port` transferred. */
export interface GateEnd {
  readonly open: Int32Array
  readonly port: MessagePort
}

/** The main thread's end. */
export interface Gate {
  readonly end: GateEnd
  /** Lets the interpreter through; may come before it is there. */
  go(): void
  close(): void
}

/** `say` is called with what the interpreter says, on this thread. */
export function gate(say: (word: 'prepared' | 'untimed') => void): Gate {
  const { port1, port2 } = new MessageChannel()
  const open = new Int32Array(new SharedArrayBuffer(4))
  port1.on('message', say)
  const go = () => {
    Atomics.store(open, 0, 1)
    Atomics.notify(open, 0)
  }
  return { end: { open, port: port2 }, go, close: () => port1.close() }
}

/** Interpreter thread: what `schedule` does, with the gate before the timed part. */
export function gated(schedule: ThreadSchedule, { open, port }: GateEnd): ThreadSchedule {
  return {
    ...schedule,
    untimed(neighbours) {
      schedule.untimed(neighbours)
      port.postMessage('untimed')
    },
    timed() {
      port.postMessage('prepared')
      while (Atomics.load(open, 0) === 0) Atomics.wait(open, 0, 0)
      schedule.timed()
    },
  }
}
