// Numbers of packets: decimal, and within the range of their header field.
import type { Expectation } from '../diagnostic/expectation.js'
import { outOfRange } from '../diagnostic/semantic.js'
import type { Reader } from './reader.js'

export const U8 = 0xff
export const U16 = 0xffff
export const U24 = 0xffffff
export const U32 = 0xffffffff

/** Reads an INTEGER from 0 to `max`; `what` are upstream's words before "out of range". */
export function readNumber(reader: Reader, what: string, max: number, expected?: Expectation): number {
  const start = reader.start
  const value = reader.integer(expected)
  if (value < 0 || value > max) refuseNumber(reader, what, max, start, reader.previousEnd)
  return value
}

/** For numbers that are judged later than they are read. */
export function refuseNumber(reader: Reader, what: string, max: number, start: number, end: number): never {
  reader.refuse({ start, end }, outOfRange(what, reader.source.slice(start, end), 0, max))
}
