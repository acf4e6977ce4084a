import { describe, expect, it } from 'vitest'
import { CallRecord } from '../../src/call/record.js'
import { Call, CallOp } from '../../src/host/layout.js'

describe('a call record', () => {
  const octets = new Uint8Array(Call.size).fill(0xee)
  const view = new DataView(octets.buffer)
  const record = new CallRecord(octets)

  it('begins without anything of the call before', () => {
    record.begin('getsockopt', 7, -1, 2, 3)
    expect(view.getUint32(Call.op, true)).toBe(CallOp.getsockopt)
    expect(view.getUint32(Call.flags, true)).toBe(0)
    expect([Call.fd, Call.arg0, Call.arg1, Call.arg2, Call.arg3].map((at) => view.getInt32(at, true))).toEqual([
      7, -1, 2, 3, 0,
    ])
    expect(view.getUint32(Call.inLength, true)).toBe(0)
    expect(view.getUint32(Call.outCapacity, true)).toBe(Call.size - Call.data)
  })

  it('appends its data', () => {
    record.begin('poll', -1)
    record.put(Uint8Array.from([1, 2]))
    record.put32(-2)
    expect(view.getUint32(Call.inLength, true)).toBe(6)
    expect([...octets.slice(Call.data, Call.data + 6)]).toEqual([1, 2, 254, 255, 255, 255])
  })

  it('gives no more data than it can hold', () => {
    expect(record.data(1e6)).toHaveLength(CallRecord.capacity)
  })
})
