// The cost of a trivial script on a kernel in virtual time; cold: with the guest's boot.
import { fitKernel } from '../../packages/engine/dist/index.js'
import { scriptCost } from './script-cost.mjs'

export function measure() {
  const request = { stack: { kind: 'uml', name: 'uml', program: fitKernel() }, clock: 'virtual' }
  return scriptCost('uml', ['--stack=uml'], request)
}
