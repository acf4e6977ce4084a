// From the flight record to what reports say of a stack's fault. Supervisor, untimed.
import { constants } from 'node:os'
import { WireError } from '../errors.js'
import { FlightKind, StackEntry } from '../host/layout.js'
import type { Frame, KeptPacket, StackFault } from '../trace/failure.js'
import { addressText } from '../wire/address.js'
import { packetText, readPacket } from '../wire/packet.js'
import { symbolise } from './backtrace.js'
import type { FlightRecord, RecordedPacket } from './flight-record.js'
import { reportWords } from './sanitizer-report.js'

/** More says nothing that these do not: an endless recursion. */
const SHOWN_FRAMES = 32

const entryNames: ReadonlyMap<number, string> = new Map(
  Object.entries(StackEntry).map(([name, number]) => [number, name]),
)
/** Not the older names that some signals have as well. */
const aliases = new Set(['SIGIOT', 'SIGPOLL', 'SIGUNUSED'])
const signalNames: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).flatMap(([name, number]) => (aliases.has(name) ? [] : [[number, name]])),
)

/** `event`: the script's line that was being carried out, in one line; null before the first. */
export function stackFault(record: FlightRecord, event: string | null): StackFault {
  const { kind, number, code, entry, onHost, address, words, packets, packetCount } = record
  const signal = kind === FlightKind.signal ? (signalNames.get(number) ?? `signal ${number}`) : null
  const tellsAddress = signal !== null && signal !== 'SIGABRT' && code > 0
  return {
    event,
    entry: entry === StackEntry.none || kind === FlightKind.none ? null : (entryNames.get(entry) ?? null),
    signal,
    address: tellsAddress ? `0x${address.toString(16)}` : null,
    thread: kind === FlightKind.none || onHost ? 'stack' : 'other',
    words: words.trim() === '' ? null : reportWords(words),
    backtrace: backtraceOf(record),
    packets: packets.map(packetOf),
    packetCount,
    leaked: [],
  }
}

/** Of the stack alone: from where the fault was to where lunadrill called it. */
function backtraceOf({ kind, frames, exactFirst, maps }: FlightRecord): Frame[] {
  const all = symbolise(frames.slice(0, SHOWN_FRAMES), exactFirst, maps)
  // exit(), or a sanitizer's runtime, has called the recorder; or the runtime has called abort().
  const called = kind === FlightKind.exit || kind === FlightKind.report
  const from = called
    ? all.findIndex((frame) => !isHost(frame) && !isSanitizer(frame))
    : all.findLastIndex(isSanitizer) + 1
  const own = from === -1 ? [] : all.slice(from)
  const end = own.findIndex(isHost)
  return end <= 0 ? own : own.slice(0, end)
}

/** lunadrill's addon. */
const isHost = ({ object }: Frame) => object?.endsWith('.node') ?? false
const isSanitizer = ({ object }: Frame) => /\/lib(asan|ubsan|clang_rt\.(asan|ubsan))[^/]*$/.test(object ?? '')

/** In live numbers: what the script calls them is known by nobody any more. */
function packetOf({ atUs, toStack, length, octets }: RecordedPacket): KeptPacket {
  return { atUs, toStack, length, text: livePacketText(octets, length) }
}

/** `length`: octets of the packet; those behind `octets` are taken for payload. */
export function livePacketText(octets: Uint8Array, length: number): string {
  const whole = new Uint8Array(length)
  whole.set(octets)
  try {
    const packet = readPacket(whole, length)
    if (packet === null)
      return `IP protocol ${whole[0] === undefined ? '' : whole[0] >>> 4 === 6 ? whole[6] : whole[9]}`
    const { ip, body } = packet
    const ports =
      'sourcePort' in body ? ([`:${body.sourcePort}`, `:${body.destinationPort}`] as const) : (['', ''] as const)
    const [from, to] = [addressText(ip.source) + ports[0], addressText(ip.destination) + ports[1]]
    return `${from} > ${to} ${packetText(packet).trim()}`
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    return `a broken packet: ${error.message}`
  }
}
