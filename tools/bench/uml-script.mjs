// The cost of a trivial script on a kernel in virtual time; cold: with the guest's boot.
import { checkKernel, findKernel } from '../../packages/engine/dist/index.js'
import { scriptCost } from './script-cost.mjs'

export function measure() {
  const program = findKernel(undefined)
  checkKernel(program)
  const request = { stack: { kind: 'uml', name: 'uml', program }, clock: 'virtual' }
  return scriptCost('uml', ['--stack=uml'], request)
}
