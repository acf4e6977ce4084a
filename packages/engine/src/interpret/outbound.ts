// Collecting what the stack sent for one expected line: sniff, sort out, put segments together, verify.
// Interpreter thread. Read first: language/2-packets.md 5.4 and 6.
import type { Due, Tolerance } from '../clock/tolerance.js'
import { seconds, timingError, toleranceUs, wideSeconds } from '../clock/tolerance.js'
import { WireError } from '../errors.js'
import { type FlowTable, portsOf, protocolHint } from '../flow/flow-table.js'
import type { TrackedSocket } from '../flow/tracked-socket.js'
import { toScript, translateTimestamp } from '../flow/translate.js'
import type { Host } from '../host/host.js'
import { compareContinuation, compareWithScript } from '../match/compare.js'
import { sideBySide } from '../match/side-by-side.js'
import type { ScriptPacket } from '../schedule/script-packet.js'
import { type Problem, packetProblem } from '../trace/problem.js'
import { sameAddress } from '../wire/address.js'
import { type Body, hexDump, isTcp, type OuterHeader, type Packet, packetText, readPacket } from '../wire/packet.js'
import { Flag, type TcpSegment } from '../wire/tcp.js'

export interface OutboundOptions {
  readonly tolerance: Tolerance
  readonly strictSegments: boolean
  readonly tickUsecs: number
  /** Called with the time of each packet that the stack sent, whosever it is. */
  readonly onPacket: (atUs: number) => void
  /** Called with each packet of the flow, before its numbers are translated. */
  readonly onSniffed: (packet: Packet, atUs: number) => void
}

interface Sniffed {
  readonly packet: Packet
  readonly atUs: number
  readonly zeroPayload: boolean
}

export class Outbound {
  constructor(
    private readonly host: Host,
    private readonly flows: FlowTable,
    private readonly options: OutboundOptions,
  ) {}

  /**
   * Waits for the packet of a line and judges it; returns when the stack sent it. A Problem that is thrown is fatal;
   * one that is returned is of the kind that `--non_fatal=packet` turns into a warning.
   */
  expect(
    socket: TrackedSocket,
    script: ScriptPacket,
    due: Due,
    previousUs: number | null,
  ): { atUs: number; problem: Problem | null } {
    const { body } = script.values
    const passive = body.type === 'tcp' && isSynAck(body) && socket.state === 'packet-received'
    if (passive) socket.scriptLocalIsn = body.seq
    const timeoutUs = waitUs(due, previousUs ?? 0)
    const sniffed = this.gather(socket, script, due, timeoutUs, passive)
    return { atUs: sniffed.atUs, problem: this.verify(socket, script, sniffed, due, previousUs) }
  }

  private gather(socket: TrackedSocket, script: ScriptPacket, due: Due, timeoutUs: number, passive: boolean): Sniffed {
    const wanted = script.values.body.payloadLength
    let parts: Sniffed[] = []
    let got = 0
    do {
      const next = this.sniff(socket, script, due, timeoutUs, parts)
      const { body } = next.packet
      if (passive && socket.state === 'packet-received' && body.type === 'tcp') {
        socket.liveLocalIsn = body.seq
        socket.state = 'synack-sent'
      }
      this.options.onSniffed(next.packet, next.atUs)
      if (body.type === 'tcp' && body.optionsError !== null) throw packetProblem(body.optionsError)
      toScript(socket, next.packet)
      const previous = parts.at(-1)
      if (previous !== undefined && !sameFlow(previous.packet, next.packet)) {
        // A SYN of an earlier connect() may still have been waiting: the newest flow counts (5.4).
        parts = []
        got = 0
      } else if (previous !== undefined) {
        this.checkContinuation(script, due, parts, next, wanted, got)
      }
      parts.push(next)
      got += body.payloadLength
    } while (got < wanted && !this.options.strictSegments)
    const [first, last] = [parts[0] as Sniffed, parts.at(-1) as Sniffed]
    if (got !== wanted) {
      const reason = `live packet payload: expected ${wanted} bytes vs actual ${got} bytes`
      const packets = sideBySide(script, last.packet, [{ field: 'payload', expected: `${wanted}`, actual: `${got}` }])
      throw packetProblem(reason, null, { packets })
    }
    return parts.length === 1 ? first : merge(parts, got)
  }

