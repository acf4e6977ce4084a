// What holds however a script is laid out: formatted once it stays, and every comment is still there.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatScript } from '../../src/index.js'

const SCRIPT = `--mtu=1500 --define=A=B \`init\`
0 socket ( ... , SOCK_STREAM , IPPROTO_TCP ) = 3
+ .1 ... 0.2 recvmsg ( 3 , { msg_name ( ... ) = ... , msg_iov ( 1 ) = [ { ... , 5 } ] , msg_flags = A | B } , 0 ) = -1 EAGAIN (f)
+ 0 poll ( [ { fd = 3 , events = POLLIN } , { fd = 4 , events = 0 } ] , 2 , 0 ) = 0 (flags)
+ 0 a ( { ( label 1 , tc 0 , [ S ] , ttl 9 ) ( label 2 , tc 0 , ttl 9 ) } , "b" "c" ) = 0x2
+ 0 < S 0 : 0 ( 0 ) win 1 < mss 1460 , sackOK , TS val 1 ecr 0 , nop , wscale 7 >
+ .3 ~ + .4 > [ ect0 ] S . 0 : 0 ( 0 ) ack 1 < ... > * > 5 > 6 P .5 1 : 1001 ( 1000 ) ack 1 < nop , nop , sack 1 : 2 3 : 4 >
0 > ipv4 1.2.3.4 > 5.6.7.8 : gre flags [ none ] , sum 0 , off 0 , key = 0 , seq 0 : mpls ( label 1 , tc 0 , ttl 9 ) : . 1 : 1 ( 0 )
+ 0 < icmp unreachable frag_needed mtu 1200 [ 1 : 1461 ( 1460 ) ] + 0 > udp 1 > 2 ( 10 )
+ 0 %{x}% + 0 \`y\` \`end\``

const blank = fc.oneof(
  { weight: 12, arbitrary: fc.constant(' ') },
  fc.constantFrom('\t', '\n', '\n\n\n', '\r\n', ' // x\n', '\n  // y\n', '/* z */', '\n/* u\n v */', ' /* w */ // x\n'),
)

it('formats any layout, keeps its comments, and is idempotent', () => {
  fc.assert(
    fc.property(fc.infiniteStream(blank), fc.boolean(), (blanks, tail) => {
      const text = `${SCRIPT.replaceAll('\n', ' ').replaceAll(/ /g, () => blanks.next().value as string)}${tail ? ' // end' : ''}`
      const { text: once, diagnostics } = formatScript(text)
      expect(diagnostics).toEqual([])
      expect(formatScript(once as string).text).toBe(once)
      const bare = (script: string) => script.replaceAll(/\s+/g, '')
      expect(bare(once as string)).toBe(bare(text))
      expect(once).not.toMatch(/[ \t]\n|\n\n\n|^\n|\n\n$/)
    }),
    { numRuns: 500 },
  )
})
