// Ports of a packet.
//   ports = INTEGER '>' INTEGER .
import type { Expectation } from '../diagnostic/expectation.js'
import { C } from '../scan/token.js'
import { refuseNumber, U16 } from './number.js'
import type { Reader } from './reader.js'

/** Reads both from the INTEGER that the reader stands on; they are judged when both have been read. */
export function readPorts(reader: Reader, arrow: Expectation): readonly [source: number, destination: number] {
  const sourceStart = reader.start
  const source = reader.integer()
  const sourceEnd = reader.previousEnd
  reader.take(C.greater, arrow)
  const destinationStart = reader.start
  const destination = reader.integer()
  if (source < 0 || source > U16) refuseNumber(reader, 'src port', U16, sourceStart, sourceEnd)
  if (destination < 0 || destination > U16) {
    refuseNumber(reader, 'dst port', U16, destinationStart, reader.previousEnd)
  }
  return [source, destination]
}
