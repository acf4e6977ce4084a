// The capture that a run has written (--port=pcap:IN,OUT) when its process was killed: each frame is one write, but a kill
// may fall into the midst of one, and then its beginning is taken away. Supervisor. Read first: pcap-savefile(5).
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs'

const MAGIC = 0xa1b2c3d4
const FILE_HEAD = 24
const RECORD_HEAD = 16

/** Cuts the file behind its last whole frame. What is no capture of ours, or not there, is left alone. */
export function endCapture(path: string): void {
  let file: number
  try {
    file = openSync(path, 'r+')
  } catch {
    return
  }
  try {
    const status = fstatSync(file)
    if (status.isFile()) cut(file, status.size)
  } finally {
    closeSync(file)
  }
}

function cut(file: number, size: number): void {
  const head = Buffer.alloc(FILE_HEAD)
  if (readSync(file, head, 0, FILE_HEAD, 0) < FILE_HEAD || head.readUInt32LE(0) !== MAGIC) return
  const record = Buffer.alloc(RECORD_HEAD)
  for (let at = FILE_HEAD; at < size; ) {
    const whole = readSync(file, record, 0, RECORD_HEAD, at) === RECORD_HEAD
    const next = whole ? at + RECORD_HEAD + record.readUInt32LE(8) : size + 1
    if (next > size) {
      ftruncateSync(file, at)
      return
    }
    at = next
  }
}
