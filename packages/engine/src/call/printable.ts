// Octets in messages, as upstream shows them.

/** A NUL at the end is the string's own and not shown; other octets that do not print are `\\xhh`. */
export const printable = (octets: Uint8Array) =>
  Array.from(octets.at(-1) === 0 ? octets.subarray(0, -1) : octets, (octet) =>
    octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`,
  ).join('')
