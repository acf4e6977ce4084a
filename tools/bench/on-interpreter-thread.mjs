// Main thread of a section: lets a function of the section run on a thread like the interpreter's.
import { Worker } from 'node:worker_threads'

/** `section`: import.meta.url of the caller's file, `name`: one of its exports, which gets `task` (cloned). */
export function onInterpreterThread(section, name, task) {
  const worker = new Worker(new URL('interpreter-thread.mjs', import.meta.url), { workerData: { section, name, task } })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new Error(`the thread of ${name} has ended without an answer`)))
  })
}
