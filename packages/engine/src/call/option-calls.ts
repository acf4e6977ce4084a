// Calls that ask and set: options, file status flags, readiness. Read first: language/3-calls.md 3.3 to 3.5.
import { pollBits } from '@lunadrill/tcpinfo'
import { skip } from '../trace/problem.js'
import { type Arguments, field, s32 } from './arguments.js'
import type { CallForm, CallMaker } from './call.js'
import { typeName, type Value, ValueError } from './evaluate.js'
import { CallRecord } from './record.js'

export const optionCalls: readonly (readonly [string, CallMaker])[] = [
  ['fcntl', fcntl],
  ['poll', poll],
  ['getsockopt', getsockopt],
  ['setsockopt', setsockopt],
]

function fcntl(args: Arguments): CallForm {
  if (args.length !== 2 && args.length !== 3) throw new ValueError(`fcntl expected 2-3 args but got ${args.length}`)
  const [fd, command] = [args.s32(0), args.s32(1)]
  const argument = args.length === 3 ? args.s32(2) : null
  return {
    mode: 'exact',
    write: (record, { descriptors }) =>
      record.begin('fcntl', descriptors.get(fd).liveFd, command, argument === null ? 0 : 1, argument ?? 0),
  }
}

function poll(args: Arguments): CallForm {
  args.count(3)
  const polled = args.list(0).map((element) => {
    const fields = args.struct(element, 'pollfd')
    const revents = fields.has('revents') ? field(fields, 'revents') & 0xffff : 0
    return { fd: field(fields, 'fd'), events: field(fields, 'events'), revents }
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
        record.put32(descriptors.get(fd).liveFd)
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

function getsockopt(args: Arguments): CallForm {
  args.count(5)
  const [fd, level, name] = [args.s32(0), args.s32(1), args.s32(2)]
  const value = args.at(3)
  refuseLater(value)
  const length = args.bracketed(4)
  return {
    mode: 'exact',
    write: (record, { descriptors }) => record.begin('getsockopt', descriptors.get(fd).liveFd, level, name, length),
    after: (record) => {
      if (record.outLength !== length) {
        throw new ValueError(`Bad getsockopt optlen: expected: ${length} actual: ${record.outLength}`)
      }
      compareOption(value, length, record)
    },
  }
}

function compareOption(value: Value, length: number, record: CallRecord): void {
  if (value.type === 'list' && value.elements.length === 1) {
    if (length !== 4) throw new ValueError(`Unsupported getsockopt optlen: ${length}`)
    const expected = s32(value.elements[0] as Value)
    const actual = record.i32(0)
    if (actual !== expected) throw new ValueError(`Bad getsockopt optval: expected: ${expected} actual: ${actual}`)
    return
  }
  if (value.type !== 'string') throw new ValueError(`unsupported getsockopt value type: ${typeName(value)}`)
  const expected = printable(value.octets)
  if (value.octets.length !== length) {
    throw new ValueError(
      `Bad getsockopt optval: expected optlen (${length} bytes) does not match length of expected optval string ` +
        `'${expected}' (${value.octets.length} bytes)`,
    )
  }
  const actual = record.data(length)
  if (!Buffer.from(value.octets).equals(actual)) {
    throw new ValueError(`Bad getsockopt optval: expected: '${expected}' actual: '${printable(actual)}'`)
  }
}

/** As upstream shows them: a NUL at the end is the string's own and not shown. */
const printable = (octets: Uint8Array) =>
  Array.from(octets.at(-1) === 0 ? octets.subarray(0, -1) : octets, (octet) =>
    octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`,
  ).join('')

function setsockopt(args: Arguments): CallForm {
  args.count(5)
  const [fd, level, name] = [args.s32(0), args.s32(1), args.s32(2)]
  const octets = optionOctets(args.at(3))
  const length = args.s32(4)
  if (octets.length > CallRecord.capacity)
    throw new ValueError(`the value is longer than ${CallRecord.capacity} octets`)
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      record.begin('setsockopt', descriptors.get(fd).liveFd, level, name, length)
      record.put(octets)
    },
  }
}

/** Values that upstream has and this version has not: no fault of the stack. */
function refuseLater(value: Value): void {
  if (value.type !== 'struct') return
  if (['gre', 'mpls_stack', 'in6_addr'].includes(value.kind)) throw skip(`${value.kind} values of socket options`)
}

function optionOctets(value: Value): Uint8Array {
  refuseLater(value)
  if (value.type === 'list') {
    if (value.elements.length !== 1) throw new ValueError('Expected [<element>] but got multiple elements')
    return integers(s32(value.elements[0] as Value))
  }
  if (value.type === 'string') return Uint8Array.from([...value.octets, 0])
  if (value.type === 'struct' && value.kind === 'linger') {
    return integers(field(value.fields, 'l_onoff'), field(value.fields, 'l_linger'))
  }
  throw new ValueError(`unsupported setsockopt value type: ${typeName(value)}`)
}

const integers = (...numbers: number[]) => new Uint8Array(Int32Array.from(numbers).buffer)
