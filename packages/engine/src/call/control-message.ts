// Control messages (cmsg(3)) of sendmsg() and recvmsg(): from the script's values to octets, and compared one by one.
// Read first: language/3-calls.md 3.1; time stamps: the kernel's Documentation/networking/timestamping.rst.
import { field, member, s8, s32, structOf } from './arguments.js'
import { type Value, ValueError } from './evaluate.js'
import { attributeOctets, compareAttributes } from './netlink-attribute.js'

const SOL_IP = 0
const SOL_SOCKET = 1
const SOL_IPV6 = 41
const IP_RECVERR = 11
const IPV6_RECVERR = 25
const SCM_TIMESTAMPING = 37
const SCM_TIMESTAMPING_OPT_STATS = 54

/** struct cmsghdr: u64 length with this head, i32 level, i32 type. */
const HEAD = 16
/** struct sock_extended_err, then an address of the level's family. */
const EXTENDED_ERR = 16
const [SOCKADDR_IN, SOCKADDR_IN6] = [16, 28]
/** Three struct timespec: software, (none), hardware. */
const TIMESTAMPING = 48

const padded = (length: number) => (length + 7) & ~7

/** `[{cmsg_level=…, cmsg_type=…, cmsg_data=…}, …]`, each padded to 8 octets. ValueError. */
export function controlOctets(messages: readonly Value[]): Uint8Array {
  return Buffer.concat(messages.map(messageOctets))
}

function messageOctets(value: Value): Uint8Array {
  const fields = structOf(value, 'cmsg')
  const [level, type] = [field(fields, 'cmsg_level'), field(fields, 'cmsg_type')]
  const data = dataOctets(member(fields, 'cmsg_data'), level)
  const octets = new Uint8Array(padded(HEAD + data.length))
  const view = new DataView(octets.buffer)
  view.setBigUint64(0, BigInt(HEAD + data.length), true)
  view.setInt32(8, level, true)
  view.setInt32(12, type, true)
  octets.set(data, HEAD)
  return octets
}

function dataOctets(value: Value, level: number): Uint8Array {
  if (value.type === 'integer') return new Uint8Array(Int32Array.of(s32(value)).buffer)
  if (value.type === 'list') return attributeOctets(value.elements)
  if (value.type === 'struct' && value.kind === 'scm_timestamping') return timestampingOctets(value.fields)
  if (value.type === 'struct' && value.kind === 'sock_extended_err') return extendedErrOctets(value.fields, level)
  throw new ValueError('Unrecognized type for cmsg_data')
}

function timestampingOctets(fields: ReadonlyMap<string, Value>): Uint8Array {
  const octets = new Uint8Array(TIMESTAMPING)
  const view = new DataView(octets.buffer)
  view.setBigInt64(0, BigInt(field(fields, 'scm_sec')), true)
  view.setBigInt64(8, BigInt(field(fields, 'scm_nsec')), true)
  return octets
}

function extendedErrOctets(fields: ReadonlyMap<string, Value>, level: number): Uint8Array {
  const octets = new Uint8Array(EXTENDED_ERR + (level === SOL_IP ? SOCKADDR_IN : SOCKADDR_IN6))
  const view = new DataView(octets.buffer)
  view.setInt32(0, field(fields, 'ee_errno'), true)
  octets[4] = s8(member(fields, 'ee_origin'))
  octets[5] = s8(member(fields, 'ee_type'))
  octets[6] = s8(member(fields, 'ee_code'))
  view.setInt32(8, field(fields, 'ee_info'), true)
  view.setInt32(12, field(fields, 'ee_data'), true)
  return octets
}

/** What comparisons of time need: microseconds. */
export interface Times {
  /** How far a stamp may be off, either way. */
  readonly toleranceUs: number
  /** CLOCK_REALTIME at time 0. */
  readonly epochUs: number
}

interface ControlMessage {
  readonly length: number
  readonly level: number
  readonly type: number
  readonly data: DataView
}

/** Upstream's walk: pairs in order, until one side has no more. ValueError at the first difference. */
export function compareControl(expected: Uint8Array, actual: Uint8Array, times: Times): void {
  const [wanted, got] = [messagesOf(expected), messagesOf(actual)]
  const pairs = Math.min(wanted.length, got.length)
  for (let i = 0; i < pairs; i++) compareMessage(wanted[i] as ControlMessage, got[i] as ControlMessage, i, times)
  if (got.length > pairs) throw new ValueError(`received more than ${pairs} cmsgs`)
  if (wanted.length > pairs) throw new ValueError(`received only ${pairs} cmsgs`)
}