  private checkContinuation(
    script: ScriptPacket,
    due: Due,
    parts: readonly Sniffed[],
    next: Sniffed,
    wanted: number,
    got: number,
  ): void {
    const previous = (parts.at(-1) as Sniffed).packet
    const length = next.packet.body.payloadLength
    let mismatch = compareContinuation(previous, next.packet)
    if (mismatch === null && length < wanted - got && length !== previous.body.payloadLength) {
      const [expected, actual] = [previous.body.payloadLength, length]
      mismatch = {
        reason: `fragment payload: expected ${expected} bytes vs actual ${actual} bytes; total payload: expected ${wanted} bytes vs actual ${got + length} bytes`,
        differences: [{ field: 'payload', expected: String(expected), actual: String(actual) }],
      }
    }
    if (mismatch === null) return
    const dumps = [...parts, next].map(
      ({ packet, atUs }, i) => `\nactual #${i} packet: ${wideSeconds(atUs)} ${packetText(packet)}`,
    )
    const problem = packetProblem(mismatch.reason, 'segments that satisfy one line together must continue each other', {
      differences: mismatch.differences,
      packets: sideBySide(script, next.packet, mismatch.differences),
    })
    throw problem.withUpstreamDump(`\n   script packet: ${wideSeconds(due.us)} ${script.text}${dumps.join('')}`)
  }

  /** The next packet of the flow; others are dropped. */
  private sniff(
    socket: TrackedSocket,
    script: ScriptPacket,
    due: Due,
    timeoutUs: number,
    parts: readonly Sniffed[],
  ): Sniffed {
    const { host } = this
    for (;;) {
      const length = host.sniff(timeoutUs)
      if (length === 0) throw missing(socket, script, due, timeoutUs, parts)
      this.options.onPacket(host.sniffedAtUs())
      let packet: Packet | null
      try {
        packet = readPacket(host.packet, length)
      } catch (error) {
        if (!(error instanceof WireError)) throw error
        throw packetProblem(`${error.message}: packet of ${length} bytes:\n${hexDump(host.packet, length)}`)
      }
      if (packet === null || !this.flows.claims(socket, packet)) continue
      return { packet, atUs: host.sniffedAtUs(), zeroPayload: isZero(host.packet, packet) }
    }
  }

  private verify(
    socket: TrackedSocket,
    script: ScriptPacket,
    sniffed: Sniffed,
    due: Due,
    previousUs: number | null,
  ): Problem | null {
    const { packet, atUs, zeroPayload } = sniffed
    const { tolerance, tickUsecs } = this.options
    translateTimestamp(socket, script, packet)
    const timestampTolerance = Math.max(tolerance.usecs, Math.trunc((tolerance.percent / 100) * due.us))
    const timestamps = { tickUsecs, toleranceUs: timestampTolerance }
    const mismatch = compareWithScript(script, packet, timestamps, socket.flowLabels)
    const differences = mismatch?.differences ?? []
    const timing = timingError('outbound packet', due, Math.round(atUs), previousUs, tolerance)
    const reason = mismatch?.reason ?? (zeroPayload ? timing : 'incorrect outbound data payload')
    if (reason === null) return null
    const problem = packetProblem(reason, null, {
      differences,
      packets: sideBySide(script, packet, zeroPayload ? differences : [...differences, payloadDifference]),
      time: due.kind === 'any' ? null : timeOf(due, atUs, toleranceUs(due, previousUs, tolerance)),
    })
    return problem.withUpstreamDump(
      `\nscript packet: ${wideSeconds(due.us)} ${script.text}\nactual packet: ${wideSeconds(atUs)} ${packetText(packet)}`,
    )
  }
}

