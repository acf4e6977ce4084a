// What getsockopt(SO_MEMINFO) returns: nine 32-bit numbers, the memory account of a socket in octets.
// Read first: linux/sock_diag.h; field.ts.
import { decodeFields, type Field, type FieldValues, sequence } from './field.js'

export const skMeminfoFields: readonly Field[] = sequence(0, 4, [
  'SK_MEMINFO_RMEM_ALLOC',
  'SK_MEMINFO_RCVBUF',
  'SK_MEMINFO_WMEM_ALLOC',
  'SK_MEMINFO_SNDBUF',
  'SK_MEMINFO_FWD_ALLOC',
  'SK_MEMINFO_WMEM_QUEUED',
  'SK_MEMINFO_OPTMEM',
  'SK_MEMINFO_BACKLOG',
  'SK_MEMINFO_DROPS',
])

/** Octets: what to offer to getsockopt. */
export const skMeminfoSize = 36

export function decodeSkMeminfo(octets: Uint8Array): FieldValues {
  return decodeFields(skMeminfoFields, octets)
}
