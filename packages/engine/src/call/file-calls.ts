// Calls on files and pipes, and between them and sockets. Read first: language/3-calls.md 3.7.
import type { Arguments } from './arguments.js'
import { s32 } from './arguments.js'
import type { CallForm, CallMaker } from './call.js'
import { ValueError } from './evaluate.js'
import { CallRecord } from './record.js'

export const fileCalls: readonly (readonly [string, CallMaker])[] = [
  ['open', open],
  ['sendfile', sendfile],
  ['pipe', pipe],
  ['splice', splice],
]

function open(args: Arguments): CallForm {
  args.count(2)
  const [path, flags] = [args.string(0), args.s32(1)]
  if (path.length >= CallRecord.capacity) throw new ValueError(`the path is longer than ${CallRecord.capacity} octets`)
  return {
    mode: 'fd',
    write: (record) => {
      record.begin('open', -1, flags)
      record.put(path)
      record.put(END)
    },
    after: ({ result }, { descriptors }, expected) => {
      if (result >= 0) descriptors.add(expected, result, { kind: 'file' })
    },
  }
}

const END = new Uint8Array(1)

function sendfile(args: Arguments): CallForm {
  args.count(4)
  const [out, from, offset, count] = [args.fd(0), args.fd(1), args.bracketed64(2), args.s32(3)]
  return {
    mode: 'exact',
    write: (record, { descriptors }) => {
      record.begin('sendfile', descriptors.live(out), descriptors.live(from), count)
      record.put64(offset)
    },
  }
}

function pipe(args: Arguments): CallForm {
  args.count(1)
  const ends = args.list(0)
  if (ends.length !== 2) throw new ValueError(`${ends.length} pipe file descriptors instead of 2\n`)
  const [reader = 0, writer = 0] = ends.map(s32)
  return {
    mode: 'exact',
    write: (record) => record.begin('pipe', -1),
    after: (record, { descriptors }) => {
      if (record.result !== 0) return
      const [liveReader, liveWriter] = [record.i32(0), record.i32(4)]
      descriptors.refuseDuplicate(reader, liveReader)
      descriptors.refuseDuplicate(writer, liveWriter)
      descriptors.replace(reader, liveReader, { kind: 'pipe' })
      descriptors.replace(writer, liveWriter, { kind: 'pipe' })
    },
  }
}

/** Upstream passes an offset's number as a pointer, so that only NULL is of use; anything else is a bad one here. */
function splice(args: Arguments): CallForm {
  args.count(6)
  const from = args.fd(0)
  const fromOffset = args.s64(1)
  const to = args.fd(2)
  const toOffset = args.s64(3)
  const [count, flags] = [args.s32(4), args.s32(5)]
  const pointers = (fromOffset === 0n ? 0 : 1) | (toOffset === 0n ? 0 : 2)
  return {
    mode: 'exact',
    write: (record, { descriptors }) =>
      record.begin('splice', descriptors.live(from), descriptors.live(to), count, flags, pointers),
  }
}
