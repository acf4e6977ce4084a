import { describe, expect, it } from 'vitest'
import { traceNumbers } from '../../src/trace/numbers.js'
import { put16 } from '../../src/wire/octets.js'
import { liveOctets } from '../support/playbook.js'

/** A packet of the stack in live numbers, from `port`. */
const out = (line: string, port = 8080) => liveOctets(line, (octets) => put16(octets, 20, port))

/** One of the tester to the stack's `port`. */
const into = (line: string, port = 8080) =>
  liveOctets(line, (octets) => {
    const [local, remote] = [octets.slice(12, 16), octets.slice(16, 20)]
    octets.set(remote, 12)
    octets.set(local, 16)
    put16(octets, 20, 40_000)
    put16(octets, 22, port)
  })

/** A handshake and what follows, with the stack's own numbers from `isn` and `val`, and its port. */
function connection(isn: number, val: number, port: number): (string | null)[] {
  const numbers = traceNumbers('mapped')
  return [
    numbers.packet(into('S 7:7(0) win 99 <mss 1460,nop,nop,TS val 5 ecr 0>', port), false),
    numbers.packet(out(`S. ${isn}:${isn}(0) ack 8 win 99 <nop,nop,TS val ${val} ecr 5>`, port), true),
    numbers.packet(into(`. 8:8(0) ack ${isn + 1} win 99 <nop,nop,TS val 6 ecr ${val}>`, port), false),
    numbers.packet(out(`P. ${isn + 1}:${isn + 11}(10) ack 8 win 99 <nop,nop,TS val ${val + 3} ecr 6>`, port), true),
    numbers.packet(into(`. 8:8(0) ack ${isn + 1} win 99 <nop,nop,sack ${isn + 6}:${isn + 11}>`, port), false),
  ]
}

describe('mapped numbers', () => {
  it('are the same, whatever the stack has chosen', () => {
    expect(connection(6510, 123_456, 8080)).toEqual(connection(1_999_999_999, 0, 50_000))
  })

  it('count from the stack’s first, and leave the tester’s alone', () => {
    expect(connection(6510, 123_456, 8080)).toEqual([
      '#1 S 7:7(0) win 99 <mss 1460,nop,nop,TS val 5 ecr 0> (56 octets, ttl 255)',
      '#1 S. 0:0(0) ack 8 win 99 <nop,nop,TS val 0 ecr 5> (52 octets, ttl 255)',
      '#1 . 8:8(0) ack 1 win 99 <nop,nop,TS val 6 ecr 0> (52 octets, ttl 255)',
      '#1 P. 1:11(10) ack 8 win 99 <nop,nop,TS val 3 ecr 6> (62 octets, ttl 255)',
      '#1 . 8:8(0) ack 1 win 99 <nop,nop,sack 6:11> (52 octets, ttl 255)',
    ])
  })

  it('tell flows apart, and connections that follow one another on the same ports', () => {
    const numbers = traceNumbers('mapped')
    const texts = [500, 700].flatMap((isn) => [
      numbers.packet(out(`S ${isn}:${isn}(0) win 99`, 50_000 + isn), true),
      numbers.packet(out(`S. ${isn}:${isn}(0) ack 1 win 99`), true),
    ])
    const [first, listening, second, again] = texts
    expect([first, second].map((text) => text?.slice(0, 12))).toEqual(['#1 S 0:0(0) ', '#3 S 0:0(0) '])
    expect([listening, again].map((text) => text?.slice(0, 19))).toEqual(['#2 S. 0:0(0) ack 1 ', '#2 S. 0:0(0) ack 1 '])
  })

  it('say what is in the IP header', () => {
    const octets = liveOctets('. 1:1(0) ack 1 win 9', (header) => {
      header[1] = 2
      header[6] = 0x40
      header[8] = 64
    })
    expect(traceNumbers('mapped').packet(octets, true)).toBe('#1 . 1:1(0) ack 1 win 9 (40 octets, ttl 64, tos 0x2, DF)')
  })

  it('count descriptors from 3 as they are made, or first used', () => {
    const numbers = traceNumbers('mapped')
    expect([
      numbers.fd(-1),
      numbers.newFd(25),
      numbers.fd(25),
      numbers.fd(31),
      numbers.newFd(25),
      numbers.fd(25),
    ]).toEqual([-1, 3, 3, 4, 5, 5])
  })

  it('leave out what no script can mean', () => {
    const other = liveOctets('. 1:1(0) ack 1 win 9', (octets) => {
      octets[9] = 2
    })
    expect(traceNumbers('mapped').packet(other, true)).toBeNull()
  })
})

describe('live numbers', () => {
  it('are the wire’s, with a hash of all octets', () => {
    const text = traceNumbers('live').packet(out('P. 6511:6521(10) ack 8 win 99'), true)
    expect(text).toMatch(
      /^192\.168\.0\.2:8080 > 192\.0\.2\.1:40000 P\. 6511:6521\(10\) ack 8 win 99 \(50 octets, [\da-f]{8}\)$/,
    )
  })
})
