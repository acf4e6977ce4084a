// Outer (encapsulation) headers.
//   outer = 'ipv4' [ ip-info ] IPV4_ADDR '>' IPV4_ADDR ':'
//         | 'ipv6' [ ip-info ] IPV6_ADDR '>' IPV6_ADDR ':'
//         | 'gre' [ [ ',' ] gre-fields ] ':'
//         | 'mpls' { mpls-entry } ':' .
import type { OuterHeader } from '../ast/nodes.js'
import { EXPECT, type Expectation } from '../diagnostic/expectation.js'
import { badGreFlags, badOuterAddress } from '../diagnostic/semantic.js'
import { C, K, T } from '../scan/token.js'
import { isIpv4, isIpv6 } from '../text/address.js'
import { NO_GRE_FIELDS, readGreFields } from './gre.js'
import { readIpInfo } from './ip-info.js'
import { readMplsLabels } from './mpls.js'
import type { Reader } from './reader.js'

/** Reads an outer header if one stands here. */
export function readOuterHeader(reader: Reader): OuterHeader | null {
  switch (reader.kind) {
    case K.ipv4:
      return readIp(reader, 4)
    case K.ipv6:
      return readIp(reader, 6)
    case K.gre:
      return readGre(reader)
    case K.mpls:
      return readMpls(reader)
  }
  return null
}

const ENDS = {
  4: { token: T.ipv4, source: EXPECT.ipv4Source, destination: EXPECT.ipv4Destination, isGood: isIpv4 },
  6: { token: T.ipv6, source: EXPECT.ipv6Source, destination: EXPECT.ipv6Destination, isGood: isIpv6 },
} as const

function readIp(reader: Reader, version: 4 | 6): OuterHeader {
  const start = reader.start
  const ends = ENDS[version]
  reader.next()
  const ip = readIpInfo(reader)
  const readAddress = (expected: Expectation): { text: string; span: { start: number; end: number } } => {
    if (reader.kind !== ends.token) reader.unexpected(expected)
    const address = { text: reader.sourceText(), span: reader.tokenSpan() }
    reader.next()
    return address
  }
  const source = readAddress(ends.source)
  reader.take(C.greater, EXPECT.arrow)
  const destination = readAddress(ends.destination)
  reader.take(C.colon, EXPECT.headerColon)
  if (!ends.isGood(source.text)) reader.refuse(source.span, badOuterAddress(version, 'src', source.text))
  if (!ends.isGood(destination.text)) reader.refuse(destination.span, badOuterAddress(version, 'dst', destination.text))
  const type = version === 4 ? 'ipv4' : 'ipv6'
  return { type, ip, source: source.text, destination: destination.text, span: reader.spanFrom(start) }
}

/** Version (RFC 2784 2.3.1) and routing present (RFC 1701): upstream dies with an internal assertion. */
const IMPOSSIBLE_GRE_FLAGS = 0x4007

function readGre(reader: Reader): OuterHeader {
  const start = reader.start
  reader.next()
  let fields = NO_GRE_FIELDS
  if (reader.kind === C.comma || reader.kind === K.flags) {
    reader.accept(C.comma)
    fields = readGreFields(reader)
  }
  reader.take(C.colon, EXPECT.headerColon)
  const span = reader.spanFrom(start)
  if ((fields.flags & IMPOSSIBLE_GRE_FLAGS) !== 0) reader.refuse(span, badGreFlags(fields.flags))
  return { type: 'gre', ...fields, span }
}

function readMpls(reader: Reader): OuterHeader {
  const start = reader.start
  reader.next()
  const labels = readMplsLabels(reader)
  reader.take(C.colon, EXPECT.headerColon)
  return { type: 'mpls', labels, span: reader.spanFrom(start) }
}
