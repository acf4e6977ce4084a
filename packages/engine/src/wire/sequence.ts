// Sequence numbers: unsigned 32 bits, compared and added modulo 2^32 (RFC 9293 3.4).

export const add32 = (a: number, b: number): number => (a + b) >>> 0
export const subtract32 = (a: number, b: number): number => (a - b) >>> 0
