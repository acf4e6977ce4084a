// A stack that declares these capabilities and no other.
import { type LunaCapabilityName, lunaCapabilities } from '../../../dpdk-native/src/index.js'
import { Lacking } from '../../src/host/lacking.js'

export function declaring(...names: LunaCapabilityName[]): Lacking {
  const bits = lunaCapabilities.filter(({ name }) => names.includes(name)).map(({ bit }) => 1n << BigInt(bit))
  return new Lacking(bits.reduce((all, bit) => all | bit, 0n))
}
