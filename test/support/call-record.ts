// Call records written and read by hand, for tests that drive a native host directly.
// Read first: packages/engine/src/host/layout.ts.
import { Call } from '../../packages/engine/src/host/layout.js'

export interface Fields {
  fd?: number
  args?: number[]
  data?: Uint8Array
  flags?: number
  outCapacity?: number
}

/** Fills in the left column and the data; `record` has room for both. */
export function writeCall(
  record: Uint8Array,
  op: number,
  { fd = -1, args = [], data, flags = 0, outCapacity = Call.size - Call.data }: Fields,
) {
  const view = new DataView(record.buffer, record.byteOffset)
  view.setUint32(Call.op, op, true)
  view.setUint32(Call.flags, flags, true)
  view.setInt32(Call.fd, fd, true)
  for (let i = 0; i < 4; i++) view.setInt32(Call.arg0 + 4 * i, args[i] ?? 0, true)
  view.setUint32(Call.inLength, data?.length ?? 0, true)
  view.setUint32(Call.outCapacity, outCapacity, true)
  if (data) record.set(data, Call.data)
}

/** The right column and the data of the record that starts at `at`. */
export function readCall(octets: Uint8Array, at = 0) {
  const view = new DataView(octets.buffer, octets.byteOffset + at)
  const outLength = view.getUint32(Call.outLength, true)
  return {
    result: view.getInt32(Call.result, true),
    errno: view.getInt32(Call.errno, true),
    startUs: view.getFloat64(Call.startUs, true),
    returnUs: view.getFloat64(Call.returnUs, true),
    data: octets.slice(at + Call.data, at + Call.data + outLength),
  }
}
