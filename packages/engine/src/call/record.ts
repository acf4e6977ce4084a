// A call record (host/layout.ts, `Call`) as an object: the engine writes arguments and reads results through it.
// Interpreter thread, timed phase included: allocates nothing after construction.
import { Call, CallFlag, CallOp } from '../host/layout.js'

export class CallRecord {
  private readonly view: DataView

  constructor(private readonly octets: Uint8Array) {
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  }

  /** Begins a call: everything but `data` is reset. */
  begin(op: keyof typeof CallOp, fd: number, arg0 = 0, arg1 = 0, arg2 = 0, arg3 = 0): void {
    const { view } = this
    view.setUint32(Call.op, CallOp[op], true)
    view.setUint32(Call.flags, 0, true)
    view.setInt32(Call.fd, fd, true)
    view.setInt32(Call.arg0, arg0, true)
    view.setInt32(Call.arg1, arg1, true)
    view.setInt32(Call.arg2, arg2, true)
    view.setInt32(Call.arg3, arg3, true)
    view.setUint32(Call.inLength, 0, true)
    view.setUint32(Call.outCapacity, CallRecord.capacity, true)
  }

  /** Octets that `data` can hold. */
  static readonly capacity = Call.size - Call.data

  /** Appends to the input data. */
  put(octets: Uint8Array): void {
    const at = this.view.getUint32(Call.inLength, true)
    this.octets.set(octets, Call.data + at)
    this.view.setUint32(Call.inLength, at + octets.length, true)
  }

  put32(value: number): void {
    const at = this.view.getUint32(Call.inLength, true)
    this.view.setUint32(Call.data + at, value, true)
    this.view.setUint32(Call.inLength, at + 4, true)
  }

  put64(value: bigint): void {
    const at = this.view.getUint32(Call.inLength, true)
    this.view.setBigUint64(Call.data + at, BigInt.asUintN(64, value), true)
    this.view.setUint32(Call.inLength, at + 8, true)
  }

  /** Zeros up to a multiple of 8. */
  align8(): void {
    while (this.view.getUint32(Call.inLength, true) % 8 !== 0) this.put32(0)
  }

  /** Of sendto: the first octet of what is sent. */
  set payloadType(value: number) {
    this.view.setInt32(Call.arg3, value, true)
  }

  set flags(value: number) {
    this.view.setUint32(Call.flags, value, true)
  }

  get op(): number {
    return this.view.getUint32(Call.op, true)
  }
  get fd(): number {
    return this.view.getInt32(Call.fd, true)
  }
  get blocking(): boolean {
    return (this.view.getUint32(Call.flags, true) & CallFlag.blocking) !== 0
  }
  get result(): number {
    return this.view.getInt32(Call.result, true)
  }
  /** 0 where the call succeeded. */
  get errno(): number {
    return this.view.getInt32(Call.errno, true)
  }
  get outLength(): number {
    return this.view.getUint32(Call.outLength, true)
  }
  /** Microseconds of the run. */
  get startUs(): number {
    return this.view.getFloat64(Call.startUs, true)
  }
  get returnUs(): number {
    return this.view.getFloat64(Call.returnUs, true)
  }

  data(length: number): Uint8Array {
    return this.octets.slice(Call.data, Call.data + Math.min(length, CallRecord.capacity))
  }
  i32(at: number): number {
    return this.view.getInt32(Call.data + at, true)
  }
  u32(at: number): number {
    return this.view.getUint32(Call.data + at, true)
  }
  u64(at: number): bigint {
    return this.view.getBigUint64(Call.data + at, true)
  }
  f64(at: number): number {
    return this.view.getFloat64(Call.data + at, true)
  }
  u16(at: number): number {
    return this.view.getUint16(Call.data + at, true)
  }
}
