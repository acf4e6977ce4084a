// Numbers in network order, in octets. Interpreter thread, timed phase included: allocates nothing.

export const u16 = (octets: Uint8Array, at: number) => ((octets[at] as number) << 8) | (octets[at + 1] as number)
export const u32 = (octets: Uint8Array, at: number) => (u16(octets, at) * 0x10000 + u16(octets, at + 2)) >>> 0

export function put16(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value >>> 8
  octets[at + 1] = value
}

export function put32(octets: Uint8Array, at: number, value: number): void {
  put16(octets, at, value >>> 16)
  put16(octets, at + 2, value)
}
