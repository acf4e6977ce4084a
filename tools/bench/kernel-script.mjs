// The cost of a trivial script on the kernel. Aim: half of upstream's packetdrill, which took 117 ms of CPU and 0.16 s.
import { scriptCost } from './script-cost.mjs'

export function measure() {
  const request = { stack: { kind: 'kernel', name: 'kernel' }, clock: 'wall' }
  return scriptCost('kernel', [], request, { figure: 'median', most: 60 })
}
