// Calls that ask and set: options, file status flags, ioctl(). Read first: language/3-calls.md 3.3, 3.4.
import { addressText } from '../wire/address.js'
import { type Arguments, field, member, s32, single } from './arguments.js'
import type { CallForm, CallMaker } from './call.js'
import { typeName, type Value, ValueError } from './evaluate.js'
import { CallRecord } from './record.js'

export const optionCalls: readonly (readonly [string, CallMaker])[] = [
  ['fcntl', fcntl],
  ['ioctl', ioctl],
  ['getsockopt', getsockopt],
  ['setsockopt', setsockopt],
]

function fcntl(args: Arguments): CallForm {
  if (args.length !== 2 && args.length !== 3) throw new ValueError(`fcntl expected 2-3 args but got ${args.length}`)
  const [fd, command] = [args.fd(0), args.s32(1)]
  const argument = args.length === 3 ? args.s32(2) : null
  return {
    mode: 'exact',
    write: (record, { descriptors }) =>
      record.begin('fcntl', descriptors.live(fd), command, argument === null ? 0 : 1, argument ?? 0),
  }
}

/** Upstream passes the address of an int that it has not set. */
function ioctl(args: Arguments): CallForm {
  if (args.length !== 2 && args.length !== 3) throw new ValueError(`ioctl expected 2-3 args but got ${args.length}`)
  const [fd, request] = [args.fd(0), args.s32(1)]
  const expected = args.length === 3 ? args.bracketed(2) : null
  return {
    mode: 'exact',
    write: (record, { descriptors }) => record.begin('ioctl', descriptors.live(fd), request, expected === null ? 0 : 1),
    after: (record) => {
      const actual = record.i32(0)
      if (expected === null || actual === expected) return
      throw new ValueError(`Bad ioctl optval: expected: ${expected} actual: ${actual}`)
    },
  }
}

function getsockopt(args: Arguments): CallForm {
  args.count(5)
  const [fd, level, name] = [args.fd(0), args.s32(1), args.s32(2)]
  const value = args.at(3)
  const length = args.bracketed(4)
  return {
    mode: 'exact',
    write: (record, { descriptors }) => record.begin('getsockopt', descriptors.live(fd), level, name, length),
    after: (record) => {
      const returned = record.outLength | 0
      if (returned !== length) {
        throw new ValueError(`Bad getsockopt optlen: expected: ${length} actual: ${returned}`)
      }
      compareOption(value, length, record)
    },
  }
}

/** A value's type is looked at after the call; there is none that fits any octets. */
function compareOption(value: Value, length: number, record: CallRecord): void {
  if (value.type === 'list') compareInteger(s32(single(value.elements)), length, record)
  else if (value.type === 'string') compareString(value.octets, length, record)
  else if (value.type === 'in6_addr') compareIn6(value.octets, length, record)
  else if (value.type === 'struct' && value.kind === 'gre') compareGre(greOctets(value.fields), length, record)
  else throw new ValueError(`unsupported getsockopt value type: ${typeName(value)}`)
}

function compareIn6(expected: Uint8Array, length: number, record: CallRecord): void {
  refuseLength(length, 16)
  const actual = record.data(length)
  if (Buffer.from(expected).equals(actual)) return
  throw new ValueError(`Bad getsockopt optval: expected: ${addressText(expected)} actual: ${addressText(actual)} `)
}

/** All but the protocol. */
function compareGre(expected: Uint8Array, length: number, record: CallRecord): void {
  refuseLength(length, 16)
  const actual = record.data(length)
  const differs = expected.some((octet, i) => i !== 2 && i !== 3 && octet !== actual[i])
  if (differs) throw new ValueError('Bad getsockopt optval.')
}

function refuseLength(length: number, needed: number): void {
  if (length !== needed) throw new ValueError(`Unsupported getsockopt optlen: ${length}`)
}

function compareInteger(expected: number, length: number, record: CallRecord): void {
  refuseLength(length, 4)
  const actual = record.i32(0)
  if (actual !== expected) throw new ValueError(`Bad getsockopt optval: expected: ${expected} actual: ${actual}`)
}

function compareString(octets: Uint8Array, length: number, record: CallRecord): void {
  const expected = printable(octets)
  if (octets.length !== length) {
    throw new ValueError(
      `Bad getsockopt optval: expected optlen (${length} bytes) does not match length of expected optval string ` +
        `'${expected}' (${octets.length} bytes)`,
    )
  }
  const actual = record.data(length)
  if (Buffer.from(octets).equals(actual)) return
  throw new ValueError(`Bad getsockopt optval: expected: '${expected}' actual: '${printable(actual)}'`)
}

/** A NUL at the end is the string's own and not shown; other octets that do not print are `\\xhh`. */
const printable = (octets: Uint8Array) =>
  Array.from(octets.at(-1) === 0 ? octets.subarray(0, -1) : octets, (octet) =>
    octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`,
  ).join('')

function setsockopt(args: Arguments): CallForm {
  args.count(5)
  const [fd, level, name] = [args.fd(0), args.s32(1), args.s32(2)]
  const length = args.s32(4)
  const octets = optionOctets(args.at(3))
  if (octets.length > CallRecord.capacity)
    throw new ValueError(`the value is longer than ${CallRecord.capacity} octets`)
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      record.begin('setsockopt', descriptors.live(fd), level, name, length)
      record.put(octets)
    },
  }
}

function optionOctets(value: Value): Uint8Array {
  if (value.type === 'list') return integers(s32(single(value.elements)))
  if (value.type === 'string') return Uint8Array.from([...value.octets, 0])
  if (value.type === 'in6_addr') return value.octets
  if (value.type === 'struct') {
    if (value.kind === 'linger') return integers(field(value.fields, 'l_onoff'), field(value.fields, 'l_linger'))
    if (value.kind === 'gre') return greOctets(value.fields)
    if (value.kind === 'mpls_stack') return mplsOctets(member(value.fields, 'labels'))
  }
  throw new ValueError(`unsupported setsockopt value type: ${typeName(value)}`)
}

/**
 * Flags, protocol 0, checksum, offset, key, sequence number, each at its place; of these no more than the header is long
 * by its flags, wherever the fields stand, as upstream (3-calls.md 12, 16).
 */
function greOctets(fields: ReadonlyMap<string, Value>): Uint8Array {
  const octets = new Uint8Array(16)
  const view = new DataView(octets.buffer)
  const flags = field(fields, 'flags')
  view.setUint16(0, flags)
  view.setUint16(4, field(fields, 'sum'))
  view.setUint16(6, field(fields, 'off'))
  view.setUint32(8, field(fields, 'key'))
  view.setUint32(12, field(fields, 'seq'))
  const optional = [0x8000, 0x2000, 0x1000].filter((flag) => (flags & flag) !== 0)
  return octets.fill(0, 4 + 4 * optional.length)
}

/** RFC 3032 2.1: label, traffic class, bottom of stack, time to live. */
function mplsOctets(labels: Value): Uint8Array {
  const entries = labels.type === 'list' ? labels.elements : []
  const octets = new Uint8Array(4 * entries.length)
  const view = new DataView(octets.buffer)
  entries.forEach((entry, i) => {
    const [label = 0, traffic = 0, bottom = 0, ttl = 0] = entry.type === 'list' ? entry.elements.map(s32) : []
    view.setUint32(4 * i, (label << 12) | (traffic << 9) | (bottom << 8) | ttl)
  })
  return octets
}

const integers = (...numbers: number[]) => new Uint8Array(Int32Array.from(numbers).buffer)
