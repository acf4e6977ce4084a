// Calls that wait for what is ready: poll(), epoll. Read first: language/3-calls.md 3.5, 3.6.
import { pollBits } from '@lunadrill/tcpinfo'
import { type Arguments, field, member, s32, s64, structOf } from './arguments.js'
import type { CallForm, CallMaker } from './call.js'
import { ValueError } from './evaluate.js'
import { CallRecord } from './record.js'

export const readinessCalls: readonly (readonly [string, CallMaker])[] = [
  ['poll', poll],
  ['epoll_create', epollCreate],
  ['epoll_ctl', epollCtl],
  ['epoll_wait', epollWait],
]

function poll(args: Arguments): CallForm {
  args.count(3)
  const polled = args.list(0).map((element) => {
    const fields = structOf(element, 'pollfd')
    const fd = member(fields, 'fd')
    s32(fd)
    const events = field(fields, 'events')
    const revents = fields.has('revents') ? field(fields, 'revents') & 0xffff : 0
    return { fd: args.descriptor(fd), events, revents }
  })
  const [count, timeout] = [args.s32(1), args.s32(2)]
  if (count !== polled.length)
    throw new ValueError(`nfds ${count} does not match ${polled.length}-element pollfd array`)
  if (polled.length * 8 > CallRecord.capacity) throw new ValueError(`more than ${CallRecord.capacity / 8} elements`)
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      record.begin('poll', -1, count, timeout)
      for (const { fd, events, revents } of polled) {
        record.put32(descriptors.live(fd))
        record.put32((events & 0xffff) | (revents << 16))
      }
    },
    after: (record) => {
      polled.forEach(({ revents }, i) => {
        const actual = record.u16(8 * i + 6)
        if (actual === revents) return
        throw new ValueError(`Expected revents of ${pollBits(revents)} but got ${pollBits(actual)} for pollfd ${i}`)
      })
    },
  }
}

function epollCreate(args: Arguments): CallForm {
  args.count(1)
  const size = args.s32(0)
  return {
    mode: 'fd',
    write: (record) => record.begin('epollCreate', -1, size),
    after: ({ result }, { descriptors }, expected) => {
      if (result >= 0) descriptors.add(expected, result, { kind: 'epoll' })
    },
  }
}

/** `{events=…, fd=N}` and its kin: one data member, named or a script descriptor. */
interface EpollEvent {
  readonly events: number
  readonly member: 'fd' | 'ptr' | 'u32' | 'u64'
  /** 64 bits; of `fd` the script's number. */
  readonly data: bigint
}

function epollEvent(args: Arguments, index: number): EpollEvent {
  const fields = structOf(args.at(index), 'epollev')
  const events = Number(BigInt.asUintN(32, s64(member(fields, 'events'))))
  for (const name of ['ptr', 'u32', 'u64'] as const) {
    const value = fields.get(name)
    if (value !== undefined) return { events, member: name, data: BigInt.asUintN(name === 'u32' ? 32 : 64, s64(value)) }
  }
  return { events, member: 'fd', data: BigInt.asIntN(32, s64(member(fields, 'fd'))) }
}

function epollCtl(args: Arguments): CallForm {
  args.count(4)
  const [set, op, fd] = [args.fd(0), args.s32(1), args.fd(2)]
  const event = epollEvent(args, 3)
  if (event.member === 'fd' && event.data !== BigInt(fd)) throw new ValueError('wrong fd specified in epoll_event\n')
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      const liveFd = descriptors.live(fd)
      record.begin('epollCtl', descriptors.live(set), op, liveFd)
      record.put32(event.events)
      record.put64(event.member === 'fd' ? BigInt(liveFd) : event.data)
    },
  }
}

/** The script names one event, which must be the first, however many there are. */
function epollWait(args: Arguments): CallForm {
  args.count(4)
  const set = args.fd(0)
  const event = epollEvent(args, 1)
  if (event.member === 'fd') args.descriptors.push(Number(event.data))
  const [count, timeout] = [args.s32(2), args.s32(3)]
  if (count < 0) throw new ValueError(`Failed to calloc ${count} struct epoll_event\n`)
  /** With the live descriptor, known once the call is made. */
  let { data } = event
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      record.begin('epollWait', descriptors.live(set), count, timeout)
      if (event.member === 'fd') data = BigInt(descriptors.live(Number(event.data)))
    },
    after: (record) => {
      if (record.u32(0) !== event.events)
        throw mismatch('events', hex(BigInt(event.events)), hex(BigInt(record.u32(0))))
      const actual = dataOf(event.member, record.u64(4))
      if (actual === data) return
      const show = event.member === 'ptr' ? pointer : String
      throw mismatch('data', show(data), show(actual))
    },
  }
}

/** The member of the union: `fd` is signed. */
function dataOf(name: EpollEvent['member'], data: bigint): bigint {
  if (name === 'fd') return BigInt.asIntN(32, data)
  return name === 'u32' ? BigInt.asUintN(32, data) : data
}

const mismatch = (what: string, expected: string, actual: string) =>
  new ValueError(`epoll_event->${what} does not match script: expected: ${expected} actual: ${actual}\n`)

/** As printf's %x and %p show them. */
const hex = (value: bigint) => `0x${value.toString(16)}`
const pointer = (value: bigint) => (value === 0n ? '(nil)' : hex(value))
