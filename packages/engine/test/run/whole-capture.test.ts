// A capture that a kill has cut, made whole again.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { endCapture } from '../../src/run/whole-capture.js'

const folder = mkdtempSync(join(tmpdir(), 'capture-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const words = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer)
const head = words(0xa1b2c3d4, 2 | (4 << 16), 0, 0, 65535, 1)
const frame = (octets: number) => Buffer.concat([words(1, 2, octets, octets), Buffer.alloc(octets, 7)])
const two = Buffer.concat([head, frame(60), frame(1514)])

function ended(octets: Buffer): Buffer {
  const path = join(folder, 'x.pcap')
  writeFileSync(path, octets)
  endCapture(path)
  return readFileSync(path)
}

describe('endCapture', () => {
  it('leaves whole ones alone', () => {
    expect(ended(two)).toEqual(two)
    expect(ended(head)).toEqual(head)
  })

  it('takes the beginning of a frame away, wherever it ends', () => {
    const one = two.subarray(0, 24 + 76)
    for (const at of [1, 15, 16, 17, 1000, 16 + 1513]) expect(ended(two.subarray(0, one.length + at))).toEqual(one)
    expect(ended(two.subarray(0, 30))).toEqual(head)
  })

  it('leaves alone what is no capture of ours, or not there', () => {
    for (const other of [
      Buffer.alloc(0),
      Buffer.from('a file of somebody, which is no capture'),
      head.subarray(0, 20),
    ]) {
      expect(ended(other)).toEqual(other)
    }
    expect(() => endCapture(join(folder, 'none'))).not.toThrow()
    expect(() => endCapture(folder)).not.toThrow()
  })
})
