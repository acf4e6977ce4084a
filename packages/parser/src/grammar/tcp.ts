// TCP segments.
//   tcp = [ ip-info ] [ 'encap' 'psp' 'spi' any-int ] [ ports ] flags seq
//         [ 'ack' INTEGER ] [ 'win' INTEGER ] [ 'urg' INTEGER ] [ tcp-options ] .
// The order is fixed. `ack N` sets a number and the dot among the flags a bit; neither needs the other.
import type { TcpBody } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { badPadding, outOfRange, pspWithoutPort, segmentTooLarge, windowMissing } from '../diagnostic/semantic.js'
import { C, K, T } from '../scan/token.js'
import type { Direction } from './packet.js'
import { readPort } from './port.js'
import type { Reader } from './reader.js'
import { readSequence } from './sequence.js'
import { ipHeaderLength, MAX_IP_PACKET } from './size.js'
import { readFlagsText, tcpFlags } from './tcp-flags.js'
import { readTcpOptions, type TcpOptionList } from './tcp-options.js'

const TCP_HEADER = 20
const U16 = 0xffff
const U32 = 0xffffffff

/** Reads from the ports or flags on; the ip-info has been read. */
export function readTcp(reader: Reader, direction: Direction): TcpBody {
  const start = reader.start
  const pspSpi = reader.kind === K.encap ? readPsp(reader) : null
  let sourcePort = 0
  let destinationPort = 0
  if (reader.kind === T.integer) {
    sourcePort = readPort(reader, 'src port')
    reader.take(C.greater, EXPECT.portArrow)
    destinationPort = readPort(reader, 'dst port')
  }
  const flagsStart = reader.start
  const flagsText = readFlagsText(reader, flagsStart === start ? EXPECT.packet : EXPECT.flags)
  const flagsEnd = reader.previousEnd
  const { seq, payloadLength } = readSequence(reader)
  const ack = reader.accept(K.ack) ? readNumber(reader, 'TCP ack sequence number', U32) : 0
  const window = reader.accept(K.win) ? readNumber(reader, 'TCP window value', U16) : null
  const urgent = reader.accept(K.urg) ? readNumber(reader, 'urg_ptr value', U16) : 0
  const list = reader.kind === C.less ? readTcpOptions(reader, direction) : null
  const span = reader.spanFrom(start)
  // What concerns the whole segment is asked when it has been read.
  if (window === null && direction === 'inbound') reader.refuse(span, windowMissing())
  const flags = tcpFlags(reader, flagsText, flagsStart, flagsEnd)
  checkSize(reader, span.start, payloadLength, list)
  const options = list === null ? null : list.options
  // biome-ignore format: one line for each part of the header
  return {
    type: 'tcp', sourcePort, destinationPort, flags, seq, payloadLength,
    ack, window, urgent, options, pspSpi, span,
  }
}

function readPsp(reader: Reader): number {
  const start = reader.start
  reader.next()
  reader.take(K.psp, EXPECT.psp)
  reader.take(K.spi, EXPECT.spi)
  const spi = reader.cutInteger(32)
  if (reader.settings.pspUdpPort === 0) reader.refuse(reader.spanFrom(start), pspWithoutPort())
  return spi
}

function readNumber(reader: Reader, what: string, max: number): number {
  return reader.integerWithin(0, max, (found) => outOfRange(what, found, 0, max))
}

function checkSize(reader: Reader, start: number, payloadLength: number, list: TcpOptionList | null): void {
  const optionsLength = list === null ? 0 : list.length
  if (list !== null && optionsLength % 4 !== 0) reader.refuse(list.span, badPadding(optionsLength))
  const total = ipHeaderLength(reader.settings.wireFamily) + TCP_HEADER + optionsLength + payloadLength
  if (total > MAX_IP_PACKET) reader.refuse(reader.spanFrom(start), segmentTooLarge(total))
}
