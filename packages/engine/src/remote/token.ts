// The shared token of a wire client and its server, and the proofs that each knows it. The token itself never travels.
// Read first: docs/wire-protocol.md, "Who may connect"; RFC 2104 (HMAC).
import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { EngineError } from '../errors.js'
import type { RunOptions } from '../run/types.js'
import { PROTOCOL_VERSION } from './protocol.js'

const SHORTEST = 8
const VARIABLE = 'LUNADRILL_WIRE_TOKEN'
const REMEDY = `give both ends the same token: ${VARIABLE}=… in the environment, --wire_token_file=FILE or --wire_token=…`

/** From the options, else their file, else the environment. EngineError LD_WIRE_TOKEN: none, too short, an unreadable file. */
export function tokenOf({ wireToken, wireTokenFile }: Pick<RunOptions, 'wireToken' | 'wireTokenFile'>): string {
  const token = wireToken ?? fileToken(wireTokenFile) ?? process.env[VARIABLE]
  if (token === undefined) throw new EngineError('LD_WIRE_TOKEN', 'remote wire mode needs a token', REMEDY)
  if (token.length >= SHORTEST) return token
  const remedy = 'make one: openssl rand -hex 16'
  throw new EngineError('LD_WIRE_TOKEN', `the wire token has less than ${SHORTEST} characters`, remedy)
}

function fileToken(path: string | null): string | undefined {
  if (path === null) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new EngineError('LD_WIRE_TOKEN', `the wire token cannot be read: ${(error as Error).message}`, REMEDY)
  }
}

/** HMAC-SHA256 under the token: 32 octets that only this end of this one connection can have made. */
export function proofOf(
  end: 'client' | 'server',
  token: string,
  clientNonce: Uint8Array,
  serverNonce: Uint8Array,
): Uint8Array {
  return createHmac('sha256', token)
    .update(`lunadrill wire ${PROTOCOL_VERSION} ${end}\0`)
    .update(clientNonce)
    .update(serverNonce)
    .digest()
}

export function sameProof(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
