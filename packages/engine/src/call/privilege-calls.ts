// Calls that need a privilege of the program or a device with keys: cap_set(), PSP. Read first: language/3-calls.md 3.8,
// 3.9.

import { lacks } from '../trace/problem.js'
import type { Arguments } from './arguments.js'
import type { CallForm, CallMaker } from './call.js'
import { ValueError } from './evaluate.js'

const CAP_EFFECTIVE = 0
/** Any other operation clears. */
const CAP_SET = 1

export const privilegeCalls: readonly (readonly [string, CallMaker])[] = [
  ['cap_set', capSet],
  [
    'psp_rx_assoc',
    (args) => {
      args.count(2)
      const fd = args.fd(0)
      args.bracketed(1)
      return withoutPsp(fd)
    },
  ],
  [
    'psp_tx_assoc',
    (args) => {
      args.count(2)
      const fd = args.fd(0)
      args.s32(1)
      return withoutPsp(fd)
    },
  ],
]

function capSet(args: Arguments): CallForm {
  args.count(3)
  const [set, capability, op] = [args.s32(0), args.s32(1), args.s32(2)]
  // Upstream's usual build asserts the same.
  if (set !== CAP_EFFECTIVE) throw new ValueError('only CAP_EFFECTIVE can be changed')
  return {
    mode: 'fd',
    write: (record) => record.begin('capSet', -1, capability, op === CAP_SET ? 1 : 0),
  }
}

function withoutPsp(fd: number): CallForm {
  return {
    mode: 'exact',
    write: (_record, { descriptors, userspace }) => {
      descriptors.get(fd)
      if (userspace) throw lacks('PSP')
      throw new ValueError('PSP not initialized', 'PSP needs --wire_client and a network device that has PSP')
    },
  }
}
