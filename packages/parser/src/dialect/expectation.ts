// What the grammar of other dialects expects, in words. Read first: diagnostic/expectation.ts.
import type { Expectation } from '../diagnostic/expectation.js'

export const FOREIGN_EXPECT = {
  closing: { words: 'the bracket that closes this' },
  sctpColon: { words: "':' and the chunks of the packet" },
  chunk: { words: 'an SCTP chunk such as INIT[…] or DATA[…]' },
  chunkOpen: { words: "'[' and the fields of the chunk" },
  coverage: { words: 'the length and the checksum coverage, (LENGTH, COVERAGE)' },
  address: { words: 'an address, addr[NAME]' },
  encapsulation: { words: "the ports of the encapsulation, '/udp(SOURCE > DESTINATION)'" },
  conditionName: { words: 'the name that is asked for' },
  endif: { words: "'#endif' for each '#ifdef'" },
} as const satisfies Record<string, Expectation>
