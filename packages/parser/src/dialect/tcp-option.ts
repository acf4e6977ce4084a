// TCP options that other dialects have: MPTCP's, and digests that nplab/packetdrill computes by itself.
//   option = ( 'mpcapable' | 'dss' | 'mp_join_syn' | … ) … .      (* up to the next ',' or '>' *)
//   digest = 'valid' | 'invalid' .
// Read first: RFC 8684 3. Their lengths are not known here, so a list that holds one is not measured.
import type { Reader } from '../grammar/reader.js'
import { C, T } from '../scan/token.js'
import { takeBalanced } from './balanced.js'
import { markForeign } from './mark.js'

const MPTCP = new Set([
  'mpcapable',
  'mp_capable',
  'mp_join_syn',
  'mp_join_syn_ack',
  'mp_join_ack',
  'dss',
  'add_address',
  'remove_address',
  'mp_prio',
  'mp_fail',
  'mp_fastclose',
  'mp_reset',
])

const BRACKETS: ReadonlySet<number> = new Set([C.openParenthesis, C.openBracket, C.openBrace])

/** Takes an option of another dialect if the reader stands on one. */
export function takeForeignOption(reader: Reader): boolean {
  if (reader.kind !== T.word || !MPTCP.has(reader.sourceText())) return false
  const { start } = reader
  const name = reader.sourceText()
  reader.next()
  while (reader.kind !== C.comma && reader.kind !== C.greater) {
    if (BRACKETS.has(reader.kind)) takeBalanced(reader)
    else if (FIELD_TOKENS.has(reader.kind) || reader.kind > T.illegal) reader.next()
    else break
  }
  markForeign(reader, 'MPTCP', `the TCP option ${name}`, start)
  return true
}

const FIELD_TOKENS: ReadonlySet<number> = new Set([T.word, T.integer, T.hex, C.equals, T.ellipsis, T.ipv4, T.ipv6])

/** A digest that is to be computed, or to be wrong. */
export function takeComputedDigest(reader: Reader): boolean {
  const text = reader.sourceText()
  if (text !== 'valid' && text !== 'invalid') return false
  const { start } = reader
  reader.next()
  markForeign(reader, 'nplab packetdrill', 'MD5 digests that are computed', start)
  return true
}