const isSynAck = ({ flags }: TcpSegment) => (flags & (Flag.syn | Flag.ack)) === (Flag.syn | Flag.ack)

function sameFlow(a: Packet, b: Packet): boolean {
  const [one, other] = [portsOf(a.body), portsOf(b.body)]
  return (
    sameAddress(a.ip.source, b.ip.source) &&
    sameAddress(a.ip.destination, b.ip.destination) &&
    one.source === other.source &&
    one.destination === other.destination
  )
}

const timeOf = ({ us, endUs }: Due, atUs: number, toleranceUs: number) => ({
  expectedUs: us,
  endUs,
  actualUs: Math.round(atUs),
  toleranceUs,
})

const payloadDifference = { field: 'payload', expected: 'zeros', actual: 'other octets' }

function missing(
  socket: TrackedSocket,
  script: ScriptPacket,
  due: Due,
  timeoutUs: number,
  parts: readonly Sniffed[],
): Problem {
  const reason = 'Timed out waiting for packet'
  const last = parts.at(-1)?.packet
  if (last !== undefined) {
    const [got, wanted] = [sum(parts), script.values.body.payloadLength]
    const differences = [{ field: 'payload', expected: String(wanted), actual: String(got) }]
    const hint = `the stack has sent ${got} of the ${wanted} octets, and then nothing more`
    return packetProblem(reason, hint, { differences, packets: sideBySide(script, last, differences) })
  }
  const waited = Number.isFinite(timeoutUs) ? `in ${timeoutUs / 1e6} s` : 'at all'
  const nothing = `the stack sent nothing of this connection ${waited}; expected at ${seconds(due.us)}: ${script.text.trim()}`
  return packetProblem(reason, protocolHint(socket, script.values.body) ?? nothing)
}

const sum = (parts: readonly Sniffed[]) => parts.reduce((total, { packet }) => total + packet.body.payloadLength, 0)

/** 5.3: whole seconds, two more than the gap; for ever where any time will do. */
function waitUs({ kind, us, endUs }: Due, previousUs: number): number {
  if (kind === 'any') return Number.POSITIVE_INFINITY
  const gap = Math.max(us - previousUs, (endUs ?? -1) - previousUs)
  return Math.trunc(gap / 1e6 + 2) * 1e6
}

/** Of ICMP the payload is not compared. */
function isZero(octets: Uint8Array, { body, place }: Packet): boolean {
  if (body.type !== 'tcp' && body.type !== 'udp') return true
  for (let at = place.end - body.payloadLength; at < place.end; at++) if (octets[at] !== 0) return false
  return true
}

/** All from the last packet, but sequence number and CWR from the first; of the lengths only IP's grow (5.4, O-12). */
function merge(parts: readonly Sniffed[], payloadLength: number): Sniffed {
  const [first, last] = [parts[0] as Sniffed, parts.at(-1) as Sniffed]
  const grown = payloadLength - last.packet.body.payloadLength
  const longer = <Header extends OuterHeader>(header: Header): Header =>
    'totalLength' in header ? { ...header, totalLength: header.totalLength + grown } : header
  const { outer, ip, place } = last.packet
  const packet = {
    outer: outer.map(longer),
    ip: longer(ip),
    body: mergeBodies(first.packet, last.packet, payloadLength),
    place,
  }
  return { packet, atUs: last.atUs, zeroPayload: parts.every((part) => part.zeroPayload) }
}

function mergeBodies(first: Packet, last: Packet, payloadLength: number): Body {
  if (!isTcp(first) || !isTcp(last)) return { ...last.body, payloadLength }
  const flags = (last.body.flags & ~Flag.cwr) | (first.body.flags & Flag.cwr)
  return { ...last.body, seq: first.body.seq, flags, payloadLength }
}
