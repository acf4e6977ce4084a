// Structures of the kernel as data: a field is a number of octets at an offset, or a few bits of them. Little-endian,
// as on every machine that we run on. Pure; any thread.

export interface Field {
  readonly name: string
  /** Octets from the start. */
  readonly offset: number
  /** Octets; 8 gives a bigint, everything else a number. */
  readonly size: 1 | 2 | 4 | 8
  /** Where the field is only a part of those octets: its lowest bit and its width. */
  readonly bits?: readonly [lowest: number, width: number]
}

export type FieldValues = ReadonlyMap<string, number | bigint>

/** The fields that lie wholly within `octets`: an older kernel returns fewer of them. */
export function decodeFields(fields: readonly Field[], octets: Uint8Array): FieldValues {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
  const values = new Map<string, number | bigint>()
  for (const field of fields) {
    if (field.offset + field.size <= octets.byteLength) values.set(field.name, read(view, field))
  }
  return values
}

function read(view: DataView, field: Field): number | bigint {
  if (field.size === 8) return view.getBigUint64(field.offset, true)
  const whole =
    field.size === 1
      ? view.getUint8(field.offset)
      : field.size === 2
        ? view.getUint16(field.offset, true)
        : view.getUint32(field.offset, true)
  if (field.bits === undefined) return whole
  const [lowest, width] = field.bits
  return Math.floor(whole / 2 ** lowest) % 2 ** width
}

/** Fields of one size, one after the other. */
export function sequence(offset: number, size: Field['size'], names: readonly string[]): readonly Field[] {
  return names.map((name, index) => ({ name, offset: offset + index * size, size }))
}
