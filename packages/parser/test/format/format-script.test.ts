// The formatter from outside: what it changes, what it keeps, and that it never changes the tree.
import { describe, expect, it } from 'vitest'
import { sameTree } from '../../src/format/same-tree.js'
import { formatScript, parseScript } from '../../src/index.js'
import { corpus, noCorpus } from '../support/corpus.js'

function format(text: string): string {
  const { text: formatted, diagnostics } = formatScript(text)
  if (formatted === null) throw new Error(diagnostics[0]?.message)
  expect(formatScript(formatted).text, 'formatted twice').toBe(formatted)
  return formatted
}

const socket = '    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n'

/** One event behind a socket call, formatted. */
const event = (text: string) => format(`${socket}${text}`).slice(socket.length)

describe('times', () => {
  it('stand right-aligned in five columns, ranges and ends of calls behind them', () => {
    const text = [
      '0 socket( ... ,SOCK_STREAM,IPPROTO_TCP)=3',
      '+.1 <  S 0:0(0) win 1',
      '\t+0\t> S. 0:0(0) ack 1',
      '+.01 `true`',
      '+.002 %{ pass }%',
      '+.3 ~ +.303 > . 1:1(0) ack 1',
      '* > . 1:1(0) ack 1',
      '+0 ... 0.2 read(3, ..., 1) = 1',
      '+0 ... .2 read(3, ..., 1) = 1',
    ].join('\n')
    expect(format(text)).toBe(`\
    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
  +.1 < S 0:0(0) win 1
   +0 > S. 0:0(0) ack 1
 +.01 \`true\`
+.002 %{ pass }%
  +.3~+.303 > . 1:1(0) ack 1
    * > . 1:1(0) ack 1
   +0...0.2 read(3, ..., 1) = 1
   +0 ... .2 read(3, ..., 1) = 1
`)
  })

  it('have a wider column where they are longer, up to eight', () => {
    expect(format('0.000 close(3) = 0\n+0.000 close(3) = 0\n')).toBe(' 0.000 close(3) = 0\n+0.000 close(3) = 0\n')
    expect(format('0 close(3) = 0\n+10.000001 close(3) = 0\n')).toBe('    0 close(3) = 0\n+10.000001 close(3) = 0\n')
  })

  it('begin a line each', () => {
    expect(format('0 close(3) = 0 +0 close(3) = 0')).toBe('    0 close(3) = 0\n   +0 close(3) = 0\n')
  })
})

describe('packets', () => {
  it.each([
    [
      '+0 < S  0 : 0 ( 0 )  win 1 < mss 1460 , nop,sackOK, wscale 7,TS val 1  ecr 2 >',
      '   +0 < S 0:0(0) win 1 <mss 1460,nop,sackOK,wscale 7,TS val 1 ecr 2>',
    ],
    ['+0 < . 1:1(0) ack 1 win 1 < sack 1:2  3 : 4,nop,nop>', '   +0 < . 1:1(0) ack 1 win 1 <sack 1:2 3:4,nop,nop>'],
    ['+0 > S . 0:0(0) ack 1 < ... >', '   +0 > S. 0:0(0) ack 1 <...>'],
    ['+0 > [ect0]  S .5 0:0(0) ack 1', '   +0 > [ect0] S.5 0:0(0) ack 1'],
    ['+0 > 80>8080 .5 0:0(0) ack 1', '   +0 > 80 > 8080 .5 0:0(0) ack 1'],
    ['+0 > - 0:0(0)', '   +0 > - 0:0(0)'],
    ['+0 < icmp unreachable [ 1:1001 (1000) ]', '   +0 < icmp unreachable [1:1001(1000)]'],
    ['+0 < udp(100)', '   +0 < udp (100)'],
    [
      '+0 < ipv4 1.1.1.1>2.2.2.2:gre:mpls(label 5,tc 1,[S],ttl 5): 80>8080 F. 1:1(0) win 1',
      '   +0 < ipv4 1.1.1.1 > 2.2.2.2: gre: mpls (label 5, tc 1, [S], ttl 5): 80 > 8080 F. 1:1(0) win 1',
    ],
  ])('%s', (written, formatted) => {
    expect(event(`${written}\n`)).toBe(`${formatted}\n`)
  })
})

