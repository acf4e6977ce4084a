import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { scratch } from '../../../../test/support/scratch.js'
import { proofOf, sameProof, tokenOf } from '../../src/remote/token.js'

const { folder } = scratch()
const file = join(folder, 'token')
writeFileSync(file, 'out of a file\n')
const none = { wireToken: null, wireTokenFile: null }

afterEach(() => vi.unstubAllEnvs())

describe('the token', () => {
  it('comes from the option, else the file, else the environment', () => {
    vi.stubEnv('LUNADRILL_WIRE_TOKEN', 'environment')
    expect(tokenOf({ wireToken: 'from option', wireTokenFile: file })).toBe('from option')
    expect(tokenOf({ wireToken: null, wireTokenFile: file })).toBe('out of a file')
    expect(tokenOf(none)).toBe('environment')
  })

  it('must be there', () => {
    vi.stubEnv('LUNADRILL_WIRE_TOKEN', undefined)
    expect(() => tokenOf(none)).toThrow('remote wire mode needs a token')
  })

  it('must not be short, nor in a file that is not there', () => {
    expect(() => tokenOf({ ...none, wireToken: 'seven77' })).toThrow('less than 8 characters')
    expect(() => tokenOf({ ...none, wireTokenFile: join(folder, 'absent') })).toThrow('cannot be read')
  })
})

describe('a proof', () => {
  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const proof = proofOf('client', 'correct horse', a, b)

  it('is the HMAC-SHA256 that docs/wire-protocol.md describes', () => {
    // printf 'lunadrill wire 1 client\0' + 32 × 01 + 32 × 02 | openssl dgst -sha256 -hmac 'correct horse'
    expect(Buffer.from(proof).toString('hex')).toBe('c5399680b0faedc7dbd29f7b946585d3be525269c9fc74d9ca7112b2905708a0')
  })

  it.each([
    ['end', proofOf('server', 'correct horse', a, b)],
    ['token', proofOf('client', 'correct horsf', a, b)],
    ["client's nonce", proofOf('client', 'correct horse', b, b)],
    ["server's nonce", proofOf('client', 'correct horse', a, a)],
    ['order of nonces', proofOf('client', 'correct horse', b, a)],
  ])('is another one for another %s', (_what, other) => {
    expect(sameProof(proof, other)).toBe(false)
  })

  it('equals itself, and nothing of another length', () => {
    expect(sameProof(proof, proof.slice())).toBe(true)
    expect(sameProof(proof, proof.slice(1))).toBe(false)
  })
})