/** CMSG_NXTHDR's walk; a length below the head's, 0 above all, ends it. */
function messagesOf(octets: Uint8Array): ControlMessage[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  const messages: ControlMessage[] = []
  for (let at = 0; at + HEAD <= octets.length; ) {
    const length = Number(view.getBigUint64(at, true))
    if (length < HEAD || at + length > octets.length) break
    const data = new DataView(octets.buffer, octets.byteOffset + at + HEAD, length - HEAD)
    messages.push({ length, level: view.getInt32(at + 8, true), type: view.getInt32(at + 12, true), data })
    at += padded(length)
  }
  return messages
}

function compareMessage(expected: ControlMessage, actual: ControlMessage, i: number, times: Times): void {
  refuse('level', expected.level, actual.level, `cmsg ${i}`)
  refuse('type', expected.type, actual.type, `cmsg ${i}`)
  refuse('len', expected.length, actual.length, `cmsg ${i}`)
  const { level, type } = expected
  if ((level === SOL_IP && type === IP_RECVERR) || (level === SOL_IPV6 && type === IPV6_RECVERR)) {
    compareExtendedErr(expected.data, actual.data, i)
  } else if (level === SOL_SOCKET && type === SCM_TIMESTAMPING) {
    compareTimestamping(expected.data, actual.data, i, times)
  } else if (level === SOL_SOCKET && type === SCM_TIMESTAMPING_OPT_STATS) {
    compareAttributes(expected.data, actual.data, times.toleranceUs)
  } else {
    compareOctets(octetsOf(expected.data), octetsOf(actual.data), i)
  }
}

function refuse(what: string, expected: number, actual: number, where: string): void {
  if (expected === actual) return
  throw new ValueError(`Bad ${what} in ${where}: expected=${expected} actual=${actual}`)
}

/** The address behind it is not compared. */
function compareExtendedErr(expected: DataView, actual: DataView, i: number): void {
  const where = `extended err ${i}`
  if (expected.byteLength < EXTENDED_ERR) return
  refuse('errno', expected.getUint32(0, true), actual.getUint32(0, true), where)
  refuse('origin', expected.getUint8(4), actual.getUint8(4), where)
  refuse('type', expected.getUint8(5), actual.getUint8(5), where)
  refuse('code', expected.getUint8(6), actual.getUint8(6), where)
  refuse('info', expected.getUint32(8, true), actual.getUint32(8, true), where)
  refuse('data', expected.getUint32(12, true), actual.getUint32(12, true), where)
}

/** A stamp that the script leaves at 0 is not compared. */
function compareTimestamping(expected: DataView, actual: DataView, i: number, { toleranceUs, epochUs }: Times): void {
  const start = Math.round(epochUs)
  for (let k = 0; k < Math.floor(expected.byteLength / 16); k++) {
    const script = stampUs(expected, 16 * k)
    if (script.zero) continue
    const wanted = script.us + start
    const { us } = stampUs(actual, 16 * k)
    if (Math.abs(us - wanted) <= toleranceUs) continue
    throw new ValueError(
      `Bad timestamp ${k} in scm_timestamping ${i}: expected=${wanted} (${wanted - start}) actual=${us} (${us - start}) ` +
        `start=${start}`,
    )
  }
}

/** struct timespec, in whole microseconds. */
function stampUs(view: DataView, at: number): { readonly us: number; readonly zero: boolean } {
  const [seconds, nanoseconds] = [view.getBigInt64(at, true), view.getBigInt64(at + 8, true)]
  return { us: Number(seconds * 1_000_000n + nanoseconds / 1000n), zero: seconds === 0n && nanoseconds === 0n }
}

/** Upstream shows the octets as a C string, which the first 0 ends. */
function compareOctets(expected: Uint8Array, actual: Uint8Array, i: number): void {
  if (Buffer.from(expected).equals(actual)) return
  const [wanted, got] = [Buffer.from(expected), Buffer.from(actual)]
  throw new ValueError(
    `Bad data in cmsg ${i}: expected=${cString(wanted)} actual=${cString(got)}`,
    `expected octets ${wanted.toString('hex')}, actual ${got.toString('hex')}`,
  )
}

const cString = (octets: Buffer) => octets.toString('latin1').split('\0', 1)[0]

const octetsOf = (view: DataView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
