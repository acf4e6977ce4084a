// What is fuzzed, and what must hold: nothing is thrown but what the interface names, places lie within the text, the same
// text gives the same answer, what is written is what is read, and no case takes long. Read first: text.mjs.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { flagsOf } from '../../packages/cli/dist/args/flags.js'
import { getoptLong } from '../../packages/cli/dist/args/getopt.js'
import { parsePacketdrill } from '../../packages/cli/dist/args/packetdrill-args.js'
import { parseRun } from '../../packages/cli/dist/args/run-args.js'
import { compareControl } from '../../packages/engine/dist/call/control-message.js'
import { compareAttributes } from '../../packages/engine/dist/call/netlink-attribute.js'
import { Lacking, nothingLacking } from '../../packages/engine/dist/host/lacking.js'
import { schedule } from '../../packages/engine/dist/schedule/schedule.js'
import { hexDump, packetText, readPacket } from '../../packages/engine/dist/wire/packet.js'
import { optionText, readOptions } from '../../packages/engine/dist/wire/tcp-options.js'
import { decodeString, explain, parseScript, upstreamText } from '../../packages/parser/dist/index.js'
import { kernelPythonVariables } from '../../packages/tcpinfo/dist/index.js'
import { anyText, anyWord, likelyScript } from './text.mjs'

/** No case may take longer, on a busy machine either: what hangs takes for ever. */
const CASE_MS = 5000

function check(holds, what) {
  if (!holds) throw new Error(`does not hold: ${what}`)
}

/** Null where `body` throws an error of one of these names: its answer otherwise. */
function orRefusal(names, body) {
  try {
    return body()
  } catch (error) {
    if (names.includes(error.name) || names.includes(error.constructor.name)) return null
    throw error
  }
}

function spansWithin(tree, start, end) {
  if (tree === null || typeof tree !== 'object') return
  const { span } = tree
  if (span !== undefined)
    check(span.start <= span.end && span.start >= start && span.end <= end, 'a span within its parent')
  const [from, to] = span === undefined ? [start, end] : [span.start, span.end]
  for (const child of tree instanceof Map ? tree.values() : Object.values(tree)) spansWithin(child, from, to)
}

const settings = fc.record({
  wireFamily: fc.constantFrom('ipv4', 'ipv6'),
  defines: fc
    .dictionary(fc.constantFrom('a', 'AF_INET', 'S', 'win', 'x'), fc.constantFrom('5', '"x', '`', 'S.', '', 'é', '-1'))
    .map((names) => new Map(Object.entries(names))),
  pspUdpPort: fc.constantFrom(0, 1000),
})

function parserHolds(text, given) {
  const { script, diagnostics } = parseScript(text, () => given)
  const again = parseScript(text, () => given)
  check(isDeepStrictEqual(diagnostics, again.diagnostics), 'the same diagnostics twice')
  check(isDeepStrictEqual(script, again.script), 'the same tree twice')
  check((script === null) === diagnostics.length > 0, 'a tree or diagnostics')
  if (script !== null) spansWithin(script, 0, text.length)
  const lines = text.split('\n').length
  for (const diagnostic of diagnostics) {
    const { span, line, upstreamLine } = diagnostic
    check(span.start >= 0 && span.start <= span.end && span.end <= text.length, 'a diagnostic within the text')
    check(line >= 1 && line <= lines && upstreamLine >= 1 && upstreamLine <= lines, 'a line of the text')
    check(explain(text, 'x', diagnostic) !== '' && upstreamText('x', diagnostic) !== '', 'words')
  }
}

