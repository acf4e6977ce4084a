// Calls that move octets: only lengths matter, what is sent are zeros. Read first: language/3-calls.md 3.
import type { Arguments } from './arguments.js'
import { field, notNegative } from './arguments.js'
import type { CallForm, CallMaker } from './call.js'
import { ValueError } from './evaluate.js'
import { CallRecord } from './record.js'
import { putDestination } from './socket-calls.js'

export const transferCalls: readonly (readonly [string, CallMaker])[] = [
  ['read', (args) => counted('read', args, 3)],
  ['write', (args) => counted('write', args, 3)],
  ['recv', (args) => counted('recv', args, 4)],
  ['send', (args) => counted('send', args, 4)],
  ['readv', (args) => vectored('readv', args)],
  ['writev', (args) => vectored('writev', args)],
  [
    'recvfrom',
    (args) => {
      const form = counted('recvfrom', args, 6)
      args.ellipsis(4)
      args.ellipsis(5)
      return form
    },
  ],
  [
    'sendto',
    (args) => {
      const form = counted('sendto', args, 6)
      const fd = args.s32(0)
      const family = args.isEllipsis(4) ? null : args.s32(4)
      args.ellipsis(5)
      return {
        mode: 'exact',
        write: (record, context) => {
          form.write(record, context)
          putDestination(record, context, context.descriptors.get(fd).socket, family)
        },
      }
    },
  ],
]

/** `name(fd, buffer, count[, flags…])`. */
function counted(
  name: 'read' | 'write' | 'recv' | 'send' | 'recvfrom' | 'sendto',
  args: Arguments,
  arity: number,
): CallForm {
  args.count(arity)
  const fd = args.s32(0)
  const noBuffer = args.nullBuffer(1)
  const count = args.size(2)
  const flags = arity > 3 ? args.s32(3) : 0
  return {
    mode: 'exact',
    write: (record, { descriptors }) => record.begin(name, descriptors.get(fd).liveFd, count, flags, noBuffer ? 1 : 0),
  }
}

/** `name(fd, [{..., n}, …], count)`. */
function vectored(name: 'readv' | 'writev', args: Arguments): CallForm {
  args.count(3)
  const fd = args.s32(0)
  const lengths = args.list(1).map((element) => notNegative(field(args.struct(element, 'iovec'), 'iov_len')))
  const count = args.s32(2)
  if (count !== lengths.length) {
    throw new ValueError(`iov_count ${count} does not match ${lengths.length}-element iovec array`)
  }
  if (lengths.length * 4 > CallRecord.capacity) throw new ValueError(`more than ${CallRecord.capacity / 4} elements`)
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      record.begin(name, descriptors.get(fd).liveFd, count)
      for (const length of lengths) record.put32(length)
    },
  }
}
