// Reads what a userspace stack's host has left in the progress file (layout.ts, `Flight`). Supervisor, after the run process
// has ended, or the run process itself. Read first: dpdk-native/native/recorder/flight-recorder.h.
import { readSync } from 'node:fs'
import { Flight } from '../host/layout.js'

export interface FlightRecord {
  /** FlightKind; `none`: nothing has brought the process down that the record knows of. */
  readonly kind: number
  /** The signal, or the status given to exit(). */
  readonly number: number
  /** si_code; sigaction(2). */
  readonly code: number
  /** StackEntry at that moment. */
  readonly entry: number
  /** False where another thread than the stack's was at fault. */
  readonly onHost: boolean
  /** What was accessed, or which instruction it was; 0n where the signal tells none. */
  readonly address: bigint
  /** Program counters, innermost first; the first is one itself where `exactFirst`, the others are return addresses. */
  readonly frames: readonly bigint[]
  readonly exactFirst: boolean
  /** What the C library or a sanitizer said; '' for nothing. */
  readonly words: string
  /** Lines of /proc/PID/maps. */
  readonly maps: string
  /** The last packets, oldest first. */
  readonly packets: readonly RecordedPacket[]
  /** How many there were. */
  readonly packetCount: number
}

export interface RecordedPacket {
  /** Microseconds of script time. */
  readonly atUs: number
  readonly toStack: boolean
  /** Octets of the packet. */
  readonly length: number
  /** As many of them as were kept. */
  readonly octets: Uint8Array
}

/** Of the run that was opened last. */
export function readFlight(fd: number): FlightRecord {
  const page = Buffer.alloc(Flight.size)
  readSync(fd, page, 0, page.length, 0)
  const word = (at: number) => page.readUInt32LE(at)
  const text = (at: number, length: number) => page.toString('utf8', at, at + length)
  const frames = Math.min(word(Flight.frames), Flight.frameRoom)
  const packetCount = word(Flight.packets)
  const first = Math.max(0, packetCount - Flight.slots)
  return {
    kind: word(Flight.kind),
    number: word(Flight.number),
    code: page.readInt32LE(Flight.code),
    entry: word(Flight.entry),
    onHost: word(Flight.onHost) === 1,
    address: page.readBigUInt64LE(Flight.address),
    frames: Array.from({ length: frames }, (_, i) => page.readBigUInt64LE(Flight.frameList + 8 * i)),
    exactFirst: word(Flight.exactFirst) === 1,
    words: text(Flight.wordList, Math.min(word(Flight.words), Flight.wordRoom)),
    maps: text(Flight.mapList, Math.min(word(Flight.maps), Flight.mapRoom)),
    packets: Array.from({ length: packetCount - first }, (_, i) => packetAt(page, first + i)),
    packetCount,
  }
}

function packetAt(page: Buffer, number: number): RecordedPacket {
  const at = Flight.packetSlots + (number % Flight.slots) * Flight.slotSize
  const octetsAt = at + Flight.packetHead
  const kept = Math.min(page.readUInt32LE(at + 4), Flight.packetRoom)
  return {
    length: page.readUInt32LE(at),
    toStack: page.readUInt32LE(at + 8) === 1,
    atUs: page.readDoubleLE(at + 16),
    octets: page.subarray(octetsAt, octetsAt + kept),
  }
}
