// What a stack does not declare that it can do: reasons to skip a script, not to fail it. Pure.
// Read first: dpdk-native/include/luna_stack.h, the capabilities.
import { type LunaCapabilityName, lunaCapabilities } from '@lunadrill/dpdk-native'
import { lacks, type Problem } from '../trace/problem.js'

export class Lacking {
  /** `declared`: bits of luna_stack_v1.capabilities; null: the kernel, which is never skipped for such a reason. */
  constructor(private readonly declared: bigint | null) {}

  has(name: LunaCapabilityName): boolean {
    const { bit } = capability(name)
    return this.declared === null || (this.declared & (1n << BigInt(bit))) !== 0n
  }

  /** Why what needs this cannot be run; null where it can. */
  problem(name: LunaCapabilityName): Problem | null {
    return this.has(name) ? null : lacks(capability(name).words)
  }
}

/** Of the kernel. */
export const nothingLacking = new Lacking(null)

function capability(name: LunaCapabilityName) {
  const found = lunaCapabilities.find((each) => each.name === name)
  if (found === undefined) throw new Error(`luna_stack.h has no capability ${name}`)
  return found
}
