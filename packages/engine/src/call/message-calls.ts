// sendmsg() and recvmsg(): parts, control messages, flags. Read first: language/3-calls.md 3.1; control-message.ts.
import { type Arguments, field, member, structOf } from './arguments.js'
import type { CallContext, CallForm, CallMaker } from './call.js'
import { compareControl, controlOctets } from './control-message.js'
import { type Value, ValueError } from './evaluate.js'
import { CallRecord } from './record.js'
import { putDestination } from './socket-calls.js'
import { partLengths } from './transfer-calls.js'

export const messageCalls: readonly (readonly [string, CallMaker])[] = [
  ['sendmsg', sendmsg],
  ['recvmsg', recvmsg],
]

interface Message {
  readonly lengths: readonly number[]
  /** As the kernel takes them; what is listed, and no more room. */
  readonly control: Uint8Array
  readonly flags: number
}

function message(args: Arguments): Message {
  const fields = structOf(args.at(1), 'msghdr')
  const lengths = partLengths(listOf(member(fields, 'msg_iov')))
  const count = field(fields, 'msg_iovlen')
  if (count !== lengths.length) {
    throw new ValueError(`msg_iovlen ${count} does not match ${lengths.length}-element iovec array`)
  }
  const listed = fields.get('msg_control')
  const control = controlOctets(listed === undefined ? [] : listOf(listed))
  if (lengths.length * 4 + control.length > CallRecord.capacity - ROOM) throw new ValueError('the message is too long')
  return { lengths, control, flags: field(fields, 'msg_flags') }
}

/** For an address, and for what recvmsg() returns before the control messages. */
const ROOM = 256

function put(record: CallRecord, { lengths, control }: Message): void {
  for (const length of lengths) record.put32(length)
  record.align8()
  record.put(control)
}

function sendmsg(args: Arguments): CallForm {
  args.count(3)
  const fd = args.fd(0)
  const sent = message(args)
  const flags = args.s32(2)
  if (sent.flags !== 0) throw new ValueError('sendmsg ignores msg_flags field in msghdr')
  return {
    mode: 'exact',
    write: (record, context) => {
      const { descriptors } = context
      record.begin('sendmsg', descriptors.live(fd), flags, sent.lengths.length, sent.control.length)
      put(record, sent)
      putDestination(record, context, descriptors.socket(fd), null)
    },
  }
}

function recvmsg(args: Arguments): CallForm {
  args.count(3)
  const fd = args.fd(0)
  const expected = message(args)
  const flags = args.s32(2)
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      const { lengths, control } = expected
      record.begin('recvmsg', descriptors.live(fd), flags, lengths.length, control.length, expected.flags)
      put(record, expected)
    },
    after: (record, context) => judgeMessage(record, context, expected),
  }
}

function judgeMessage(record: CallRecord, { toleranceUsecs }: CallContext, { flags, control }: Message): void {
  const actual = record.u32(0)
  if (actual !== flags >>> 0) throw new ValueError(`Expected msg_flags ${hex(flags >>> 0)} but got ${hex(actual)}`)
  const received = record.u32(4)
  compareControl(control, record.data(16 + received).subarray(16), {
    toleranceUs: toleranceUsecs,
    epochUs: record.f64(8),
  })
}

const hex = (flags: number) => `0x${flags.toString(16).toUpperCase().padStart(8, '0')}`

function listOf(value: Value): readonly Value[] {
  if (value.type !== 'list') throw new Error('the parser gives a list')
  return value.elements
}
