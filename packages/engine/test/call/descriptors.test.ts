import { describe, expect, it } from 'vitest'
import { Descriptors } from '../../src/call/descriptors.js'
import { newSocket } from '../../src/flow/tracked-socket.js'

const socket = newSocket(6, 'new', 'ipv4')
const behind = { kind: 'socket', socket, ping: false } as const

function open(...pairs: readonly (readonly [script: number, live: number])[]): Descriptors {
  const descriptors = new Descriptors()
  for (const [script, live] of pairs) descriptors.add(script, live, behind)
  return descriptors
}

describe('descriptors', () => {
  it('are the script’s names for live ones', () => {
    expect(open([3, 17], [4, 18]).get(4)).toMatchObject({ liveFd: 18, behind })
  })

  it('that are unknown or closed are refused, with those that are open', () => {
    const descriptors = open([3, 17], [4, 18])
    descriptors.close(4)
    expect(() => descriptors.get(4)).toThrow(
      expect.objectContaining({ message: 'unable to find fd with script fd 4', hint: 'open here: 3' }),
    )
    expect(() => open().get(3)).toThrow(expect.objectContaining({ hint: 'no descriptor is open here' }))
  })

  it('may be used again after close()', () => {
    const descriptors = open([3, 17])
    descriptors.close(3)
    descriptors.add(3, 17, behind)
    expect(descriptors.get(3).liveFd).toBe(17)
  })

  it('must differ while they are open, in the script and live', () => {
    expect(() => open([3, 17], [3, 18])).toThrow('duplicate fd 3 in script')
    expect(() => open([3, 17], [4, 17])).toThrow('duplicate live fd 17')
  })

  it('are of sockets where a call needs one', () => {
    const descriptors = open([3, 17])
    descriptors.add(4, 18, { kind: 'pipe' })
    expect(descriptors.socket(3)).toBe(socket)
    expect(() => descriptors.socket(4)).toThrow('unable to find socket with script fd 4')
  })

  it('are not checked by accept(): the newest counts', () => {
    const descriptors = open([3, 17])
    descriptors.replace(3, 18, behind)
    expect(descriptors.get(3).liveFd).toBe(18)
  })
})
