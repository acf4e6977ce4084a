// Ports of a packet.
//   ports = INTEGER '>' INTEGER .
import { outOfRange } from '../diagnostic/semantic.js'
import type { Reader } from './reader.js'

export function readPort(reader: Reader, what: 'src port' | 'dst port'): number {
  return reader.integerWithin(0, 65535, (found) => outOfRange(what, found, 0, 65535))
}
