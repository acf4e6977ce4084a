// Packets that the stack has sent and nobody has asked for yet, in order: octets in one block of memory that grows when it
// must. Interpreter thread; allocates nothing once it has its size.
import { copyOctets } from './channel.js'

const HEAD = 16

export class PacketQueue {
  private octets = new Uint8Array(1 << 20)
  private view = new DataView(this.octets.buffer)
  private first = 0
  private end = 0

  get empty(): boolean {
    return this.first === this.end
  }

  push(from: Uint8Array, at: number, length: number, timeUs: number): void {
    const room = HEAD + ((length + 7) & ~7)
    if (this.end + room > this.octets.length) this.makeRoom(room)
    this.view.setFloat64(this.end, timeUs, true)
    this.view.setUint32(this.end + 8, length, true)
    copyOctets(from, at, this.octets, this.end + HEAD, length)
    this.end += room
  }

  /** Length of the oldest packet, which is copied to `into`; not to be called on an empty queue. */
  shift(into: Uint8Array): number {
    const length = this.view.getUint32(this.first + 8, true)
    copyOctets(this.octets, this.first + HEAD, into, 0, length)
    this.first += HEAD + ((length + 7) & ~7)
    if (this.first === this.end) this.first = this.end = 0
    return length
  }

  /** When the oldest packet was sent. */
  firstAtUs(): number {
    return this.view.getFloat64(this.first, true)
  }

  private makeRoom(room: number): void {
    const kept = this.octets.subarray(this.first, this.end)
    const size = kept.length + room > this.octets.length / 2 ? this.octets.length * 2 : this.octets.length
    const octets = new Uint8Array(Math.max(size, kept.length + room))
    octets.set(kept)
    this.octets = octets
    this.view = new DataView(octets.buffer)
    this.end -= this.first
    this.first = 0
  }
}
