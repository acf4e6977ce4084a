// IPv6's own names for two parts of an ip-info: nplab/packetdrill has them, and they mean what `ttl` and `tos` mean.
//   ip-spec = 'hlim' INTEGER | 'class' HEX .
import { EXPECT } from '../diagnostic/expectation.js'
import type { Reader } from '../grammar/reader.js'

export type OtherName = 'ttl' | 'tos'

const NAMES: ReadonlyMap<string, OtherName> = new Map([
  ['hlim', 'ttl'],
  ['class', 'tos'],
])

/** Takes the word that the reader stands on, and says which keyword it stands for. */
export function takeOtherName(reader: Reader): OtherName {
  const name = NAMES.get(reader.sourceText())
  if (name === undefined) return reader.unexpected(EXPECT.ipInfo)
  reader.next()
  return name
}
