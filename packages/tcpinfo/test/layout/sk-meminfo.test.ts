import { expect, it } from 'vitest'
import { decodeSkMeminfo, skMeminfoSize } from '../../src/layout/sk-meminfo.js'

it('is nine numbers', () => {
  const octets = new Uint8Array(skMeminfoSize)
  for (let at = 0; at < 9; at++) octets[at * 4 + 1] = at + 1
  expect(Object.fromEntries(decodeSkMeminfo(octets))).toMatchInlineSnapshot(`
    {
      "SK_MEMINFO_BACKLOG": 2048,
      "SK_MEMINFO_DROPS": 2304,
      "SK_MEMINFO_FWD_ALLOC": 1280,
      "SK_MEMINFO_OPTMEM": 1792,
      "SK_MEMINFO_RCVBUF": 512,
      "SK_MEMINFO_RMEM_ALLOC": 256,
      "SK_MEMINFO_SNDBUF": 1024,
      "SK_MEMINFO_WMEM_ALLOC": 768,
      "SK_MEMINFO_WMEM_QUEUED": 1536,
    }
  `)
})
