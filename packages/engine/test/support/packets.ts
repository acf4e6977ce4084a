// Packet lines for tests: written in the script's notation, parsed and built as a run does it.
import { type PacketAction, parseScript } from '@lunadrill/parser'
import { buildPacket, type ScriptPacket } from '../../src/schedule/script-packet.js'

/** The packet action of one line without its time, such as `> S. 0:0(0) ack 1`. */
export function action(line: string): PacketAction {
  const { script, diagnostics } = parseScript(`0 ${line}\n`)
  const event = script?.events[0]
  if (event?.action.type !== 'packet') throw new Error(`no packet: ${line}: ${diagnostics[0]?.message}`)
  return event.action
}

export function packet(line: string): ScriptPacket {
  const { direction, ip, body } = action(line)
  if (body.type !== 'tcp') throw new Error(`not TCP: ${line}`)
  return buildPacket(direction, ip, body)
}
