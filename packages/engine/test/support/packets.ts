// Packet lines for tests: written in the script's notation, parsed and built as a run does it.
import { type PacketAction, parseScript } from '@lunadrill/parser'
import { buildPacket, type ScriptPacket } from '../../src/schedule/script-packet.js'
import type { Family } from '../../src/wire/address.js'
import type { Body } from '../../src/wire/packet.js'
import type { TcpSegment } from '../../src/wire/tcp.js'

/** The packet action of one line without its time, such as `> S. 0:0(0) ack 1`. */
export function action(line: string, wireFamily: Family = 'ipv4'): PacketAction {
  const { script, diagnostics } = parseScript(`0 ${line}\n`, () => ({ wireFamily, defines: new Map(), pspUdpPort: 0 }))
  const event = script?.events[0]
  if (event?.action.type !== 'packet') throw new Error(`no packet: ${line}: ${diagnostics[0]?.message}`)
  return event.action
}

export function packet<B extends Body = TcpSegment>(line: string, family: Family = 'ipv4'): ScriptPacket<B> {
  return buildPacket(action(line, family), family) as ScriptPacket<B>
}
