// Calls that make, name, connect and end sockets. Read first: language/3-calls.md 3 and 4.
import type { TrackedSocket } from '../flow/tracked-socket.js'
import type { CallContext, CallMaker } from './call.js'
import { ValueError } from './evaluate.js'
import type { CallRecord } from './record.js'
import { AF_INET, AF_INET6, readSocketAddress } from './socket-address.js'

const AF_UNSPEC = 0
const SOCK_DGRAM = 2
const IPPROTO_ICMP = 1
const IPPROTO_ICMPV6 = 58
/** Octets that upstream passes with an address of a bare family. */
const STORAGE = 128

export const socketCalls: readonly (readonly [string, CallMaker])[] = [
  [
    'socket',
    (args) => {
      args.count(3)
      const domain = args.isEllipsis(0) ? null : args.s32(0)
      const [type, protocol] = [args.s32(1), args.s32(2)]
      return {
        mode: 'fd',
        write: (record, context) => record.begin('socket', -1, domain ?? context.domain, type, protocol),
        after: ({ result }, context, expected) => {
          if (result < 0) return
          const { descriptors, flows } = context
          const ping = type === SOCK_DGRAM && isPing(domain ?? context.domain, protocol)
          descriptors.add(expected, result, { kind: 'socket', socket: flows.open(protocol, result), ping })
        },
      }
    },
  ],
  [
    'bind',
    (args) => {
      args.count(3)
      const fd = args.fd(0)
      args.ellipsis(1)
      args.ellipsis(2)
      return {
        mode: 'exact',
        write: (record, { descriptors, bindAddress }) => {
          record.begin('bind', descriptors.live(fd))
          record.put(bindAddress)
        },
      }
    },
  ],
  [
    'listen',
    (args) => {
      args.count(2)
      const [fd, backlog] = [args.fd(0), args.s32(1)]
      return {
        mode: 'exact',
        write: (record, { descriptors }) => record.begin('listen', descriptors.live(fd), backlog),
        after: (_record, { descriptors }) => {
          descriptors.socket(fd).state = 'listening'
        },
      }
    },
  ],
  [
    'accept',
    (args) => {
      args.count(3)
      const fd = args.fd(0)
      args.ellipsis(1)
      args.ellipsis(2)
      return {
        mode: 'fd',
        write: (record, { descriptors }) => record.begin('accept', descriptors.live(fd)),
        after: (record, { descriptors, flows }, expected) => {
          const { result } = record
          if (result < 0) return
          const child = flows.acceptable(readSocketAddress(record.data(record.outLength)))
          if (child === undefined) {
            throw new ValueError(
              'unable to find socket matching accept() call',
              'the script must expect the SYN-ACK of a connection before it accepts one',
            )
          }
          child.liveFd = result
          descriptors.replace(expected, result, { kind: 'socket', socket: child, ping: false })
        },
      }
    },
  ],
  [
    'connect',
    (args) => {
      args.count(3)
      const fd = args.fd(0)
      const family = args.isEllipsis(1) ? null : args.s32(1)
      args.ellipsis(2)
      return {
        mode: 'exact',
        write: (record, context) => {
          record.begin('connect', context.descriptors.live(fd))
          putDestination(record, context, context.descriptors.socket(fd), family)
        },
      }
    },
  ],
  [
    'close',
    (args) => {
      args.count(1)
      const fd = args.fd(0)
      return {
        mode: 'exact',
        write: (record, { descriptors }) => record.begin('close', descriptors.live(fd)),
        after: (_record, { descriptors }) => descriptors.close(fd),
      }
    },
  ],
  [
    'shutdown',
    (args) => {
      args.count(2)
      const [fd, how] = [args.fd(0), args.s32(1)]
      return {
        mode: 'exact',
        write: (record, { descriptors }) => record.begin('shutdown', descriptors.live(fd), how),
      }
    },
  ],
]

const isPing = (domain: number, protocol: number) =>
  (domain === AF_INET && protocol === IPPROTO_ICMP) || (domain === AF_INET6 && protocol === IPPROTO_ICMPV6)

/**
 * The destination of connect() and sendto(): the tester's end, or (`family` given) zeros with nothing but a family. The
 * socket changes its state before the call, whatever its result (3-calls.md 4.2).
 */
export function putDestination(
  record: CallRecord,
  context: CallContext,
  socket: TrackedSocket,
  family: number | null,
): void {
  record.put(family === null ? context.connectAddress : bareFamily(family))
  if (family === AF_UNSPEC) socket.state = 'new'
  else context.flows.connecting(socket)
}

function bareFamily(family: number): Uint8Array {
  const address = new Uint8Array(STORAGE)
  address[0] = family
  address[1] = family >>> 8
  return address
}
