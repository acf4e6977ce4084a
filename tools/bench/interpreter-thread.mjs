// Entry of a thread like the interpreter's: imports a section and calls the function that it is told, which measures here
// and answers with plain data. Started by on-interpreter-thread.mjs.
import { parentPort, workerData } from 'node:worker_threads'

const { section, name, task } = workerData
const functions = await import(section)
parentPort.postMessage(await functions[name](task))
