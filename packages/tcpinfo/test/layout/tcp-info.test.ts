import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Field } from '../../src/layout/field.js'
import { decodeTcpInfo, tcpInfoFields, tcpInfoSize } from '../../src/layout/tcp-info.js'
import { compile, withGcc } from '../support/gcc.js'

const header = '/usr/include/linux/tcp.h'

describe('struct tcp_info', () => {
  it.skipIf(!withGcc)('lies as in the installed linux/tcp.h, as far as that goes (needs gcc)', () => {
    const declared = declaredNames()
    const ours = tcpInfoFields.filter((field) => declared.has(field.name))
    expect(ours.length).toBe(declared.size)
    // Each field alone is set to ones, so that bit fields can be compared too.
    const program = compile(`
      #include <stdio.h>
      #include <string.h>
      #include <linux/tcp.h>
      static struct tcp_info info;
      static void show(const char *name) {
        const unsigned char *octets = (const unsigned char *)&info;
        printf("%s", name);
        for (unsigned i = 0; i < sizeof info; i++) if (octets[i] != 0) printf(" %u:%u", i, octets[i]);
        puts("");
        memset(&info, 0, sizeof info);
      }
      int main(void) {
        ${ours.map((field) => `info.${field.name} = ~0; show("${field.name}");`).join('\n')}
      }
    `)
    const lines = execFileSync(program, { encoding: 'utf8' }).trimEnd().split('\n')
    expect(ours.map(octetsOfOnes)).toEqual(lines)
  })

  it('has no holes and no overlaps but one bit field per octet group', () => {
    const bits = new Map<number, string>()
    for (const field of tcpInfoFields) {
      const [lowest, width] = field.bits ?? [0, field.size * 8]
      for (let bit = 0; bit < width; bit++) {
        const at = field.offset * 8 + lowest + bit
        expect(bits.get(at), `${field.name} over another at bit ${at}`).toBeUndefined()
        bits.set(at, field.name)
      }
    }
    const spare = [59, 60, 61, 62, 63]
    expect(bits.size + spare.length).toBe(tcpInfoSize * 8)
  })

  it('reads numbers little-endian, and bits from the lowest up', () => {
    const octets = new Uint8Array(tcpInfoSize)
    octets.set([1, 4], 0)
    octets.set([0xa7, 0b101], 6)
    octets.set([0x40, 0x0d, 0x03, 0x00], 8)
    octets.set([1, 0, 0, 0, 0, 0, 0, 0x80], 120)
    octets.set([0b1110_01_10, 1, 0, 0x80], 276)
    const values = decodeTcpInfo(octets)
    expect(values.get('tcpi_state')).toBe(1)
    expect(values.get('tcpi_ca_state')).toBe(4)
    expect(values.get('tcpi_snd_wscale')).toBe(7)
    expect(values.get('tcpi_rcv_wscale')).toBe(10)
    expect(values.get('tcpi_delivery_rate_app_limited')).toBe(1)
    expect(values.get('tcpi_fastopen_client_fail')).toBe(2)
    expect(values.get('tcpi_rto')).toBe(200_000)
    expect(values.get('tcpi_bytes_acked')).toBe(0x8000000000000001n)
    expect(values.get('tcpi_ecn_mode')).toBe(2)
    expect(values.get('tcpi_accecn_opt_seen')).toBe(1)
    expect(values.get('tcpi_accecn_fail_mode')).toBe(14)
    expect(values.get('tcpi_options2')).toBe(0x800001)
  })

  it('leaves out what an older kernel does not return, and ignores what a newer one adds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (octets) => {
        const names = [...decodeTcpInfo(octets).keys()]
        const within = tcpInfoFields.filter((field) => field.offset + field.size <= octets.length)
        expect(names).toEqual(within.map((field) => field.name))
      }),
    )
  })

  it('may start anywhere in its buffer', () => {
    const buffer = new Uint8Array(tcpInfoSize + 3)
    buffer[3] = 10
    expect(decodeTcpInfo(buffer.subarray(3)).get('tcpi_state')).toBe(10)
  })
})

/** Names that the installed header declares: an old one lacks the newest fields. */
function declaredNames(): ReadonlySet<string> {
  const text = readFileSync(header, 'utf8')
  const start = text.indexOf('struct tcp_info {')
  return new Set(text.slice(start, text.indexOf('};', start)).match(/\btcpi_\w+/g))
}

function octetsOfOnes(field: Field): string {
  const [lowest, width] = field.bits ?? [0, field.size * 8]
  const octets = Array.from({ length: field.size }, (_, octet) => {
    const inside = (bit: number) => octet * 8 + bit >= lowest && octet * 8 + bit < lowest + width
    return [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, bit) => sum + (inside(bit) ? 2 ** bit : 0), 0)
  })
  return [field.name, ...octets.flatMap((octet, at) => (octet === 0 ? [] : [`${field.offset + at}:${octet}`]))].join(
    ' ',
  )
}
