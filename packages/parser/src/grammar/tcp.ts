// TCP segments.
//   tcp = [ ip-info ] [ 'encap' 'psp' 'spi' any-int ] [ ports ] flags seq
//         [ 'ack' INTEGER ] [ 'win' INTEGER ] [ 'urg' INTEGER ] [ tcp-options ] .
// The order is fixed. `ack N` sets a number and the dot among the flags a bit; neither needs the other.
import type { IpInfo, Span, TcpBody } from '../ast/nodes.js'
import { EXPECT, type Expectation, PACKET_STARTS } from '../diagnostic/expectation.js'
import { badPadding, ect01Inbound, pspWithoutPort, segmentTooLarge, windowMissing } from '../diagnostic/semantic.js'
import { suggest } from '../diagnostic/suggest.js'
import { EXCLAMATION, takeAddresses, takeAnySequence, takeExclamation } from '../dialect/segment.js'
import { C, K, T } from '../scan/token.js'
import { readNumber, U16, U32 } from './number.js'
import type { Direction } from './packet.js'
import { readPorts } from './port.js'
import type { Reader } from './reader.js'
import { readSequence, type Sequence } from './sequence.js'
import { ipHeaderLength, MAX_IP_PACKET } from './size.js'
import { readFlagsText, tcpFlags } from './tcp-flags.js'
import { lengthOf, readTcpOptions } from './tcp-options.js'

const TCP_HEADER = 20

/** Reads from the ports or flags on; the ip-info has been read. `ect01`: one that may not stand before this segment. */
export function readTcp(reader: Reader, direction: Direction, ect01: IpInfo | null): TcpBody {
  const start = reader.start
  const psp = reader.kind === K.encap ? readPsp(reader) : null
  if (mayBeAddress(reader)) takeAddresses(reader)
  let sourcePort = 0
  let destinationPort = 0
  if (reader.kind === T.integer) {
    ;[sourcePort, destinationPort] = readPorts(reader, EXPECT.portArrow)
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
  // What concerns the whole segment is asked when it has been read, in upstream's order.
  if (ect01 !== null) reader.refuse(ect01.span, ect01Inbound())
  const optionsLength = options === null || options === 'any' ? 0 : lengthOf(options)
  if (optionsLength % 4 !== 0 && reader.foreign.length === 0) {
    reader.refuse({ start: optionsStart, end: span.end }, badPadding(optionsLength))
  }
  checkSize(reader, span, optionsLength + payloadLength)
  const flags = tcpFlags(reader, flagsText, flagsStart, flagsEnd)
  if (psp !== null && reader.settings.pspUdpPort === 0) reader.refuse(psp.span, pspWithoutPort())
  if (window === null && direction === 'inbound') reader.refuse(span, windowMissing())
  const pspSpi = psp === null ? null : psp.spi
  // biome-ignore format: one line for each part of the header
  return {
    type: 'tcp', sourcePort, destinationPort, flags, seq, payloadLength,
    ack, window, urgent, options, pspSpi, span,
  }
}

/** Asked of every segment: flags are capital letters, and no segment begins with `>`. */
function mayBeAddress({ kind, source, start }: Reader): boolean {
  return kind === C.greater || (kind === T.word && source.charCodeAt(start) === LOWER_A)
}

const LOWER_A = 97

function readOtherSequence(reader: Reader, flagsText: string): Sequence {
  const payloadLength = reader.kind === T.ellipsis ? takeAnySequence(reader) : null
  return payloadLength === null ? reader.unexpected(insteadOfSequence(flagsText)) : { seq: 0, payloadLength }
}

/** A misspelt `udp` or `ipv4` reads as flags, and only what follows it is wrong. */
function insteadOfSequence(flagsText: string): Expectation {
  const near = suggest(flagsText, PACKET_STARTS)
  return near === null ? EXPECT.sequenceStart : { ...EXPECT.sequenceStart, hint: `Did you mean '${near}'?` }
}

function readPsp(reader: Reader): { readonly spi: number; readonly span: Span } {
  const start = reader.start
  reader.next()
  reader.take(K.psp, EXPECT.psp)
  reader.take(K.spi, EXPECT.spi)
  return { spi: reader.cutInteger(32), span: reader.spanFrom(start) }
}

function checkSize(reader: Reader, span: Span, length: number): void {
  const total = ipHeaderLength(reader.settings.wireFamily) + TCP_HEADER + length
  if (total > MAX_IP_PACKET) reader.refuse(span, segmentTooLarge(total))
}