describe('calls', () => {
  it.each([
    ['+0 bind (3,...,...)=0', '   +0 bind(3, ..., ...) = 0'],
    ['+0 fcntl(3,F_SETFL,A | B)=-1 EAGAIN(Try  again)', '   +0 fcntl(3, F_SETFL, A|B) = -1 EAGAIN (Try  again)'],
    ['+0 open("a"  "b",O) = 0x2(flags O)', '   +0 open("a" "b", O) = 0x2 (flags O)'],
    ['+0 poll([ {fd = 3,events=A} ],1,0)=1', '   +0 poll([{fd=3, events=A}], 1, 0) = 1'],
    [
      '+0 f({(label 1,tc 0,[S],ttl 5)( label 2,tc 0,ttl 5 )})=0',
      '   +0 f({(label 1, tc 0, [S], ttl 5) (label 2, tc 0, ttl 5)}) = 0',
    ],
    [
      '+0 f({ flags [ key present,checksum present ],sum 0,off 0,key = 5,seq 0 })=0',
      '   +0 f({flags [key present, checksum present], sum 0, off 0, key=5, seq 0}) = 0',
    ],
    [
      '+0 f({sa_family=AF_INET,sin_port=htons( 5 ),sin_addr=inet_addr("1.1.1.1")})=0',
      '   +0 f({sa_family=AF_INET, sin_port=htons(5), sin_addr=inet_addr("1.1.1.1")}) = 0',
    ],
  ])('%s', (written, formatted) => {
    expect(event(`${written}\n`)).toBe(`${formatted}\n`)
  })

  it('keep their line breaks, each line under what its bracket holds', () => {
    const text = `+0 recvmsg(3, {msg_name(...)=...,
      msg_iov(1)=[
    {...,10}
    ], msg_flags=0}, // why
0) = 0\n`
    expect(event(text)).toBe(`\
   +0 recvmsg(3, {msg_name(...)=...,
                  msg_iov(1)=[
                      {..., 10}
                  ], msg_flags=0}, // why
              0) = 0\n`)
  })
})

describe('comments', () => {
  it('are kept: above, behind, inside, below', () => {
    const text = `\


/* a
   block */ // and this
--mtu=1500 // of an option

0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3 // one\t


  /* indented */
+0 bind(3, /* inner */ ..., ...) = 0    // two
                                        // goes on
+0 /* here */ close(3) = 0/* three */


// last`
    expect(format(text)).toBe(`\
/* a
   block */ // and this
--mtu=1500  // of an option

    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3  // one

   /* indented */
   +0 bind(3, /* inner */ ..., ...) = 0  // two
                                         // goes on
   +0 /* here */ close(3) = 0            /* three */

// last
`)
  })
})

describe('what is kept as it is', () => {
  it('options, commands, code, defined words', () => {
    const text =
      '--define=A=`x`   --mtu=1500\n--define=B=" y "\n`a  b\n c`\n    0 %{\nif  x:\n  y( 1,2 )\n}%\n`end  `\n'
    expect(format(text)).toBe(text)
  })

  it('CRLF line ends of a whole file', () => {
    expect(format('0 close(3)=0\r\n+0 %{\r\nx\r\n}%\r\n')).toBe('    0 close(3) = 0\r\n   +0 %{\r\nx\r\n}%\r\n')
  })

  it('a script that does not parse', () => {
    const { text, diagnostics } = formatScript('0 close(3 = 0\n')
    expect(text).toBeNull()
    expect(diagnostics).not.toHaveLength(0)
  })
})

it('compares trees without places', () => {
  const tree = (text: string) => parseScript(text).script
  expect(sameTree(tree('0 close(3) = 0'), tree('\n\n0   close( 3 ) = 0'))).toBe(true)
  expect(sameTree(tree('0 close(3) = 0'), tree('0 close(4) = 0'))).toBe(false)
  expect(sameTree(tree('0 f({fd=1, events=2}) = 0'), tree('0 f({fd=1, events=3}) = 0'))).toBe(false)
})

describe.skipIf(noCorpus)(noCorpus === undefined ? 'the corpus' : `the corpus (skipped: ${noCorpus})`, () => {
  it.each(corpus())('$name: the same tree and comments, idempotent', ({ text, settings }) => {
    const configure = () => settings
    const { text: formatted } = formatScript(text, configure)
    expect(formatted).not.toBeNull()
    expect(formatScript(formatted as string, configure).text).toBe(formatted)
    expect(sameTree(parseScript(text, configure).script, parseScript(formatted as string, configure).script)).toBe(true)
    const bare = (script: string) => script.replaceAll(/\s+/g, '')
    expect(bare(formatted as string)).toBe(bare(text))
  })
})