/** Octets of packets that scripts make. */
const madePackets = fc.tuple(likelyScript, fc.constantFrom('ipv4', 'ipv6')).map(([text, family]) => {
  const { script } = parseScript(text, () => ({ wireFamily: family, defines: new Map(), pspUdpPort: 0 }))
  if (script === null) return []
  const events = orRefusal(['ScheduleError'], () => schedule(script, { family, lacking: nothingLacking })) ?? []
  return events.flatMap(({ action }) => (action.type === 'packet' ? [action.packet.octets] : []))
})
/** Random, with a likely first octet; or made, with some octets changed and the end cut off. */
const packetOctets = fc.oneof(
  fc
    .tuple(fc.constantFrom(0x45, 0x46, 0x4f, 0x60, 0x00), fc.uint8Array({ maxLength: 120 }))
    .map(([first, rest]) => Uint8Array.of(first, ...rest)),
  fc
    .tuple(madePackets, fc.nat(), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
    .map(([packets, which, edits, cut]) => {
      if (packets.length === 0) return new Uint8Array()
      const octets = Uint8Array.from(packets[which % packets.length])
      for (const [at, value] of edits) octets[at % octets.length] = value
      return cut % 3 === 0 ? octets.subarray(0, cut % (octets.length + 1)) : octets
    }),
)

const octets = (maxLength) => fc.uint8Array({ maxLength })
const times = { toleranceUs: 4000, epochUs: 1e15 }

/** Octets of the values of TCP_NLA_BUSY (1) to TCP_NLA_DELIVERY_RATE_APP_LMT (12), linux/tcp.h. */
const attributeSizes = [8, 8, 8, 8, 8, 8, 8, 4, 4, 4, 1, 1]
const attribute = fc
  .tuple(fc.nat(attributeSizes.length - 1), fc.uint8Array({ minLength: 8, maxLength: 8 }))
  .map(([index, value]) => {
    const length = 4 + attributeSizes[index]
    const made = new Uint8Array((length + 3) & ~3)
    new DataView(made.buffer).setUint16(0, length, true)
    new DataView(made.buffer).setUint16(2, index + 1, true)
    made.set(value.subarray(0, attributeSizes[index]), 4)
    return made
  })

/**
 * By name: what is given, and what must hold.
 * @type {Record<string, [fc.Arbitrary<unknown>[], (...given: any[]) => void]>}
 */
const cases = {
  parser: [[anyText, settings], parserHolds],
  schedule: [
    [anyText, fc.constantFrom('ipv4', 'ipv6'), fc.constantFrom(nothingLacking, new Lacking(0n))],
    (text, family, lacking) => {
      const { script } = parseScript(text, () => ({ wireFamily: family, defines: new Map(), pspUdpPort: 0 }))
      if (script !== null) orRefusal(['ScheduleError'], () => schedule(script, { family, lacking }))
    },
  ],
  packet: [
    [packetOctets],
    (given) => {
      check(hexDump(given, given.length).length >= given.length * 3, 'a dump of all octets')
      const packet = orRefusal(['WireError'], () => readPacket(given, given.length))
      if (packet === null) return
      check(packetText(packet) !== '', 'a text')
      check(packet.place.end <= given.length && packet.place.bodyAt <= packet.place.end, 'places within the packet')
    },
  ],
  'packet-round-trip': [
    [madePackets],
    (packets) => {
      for (const given of packets) {
        const packet = readPacket(given, given.length)
        check(packet === null || packetText(packet) !== '', 'a script’s packet reads back')
      }
    },
  ],
  'tcp-options': [
    [octets(60)],
    (given) => {
      const options = orRefusal(['WireError'], () => readOptions(given, 0, given.length)) ?? []
      for (const option of options) check(optionText(option) !== '', 'a text')
    },
  ],
  'control-messages': [
    [octets(150), octets(150)],
    (expected, actual) => {
      orRefusal(['ValueError'], () => compareControl(expected, actual, times))
      orRefusal(['ValueError'], () => compareControl(actual, actual, times))
    },
  ],
  'netlink-attributes': [
    // What a script wants is well formed, and what came has its length: the comparison asks no more.
    [fc.array(attribute, { maxLength: 8 }).map((all) => Buffer.concat(all)), octets(130), fc.boolean()],
    (expected, noise, similar) => {
      const actual = Uint8Array.from(expected, (octet, i) => (similar && i % 7 !== 0 ? octet : (noise[i] ?? octet)))
      const view = (given) => new DataView(given.buffer, given.byteOffset, given.length)
      orRefusal(['ValueError'], () => compareAttributes(view(expected), view(actual), 4000))
    },
  ],
  'python-variables': [
    [octets(400), octets(40), octets(60)],
    (info, congestion, memory) => {
      const { values, missing } = kernelPythonVariables(info, congestion, memory)
      for (const [name, value] of values) {
        check(typeof value === 'bigint' || Number.isSafeInteger(value), `${name} is a whole number`)
        check(!missing.has(name), `${name} is there or missing`)
      }
    },
  ],
  'string-escapes': [
    [
      fc.oneof(
        anyText,
        fc.array(fc.constantFrom('\\', 'x', '4', 'n', '"', 'g', '\ud800', 'é')).map((all) => all.join('')),
      ),
    ],
    (text) => {
      const decoded = decodeString(text)
      check('bytes' in decoded !== 'error' in decoded, 'octets or an error')
      if ('bytes' in decoded) check(decoded.bytes.length <= 3 * text.length, 'no more octets than UTF-8 has')
    },
  ],
  'command-line': [
    [
      fc.array(
        fc.oneof(
          fc.constantFrom(...flagsOf('packetdrill').map(({ name }) => `--${name}`), '--', '-', '-D', '-v', 'a.pkt'),
          fc
            .tuple(fc.constantFrom(...flagsOf('lunadrill').map(({ name }) => name)), anyWord)
            .map((both) => `--${both.join('=')}`),
          anyWord,
          anyWord.map((word) => `-${word}`),
          anyWord.map((word) => `--${word}`),
        ),
        { maxLength: 6 },
      ),
      fc.boolean(),
    ],
    (words, posix) => {
      orRefusal(['UsageError'], () => getoptLong(words, flagsOf('packetdrill'), 'x', posix))
      orRefusal(['UsageError'], () => parsePacketdrill(words, 'x', posix))
      orRefusal(['UsageError'], () => parseRun(words))
    },
  ],
}

/**
 * A property per target: `fc.check(property, …)`.
 * @type {{ name: string, property: fc.IPropertyWithHooks<[unknown]> }[]}
 */
export const targets = Object.entries(cases).map(([name, [given, holds]]) => ({
  name,
  property: fc.property(.../** @type {[fc.Arbitrary<unknown>]} */ (given), (...values) => {
    const started = performance.now()
    holds(...values)
    const took = performance.now() - started
    check(took < CASE_MS, `at most ${CASE_MS} ms (it took ${Math.round(took)})`)
  }),
}))
