// Entry of the process that checks a stack object (below lunadrill-guard): its main thread answers the supervisor while the
// stack is called in another one. Read first: check-stack.ts, check-thread.ts.
import { Worker } from 'node:worker_threads'
import { lendRuntimeFolder } from '@lunadrill/dpdk-native'
import { watchHangingThread } from '../flight/hanging-thread.js'
import type { CheckAnswer, CheckOrder, LookOrder } from './messages.js'

process.on('SIGINT', () => {})
// By a signal: process.exit() would wait for a thread that hangs in its stack.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const send = (answer: CheckAnswer) => process.send?.(answer)

process.on('message', (message: CheckOrder | LookOrder) => {
  if (message.kind === 'look') {
    send({ kind: 'looked', how: watchHangingThread() })
    return
  }
  // The variable is lent for this process's whole life, which is one check.
  lendRuntimeFolder()
  const worker = new Worker(new URL('./check-thread.js', import.meta.url), { workerData: message })
  worker.on('message', send)
})
