// Collecting what the stack sent for one expected line: sniff, sort out, put segments together, verify.
// Interpreter thread. Read first: language/2-packets.md 5.4 and 6.
import type { Due, Tolerance } from '../clock/tolerance.js'
import { seconds, timingError, toleranceUs, wideSeconds } from '../clock/tolerance.js'
import { WireError } from '../errors.js'
import { type FlowTable, protocolHint } from '../flow/flow-table.js'
import type { TrackedSocket } from '../flow/tracked-socket.js'
import { toScript, translateTimestamp } from '../flow/translate.js'
import type { Host } from '../host/host.js'
import { compareContinuation, compareWithScript } from '../match/compare.js'
import { sideBySide } from '../match/side-by-side.js'
import type { ScriptPacket } from '../schedule/script-packet.js'
import { type Problem, packetProblem } from '../trace/problem.js'
import { hexDump, packetText, readPacket, type TcpPacket } from '../wire/packet.js'
import { Flag } from '../wire/tcp.js'

export interface OutboundOptions {
  readonly tolerance: Tolerance
  readonly strictSegments: boolean
  readonly tickUsecs: number
  /** Called with each packet of the flow, before its numbers are translated. */
  readonly onSniffed: (packet: TcpPacket, atUs: number) => void
}

interface Sniffed {
  readonly packet: TcpPacket
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
    const { tcp } = script.values
    const synAck = Flag.syn | Flag.ack
    const passive = (tcp.flags & synAck) === synAck && socket.state === 'packet-received'
    if (passive) socket.scriptLocalIsn = tcp.seq
    const timeoutUs = waitUs(due, previousUs ?? 0)
    const sniffed = this.gather(socket, script, due, timeoutUs, passive)
    return { atUs: sniffed.atUs, problem: this.verify(socket, script, sniffed, due, previousUs) }
  }

  private gather(socket: TrackedSocket, script: ScriptPacket, due: Due, timeoutUs: number, passive: boolean): Sniffed {
    const wanted = script.values.tcp.payloadLength
    let parts: Sniffed[] = []
    let got = 0
    do {
      const next = this.sniff(socket, script, due, timeoutUs, parts)
      if (passive && socket.state === 'packet-received') {
        socket.liveLocalIsn = next.packet.tcp.seq
        socket.state = 'synack-sent'
      }
      this.options.onSniffed(next.packet, next.atUs)
      if (next.packet.tcp.optionsError !== null) throw packetProblem(next.packet.tcp.optionsError)
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
      got += next.packet.tcp.payloadLength
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
    const length = next.packet.tcp.payloadLength
    let mismatch = compareContinuation(previous, next.packet)
    if (mismatch === null && length < wanted - got && length !== previous.tcp.payloadLength) {
      const [expected, actual] = [previous.tcp.payloadLength, length]
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
      let packet: TcpPacket | null
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
    const mismatch = compareWithScript(script, packet, { tickUsecs, toleranceUs: timestampTolerance })
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

const sameFlow = (a: TcpPacket, b: TcpPacket) =>
  a.tcp.sourcePort === b.tcp.sourcePort && a.tcp.destinationPort === b.tcp.destinationPort

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
    const [got, wanted] = [sum(parts), script.values.tcp.payloadLength]
    const differences = [{ field: 'payload', expected: String(wanted), actual: String(got) }]
    const hint = `the stack has sent ${got} of the ${wanted} octets, and then nothing more`
    return packetProblem(reason, hint, { differences, packets: sideBySide(script, last, differences) })
  }
  const waited = Number.isFinite(timeoutUs) ? `in ${timeoutUs / 1e6} s` : 'at all'
  const nothing = `the stack sent nothing of this connection ${waited}; expected at ${seconds(due.us)}: ${script.text.trim()}`
  return packetProblem(reason, protocolHint(socket) ?? nothing)
}

const sum = (parts: readonly Sniffed[]) => parts.reduce((total, { packet }) => total + packet.tcp.payloadLength, 0)

/** 5.3: whole seconds, two more than the gap; for ever where any time will do. */
function waitUs({ kind, us, endUs }: Due, previousUs: number): number {
  if (kind === 'any') return Number.POSITIVE_INFINITY
  const gap = Math.max(us - previousUs, (endUs ?? -1) - previousUs)
  return Math.trunc(gap / 1e6 + 2) * 1e6
}

function isZero(octets: Uint8Array, { ip, tcp }: TcpPacket): boolean {
  const end = ip.totalLength
  for (let at = ip.totalLength - tcp.payloadLength; at < end; at++) if (octets[at] !== 0) return false
  return true
}

/** All from the last segment but sequence number and CWR, which are the first's (5.4). */
function merge(parts: readonly Sniffed[], payloadLength: number): Sniffed {
  const [first, last] = [parts[0] as Sniffed, parts.at(-1) as Sniffed]
  const { ip, tcp } = last.packet
  const flags = (tcp.flags & ~Flag.cwr) | (first.packet.tcp.flags & Flag.cwr)
  return {
    packet: {
      ip: { ...ip, totalLength: ip.headerLength + tcp.dataOffset * 4 + payloadLength },
      tcp: { ...tcp, seq: first.packet.tcp.seq, flags, payloadLength },
    },
    atUs: last.atUs,
    zeroPayload: parts.every((part) => part.zeroPayload),
  }
}
