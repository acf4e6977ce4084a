// Calls that move octets: only lengths matter, what is sent are zeros. Read first: language/3-calls.md 3.
import { type Arguments, badType, field, notNegative, structOf } from './arguments.js'
import type { CallContext, CallForm, CallMaker } from './call.js'
import { type Value, ValueError } from './evaluate.js'
import { readSocketAddress } from './socket-address.js'
import { putDestination } from './socket-calls.js'

/** Three times what Linux takes at most (IOV_MAX). */
const MOST_PARTS = 3072

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
          const { descriptors } = context
          form.write(record, context)
          const { behind } = descriptors.get(fd)
          if (behind.kind === 'socket' && behind.ping) {
            if (family !== null) throw badType(args.at(4), 'ellipsis')
            record.payloadType = pingType(context)
          }
          putDestination(record, context, descriptors.socket(fd), family)
        },
      }
    },
  ],
]

/** Echo request, of the packets' own IP version. */
const pingType = ({ connectAddress }: CallContext) => (readSocketAddress(connectAddress)?.ip.length === 4 ? 8 : 128)

/** `name(fd, buffer, count[, flags…])`. */
function counted(
  name: 'read' | 'write' | 'recv' | 'send' | 'recvfrom' | 'sendto',
  args: Arguments,
  arity: number,
): CallForm {
  args.count(arity)
  const fd = args.fd(0)
  const noBuffer = args.nullBuffer(1)
  args.s32(2)
  const flags = arity > 3 ? args.s32(3) : 0
  // Upstream allocates behind the types of all of them.
  const count = notNegative(args.s32(2))
  return {
    mode: 'exact',
    write: (record, { descriptors }) => record.begin(name, descriptors.live(fd), count, flags, noBuffer ? 1 : 0),
  }
}

/** Of `[{..., n}, …]`. The stack refuses negative ones. */
export function partLengths(parts: readonly Value[]): number[] {
  const lengths = parts.map((part) => field(structOf(part, 'iovec'), 'iov_len'))
  if (lengths.length > MOST_PARTS) throw new ValueError(`more than ${MOST_PARTS} elements`)
  return lengths
}

/** `name(fd, [{..., n}, …], count)`. */
function vectored(name: 'readv' | 'writev', args: Arguments): CallForm {
  args.count(3)
  const fd = args.fd(0)
  const lengths = partLengths(args.list(1))
  const count = args.s32(2)
  if (count !== lengths.length) {
    throw new ValueError(`iov_count ${count} does not match ${lengths.length}-element iovec array`)
  }
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      record.begin(name, descriptors.live(fd), count)
      for (const length of lengths) record.put32(length)
    },
  }
}
