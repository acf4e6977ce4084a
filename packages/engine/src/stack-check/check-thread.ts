// The thread in which a stack object is checked: DPDK is initialised here, then native code calls the object, and tells what
// it finds on a pipe. Entry of a worker_thread. Read first: dpdk-native/native/stack-check/stack-check.h.
import { parentPort, workerData } from 'node:worker_threads'
import { loadNative, unavailable } from '@lunadrill/dpdk-native'
import { EngineError } from '../errors.js'
import { objectFault, refusalRemedy } from '../host/stack-object.js'
import { type CheckAnswer, type CheckOrder, LINES_FD, RECORD_FD } from './messages.js'

const { soPath, first, capabilities } = workerData as CheckOrder

function answer(): CheckAnswer {
  try {
    const why = unavailable()
    if (why !== undefined) throw new EngineError('LD_DPDK_MISSING', why)
    const fault = objectFault(soPath)
    if (fault !== null) throw fault
    const native = loadNative()
    native.keepRecord(RECORD_FD)
    native.initEal([])
    return { kind: 'done', next: native.checkStack(soPath, LINES_FD, first, capabilities) }
  } catch (error) {
    const { code = 'LD_HOST', message, remedy = refusalRemedy(code, message) } = error as EngineError
    return { kind: 'failed', code, message, remedy }
  }
}

parentPort?.postMessage(answer())
