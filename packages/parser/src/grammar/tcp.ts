// TCP segments.
//   tcp = [ ip-info ] [ 'encap' 'psp' 'spi' any-int ] [ ports ] flags seq
//         [ 'ack' INTEGER ] [ 'win' INTEGER ] [ 'urg' INTEGER ] [ tcp-options ] .
// The order is fixed. `ack N` sets a number and the dot among the flags a bit; neither needs the other.
import type { Span, TcpBody } from '../ast/nodes.js'
import { EXPECT, type Expectation, PACKET_STARTS } from '../diagnostic/expectation.js'
import { badPadding, pspWithoutPort, segmentTooLarge, windowMissing } from '../diagnostic/semantic.js'
import { suggest } from '../diagnostic/suggest.js'
import { EXCLAMATION, takeAddresses, takeAnySequence, takeExclamation } from '../dialect/segment.js'
import { C, K, T } from '../scan/token.js'
import { readNumber, U16, U32 } from './number.js'
import type { Direction } from './packet.js'
import { readPort } from './port.js'
import type { Reader } from './reader.js'
import { readSequence, type Sequence } from './sequence.js'
import { ipHeaderLength, MAX_IP_PACKET } from './size.js'
import { readFlagsText, tcpFlags } from './tcp-flags.js'
import { lengthOf, readTcpOptions } from './tcp-options.js'

const TCP_HEADER = 20

/** Reads from the ports or flags on; the ip-info has been read. */
export function readTcp(reader: Reader, direction: Direction): TcpBody {
  const start = reader.start
  const pspSpi = reader.kind === K.encap ? readPsp(reader) : null
  if (reader.kind === T.word || reader.kind === C.greater) takeAddresses(reader)
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
  const { seq, payloadLength } = reader.kind === T.integer ? readSequence(reader) : readOtherSequence(reader, flagsText)
  if (reader.kind === EXCLAMATION) takeExclamation(reader)
  const ack = reader.accept(K.ack) ? readNumber(reader, 'TCP ack sequence number', U32) : 0
  const window = reader.accept(K.win) ? readNumber(reader, 'TCP window value', U16) : null
  const urgent = reader.accept(K.urg) ? readNumber(reader, 'urg_ptr value', U16) : 0
  const optionsStart = reader.start
  const options = reader.kind === C.less ? readTcpOptions(reader, direction) : null
  const span = reader.spanFrom(start)
  // What concerns the whole segment is asked when it has been read.
  if (window === null && direction === 'inbound') reader.refuse(span, windowMissing())
  const flags = tcpFlags(reader, flagsText, flagsStart, flagsEnd)
  const optionsLength = options === null || options === 'any' ? 0 : lengthOf(options)
  if (optionsLength % 4 !== 0 && reader.foreign.length === 0)
    reader.refuse(reader.spanFrom(optionsStart), badPadding(optionsLength))
  checkSize(reader, span, optionsLength + payloadLength)
  // biome-ignore format: one line for each part of the header
  return {
    type: 'tcp', sourcePort, destinationPort, flags, seq, payloadLength,
    ack, window, urgent, options, pspSpi, span,
  }
}

function readOtherSequence(reader: Reader, flagsText: string): Sequence {
  const payloadLength = reader.kind === T.ellipsis ? takeAnySequence(reader) : null
  return payloadLength === null ? reader.unexpected(insteadOfSequence(flagsText)) : { seq: 0, payloadLength }
}

/** A misspelt `udp` or `ipv4` reads as flags, and only what follows it is wrong. */
function insteadOfSequence(flagsText: string): Expectation {
  const near = suggest(flagsText, PACKET_STARTS)
  return near === null ? EXPECT.sequenceStart : { ...EXPECT.sequenceStart, hint: `Did you mean '${near}'?` }
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

function checkSize(reader: Reader, span: Span, length: number): void {
  const total = ipHeaderLength(reader.settings.wireFamily) + TCP_HEADER + length
  if (total > MAX_IP_PACKET) reader.refuse(span, segmentTooLarge(total))
}
