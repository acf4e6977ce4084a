// The cost of a trivial script on lwIP, in virtual time: each run has a fresh instance of the stack.
import { builtinStackPath } from '../../packages/engine/dist/index.js'
import { scriptCost } from './script-cost.mjs'

export function measure() {
  const request = { stack: { kind: 'userspace', name: 'lwip', soPath: builtinStackPath('libluna.so') }, clock: null }
  const args = ['--userspace_stack', '--so_filename=libluna.so']
  return scriptCost('lwip', args, request, { figure: 'median', most: 15 })
}
