// UDP datagrams.
//   udp = [ ip-info ] 'udp' [ ports ] '(' INTEGER ')' .
import type { IpInfo, UdpBody } from '../ast/nodes.js'
import { EXPECT } from '../diagnostic/expectation.js'
import { datagramTooLarge, ecnOnUdp } from '../diagnostic/semantic.js'
import { C, T } from '../scan/token.js'
import { refuseNumber, U16 } from './number.js'
import { readPorts } from './port.js'
import type { Reader } from './reader.js'
import { ipHeaderLength, MAX_IP_PACKET } from './size.js'

const UDP_HEADER = 8

export function readUdp(reader: Reader, ip: IpInfo | null): UdpBody {
  const start = reader.start
  reader.next()
  let sourcePort = 0
  let destinationPort = 0
  if (reader.kind === T.integer) {
    ;[sourcePort, destinationPort] = readPorts(reader, EXPECT.arrow)
  }
  reader.take(C.openParenthesis, EXPECT.udpPayload)
  const payloadStart = reader.start
  const payloadLength = reader.integer(EXPECT.payload)
  const payloadSpan = reader.spanFrom(payloadStart)
  reader.take(C.closeParenthesis, EXPECT.close)
  // Upstream asks when the whole datagram has been read, in this order.
  if (ip !== null && ip.check === 'ecn') reader.refuse(ip.span, ecnOnUdp())
  if (payloadLength < 0 || payloadLength > U16) {
    refuseNumber(reader, 'UDP payload size', U16, payloadSpan.start, payloadSpan.end)
  }
  const total = ipHeaderLength(reader.settings.wireFamily) + UDP_HEADER + payloadLength
  if (total > MAX_IP_PACKET) reader.refuse(payloadSpan, datagramTooLarge(total))
  return { type: 'udp', sourcePort, destinationPort, payloadLength, span: reader.spanFrom(start) }
}
