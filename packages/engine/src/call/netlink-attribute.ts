// Netlink attributes of SCM_TIMESTAMPING_OPT_STATS: what TCP says of a connection with a time stamp.
// Read first: language/3-calls.md 3.1.1; the kernel's include/uapi/linux/tcp.h (TCP_NLA_…), netlink(7).
import { badType } from './arguments.js'
import { BareError, type Value, ValueError } from './evaluate.js'

/** Size of the value in octets, by number; how it is compared: exactly, or as a duration. */
const ATTRIBUTES: readonly (readonly [name: string, size: 1 | 4 | 8, duration?: true])[] = [
  ['TCP_NLA_PAD', 4],
  ['TCP_NLA_BUSY', 8, true],
  ['TCP_NLA_RWND_LIMITED', 8, true],
  ['TCP_NLA_SNDBUF_LIMITED', 8, true],
  ['TCP_NLA_DATA_SEGS_OUT', 8],
  ['TCP_NLA_TOTAL_RETRANS', 8],
  ['TCP_NLA_PACING_RATE', 8],
  ['TCP_NLA_DELIVERY_RATE', 8],
  ['TCP_NLA_SND_CWND', 4],
  ['TCP_NLA_REORDERING', 4],
  ['TCP_NLA_MIN_RTT', 4],
  ['TCP_NLA_RECUR_RETRANS', 1],
  ['TCP_NLA_DELIVERY_RATE_APP_LMT', 1],
  ['TCP_NLA_SNDQ_SIZE', 4],
  ['TCP_NLA_CA_STATE', 1],
  ['TCP_NLA_SND_SSTHRESH', 4],
  ['TCP_NLA_DELIVERED', 4],
  ['TCP_NLA_DELIVERED_CE', 4],
  ['TCP_NLA_BYTES_SENT', 8],
  ['TCP_NLA_BYTES_RETRANS', 8],
  ['TCP_NLA_DSACK_DUPS', 4],
  ['TCP_NLA_REORD_SEEN', 4],
  ['TCP_NLA_SRTT', 4],
]

/** u16 length with this head, u16 type. */
const HEAD = 4
/** `...`: any value will do. */
const IGNORE = { 1: 0xffn, 4: 0xffff_ffffn, 8: 0xffff_ffffn } as const

const padded = (length: number) => (length + 3) & ~3

/** Of a list of `TCP_NLA_X=value`. ValueError; BareError for a value that does not fit. */
export function attributeOctets(elements: readonly Value[]): Uint8Array {
  return Buffer.concat(elements.map(oneAttribute))
}

function oneAttribute(element: Value): Uint8Array {
  if (element.type !== 'binary_expression') throw badType(element, 'binary_expression')
  const { key, value } = element
  if (value.type !== 'integer' && value.type !== 'ellipsis') throw new ValueError('values must be numeric or ellipsis')
  const attribute = ATTRIBUTES[Number(key)]
  if (attribute === undefined) throw new ValueError(`bad NLA type ${key}\n`)
  const [, size] = attribute
  const octets = new Uint8Array(padded(HEAD + size))
  const view = new DataView(octets.buffer)
  view.setUint16(0, HEAD + size, true)
  view.setUint16(2, Number(key), true)
  put(view, size, value.type === 'ellipsis' ? IGNORE[size] : value.value)
  return octets
}

function put(view: DataView, size: 1 | 4 | 8, value: bigint): void {
  if (size === 8) {
    view.setBigInt64(HEAD, value, true)
    return
  }
  if (value < 0n || value > IGNORE[size]) throw new BareError(`out of bound u${8 * size} value specified`)
  if (size === 4) view.setUint32(HEAD, Number(value), true)
  else view.setUint8(HEAD, Number(value))
}

/** Attribute by attribute, at equal places: both are equally long. ValueError at the first difference. */
export function compareAttributes(expected: DataView, actual: DataView, toleranceUs: number): void {
  for (let [at, i] = [0, 0]; at + HEAD <= expected.byteLength; i++) {
    const [type, length] = [expected.getUint16(at + 2, true), expected.getUint16(at, true)]
    refuse(`nla_type ${i}`, BigInt(type), BigInt(actual.getUint16(at + 2, true)))
    refuse(`nla_len ${i}`, BigInt(length), BigInt(actual.getUint16(at, true)))
    const whole = HEAD + (ATTRIBUTES[type]?.[1] ?? 0)
    if (length < whole || at + length > expected.byteLength) {
      throw new ValueError(`Bad nla_len ${i}: expected=${whole} actual=${length}`, 'write a list of TCP_NLA_X=value')
    }
    compareValue(type, valueAt(expected, at, type), valueAt(actual, at, type), toleranceUs)
    at += padded(length)
  }
}

function compareValue(type: number, expected: bigint, actual: bigint, toleranceUs: number): void {
  // Upstream has no words for it.
  if (type === 0) throw new ValueError('(null)', 'TCP_NLA_PAD (0) cannot be compared')
  const attribute = ATTRIBUTES[type]
  if (attribute === undefined) throw new ValueError(`bad NLA type ${type}\n`)
  const [name, size, duration] = attribute
  if (expected === IGNORE[size] || expected === actual) return
  const off = expected > actual ? expected - actual : actual - expected
  if (duration && expected !== 0n && off <= BigInt(toleranceUs)) return
  refuse(name, expected, actual)
}

function valueAt(view: DataView, at: number, type: number): bigint {
  const size = ATTRIBUTES[type]?.[1]
  if (size === undefined) return 0n
  if (size === 8) return view.getBigUint64(at + HEAD, true)
  return BigInt(size === 1 ? view.getUint8(at + HEAD) : view.getUint32(at + HEAD, true))
}

/** Upstream prints all of them with %u. */
function refuse(what: string, expected: bigint, actual: bigint): void {
  if (expected === actual) return
  const show = (value: bigint) => BigInt.asUintN(32, value)
  throw new ValueError(`Bad ${what}: expected=${show(expected)} actual=${show(actual)}`)
}
