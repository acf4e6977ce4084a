import { describe, expect, it } from 'vitest'
import { firstDivergence } from '../../src/compare/divergence.js'

const traced = (clock: 'virtual' | 'wall', ...trace: string[]) => ({ clock, trace })
const five = [1, 2, 3, 4, 5].map((n) => `0.${n}00000  call  write 4 = ${n}`)

describe('in virtual time', () => {
  it('equal traces have no divergence', () => {
    expect(firstDivergence(traced('virtual', ...five), traced('virtual', ...five))).toBeNull()
  })

  it('the first other line is it, with the four before', () => {
    const other = [...five.slice(0, 4), '0.500000  call  write 4 = -1 EPIPE']
    expect(firstDivergence(traced('virtual', ...five, 'x'), traced('virtual', ...other, 'y'))).toEqual({
      before: five.slice(0, 4),
      first: five[4],
      second: other[4],
    })
  })

  it('a kernel’s own work is none, what is longer is one', () => {
    const trace = ['0.100000  out   #1 F. 1:1(0) ack 1', '0.2  info  4 rtt=100002 snd_cwnd=10 pacing_rate=1234']
    const again = ['0.100007  out   #1 F. 1:1(0) ack 1', '0.2  info  4 rtt=100009 snd_cwnd=10 pacing_rate=1233']
    expect(firstDivergence(traced('virtual', ...trace), traced('virtual', ...again))).toBeNull()
    const [first, second] = ['0.100000  out   #1 F. 1:1(0) ack 1', '0.100101  out   #1 F. 1:1(0) ack 1']
    expect(firstDivergence(traced('virtual', first), traced('virtual', second))).toEqual({ before: [], first, second })
  })

  it('a trace that ends first is one', () => {
    expect(firstDivergence(traced('virtual', ...five), traced('virtual', ...five.slice(0, 1)))).toEqual({
      before: five.slice(0, 1),
      first: five[1],
      second: null,
    })
  })

  it('of tcp_info, the fields that differ are told', () => {
    const line = (fields: string) => `0.100000  info  4 state=1 ${fields} snd_mss=1460`
    const first = traced('virtual', line('rto=204000 snd_cwnd=10'))
    expect(firstDivergence(first, traced('virtual', line('rto=304000 snd_cwnd=10')))).toEqual({
      before: [],
      first: '0.100000  info  4 rto=204000',
      second: '0.100000  info  4 rto=304000',
    })
  })
})

describe('where one clock is the wall’s', () => {
  const apart = (a: string, b: string) => firstDivergence(traced('wall', a), traced('virtual', b))

  it.each([
    ['4 ms', '0.104000  out   #1 . 1:1(0) ack 1', '0.100000  out   #1 . 1:1(0) ack 1'],
    ['1 % of a long time', '70.000000  out   #1 F.', '70.600000  out   #1 F.'],
    ['what came before time 0', '-0.101000  line  1: 0 close(3) = 0', '0.000000  line  1: 0 close(3) = 0'],
    [
      'what is measured in time',
      '0.1  info  4 rtt=1 snd_cwnd=10 min_rtt=5',
      '0.1  info  4 rtt=2 snd_cwnd=10 min_rtt=4',
    ],
  ])('%s apart is no divergence', (_what, a, b) => {
    expect(apart(a, b)).toBeNull()
  })

  it.each([
    ['more than 4 ms', '0.104001  out   #1 F.', '0.100000  out   #1 F.'],
    ['another packet', '0.100000  out   #1 F.', '0.100000  out   #1 R.'],
    ['another timer of retransmission', '0.1  info  4 rto=204000', '0.1  info  4 rto=304000'],
    ['another window', '0.1  info  4 rtt=1 snd_cwnd=10', '0.1  info  4 rtt=1 snd_cwnd=11'],
  ])('%s is one', (_what, a, b) => {
    expect(apart(a, b)).toMatchObject({ before: [] })
  })
})
