// A stack's fault for people: its words, its backtrace, the last packets. Untimed. Read first: failure.ts, wording.ts.
import { basename } from 'node:path'
import { seconds } from '../clock/tolerance.js'
import type { Frame, KeptPacket, Leaked, StackFault } from './failure.js'

/** So many frames and packets are shown; the data have all. */
const SHOWN_FRAMES = 16
const SHOWN_PACKETS = 8

/** Sections, each with its title. */
export function faultText({ words, backtrace, packets, packetCount, leaked }: StackFault): string[] {
  const parts: string[] = []
  if (words !== null) parts.push(section('said:', words.split('\n')))
  if (leaked.length > 0) parts.push(section('not given back:', leaked.map(leakedText)))
  if (backtrace.length > 0) {
    const more = backtrace.length - SHOWN_FRAMES
    const lines = backtrace.slice(0, SHOWN_FRAMES).map((frame, i) => `#${String(i).padEnd(2)} ${frameText(frame)}`)
    parts.push(section('backtrace:', more > 0 ? [...lines, `and ${more} more`] : lines))
  }
  if (packets.length > 0) {
    const shown = packets.slice(-SHOWN_PACKETS)
    const title = packetCount > shown.length ? `last packets (of ${packetCount}):` : 'packets:'
    parts.push(section(title, shown.map(packetLine)))
  }
  return parts
}

const section = (title: string, lines: readonly string[]) =>
  [`  ${title}`, ...lines.map((line) => `    ${line}`)].join('\n')

function frameText({ object, symbol, offset, source }: Frame): string {
  const hex = `0x${offset.toString(16)}`
  if (object === null) return `${hex} (no code is there)`
  const where = symbol === null ? `${basename(object)}+${hex}` : `${symbol} (${basename(object)})`
  return source === null ? where : `${where} at ${source}`
}

const packetLine = ({ atUs, toStack, text }: KeptPacket) =>
  `${seconds(atUs).padStart(10)}  ${toStack ? 'to the stack  ' : 'from the stack'}  ${text}`

function leakedText({ kind, text, line }: Leaked): string {
  const what = kind === 'frame' ? `a packet buffer: ${text}` : `a file descriptor: ${text}`
  return line === null ? what : `${what} (line ${line})`
}
