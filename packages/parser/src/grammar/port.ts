// Ports of a packet.
//   ports = INTEGER '>' INTEGER .
import { readNumber, U16 } from './number.js'
import type { Reader } from './reader.js'

export function readPort(reader: Reader, what: 'src port' | 'dst port'): number {
  return readNumber(reader, what, U16)
}
