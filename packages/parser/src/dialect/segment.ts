// What other dialects write around a segment.
//   addresses     = [ address ] '>' [ address ] .                        (* MPTCP: before the flags *)
//   address       = 'addr' '[' … ']' .
//   any sequence  = '...' '(' INTEGER ')' .                              (* nplab: for the sequence range *)
//   outside       = '!' .                                                (* nplab: behind the sequence range *)
//   encapsulation = '/' 'udp' '(' INTEGER '>' INTEGER ')' .              (* nplab: behind the packet *)
import { EXPECT } from '../diagnostic/expectation.js'
import { readNumber, U16 } from '../grammar/number.js'
import type { Reader } from '../grammar/reader.js'
import { C, K, T } from '../scan/token.js'
import { takeBalanced } from './balanced.js'
import { FOREIGN_EXPECT } from './expectation.js'
import { markForeign, standsHere } from './mark.js'

const ADDRESS = /addr\s*\[/y
const ADDRESSES = /(?:>\s*)?addr\s*\[/y
const ANY_SEQUENCE = /\.\.\.\s*\(/y
const ENCAPSULATION = /\/\s*udp\s*\(/y

/** Takes the addresses if they stand here. */
export function takeAddresses(reader: Reader): void {
  if (!standsHere(reader, ADDRESSES)) return
  const { start } = reader
  if (reader.kind === T.word) takeAddress(reader)
  reader.take(C.greater, FOREIGN_EXPECT.address)
  if (standsHere(reader, ADDRESS)) takeAddress(reader)
  markForeign(reader, 'MPTCP', 'packets between named addresses', start)
}

function takeAddress(reader: Reader): void {
  reader.next()
  takeBalanced(reader)
}

export const EXCLAMATION = 33

/** Takes the `!` that the reader stands on. */
export function takeExclamation(reader: Reader): void {
  const { start } = reader
  reader.next()
  markForeign(reader, 'nplab packetdrill', "a sequence range with '!'", start)
}

/** The reader stands on a slash; takes it when an encapsulation follows. */
export function takeEncapsulation(reader: Reader): void {
  if (!standsHere(reader, ENCAPSULATION)) return
  const { start } = reader
  reader.next()
  reader.take(K.udp, FOREIGN_EXPECT.encapsulation)
  reader.take(C.openParenthesis, FOREIGN_EXPECT.encapsulation)
  reader.integer(FOREIGN_EXPECT.encapsulation)
  reader.take(C.greater, FOREIGN_EXPECT.encapsulation)
  reader.integer(FOREIGN_EXPECT.encapsulation)
  reader.take(C.closeParenthesis, FOREIGN_EXPECT.encapsulation)
  markForeign(reader, 'FreeBSD', 'TCP in UDP', start)
}

/** The reader stands on an ellipsis; takes a range that any number fits, and gives the payload's length. */
export function takeAnySequence(reader: Reader): number | null {
  if (!standsHere(reader, ANY_SEQUENCE)) return null
  const { start } = reader
  reader.next()
  reader.next()
  const payloadLength = readNumber(reader, 'TCP payload size', U16, EXPECT.payload)
  reader.take(C.closeParenthesis, EXPECT.close)
  markForeign(reader, 'nplab packetdrill', 'a segment with any sequence number', start)
  return payloadLength
}
