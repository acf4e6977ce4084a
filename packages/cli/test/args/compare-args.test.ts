import { describe, expect, it } from 'vitest'
import { parseCompare } from '../../src/args/compare-args.js'

it('fills in what is not said', () => {
  expect(parseCompare(['--stack=kernel', '--stack', 'lwip', 'a.pkt'])).toEqual({
    scripts: ['a.pkt'],
    stacks: ['kernel', 'lwip'],
    clock: null,
    adminPort: 8899,
    netns: 'private',
    jobs: 1,
    options: [],
    asan: false,
    seed: 0,
    by: 'verdict',
    format: 'pretty',
  })
})

it('takes what is said, packetdrill’s options too', () => {
  const given = [
    '--stack=kernel,lwip,./x.so',
    '--by=trace',
    '--format=json',
    '--jobs=2',
    '--mtu=1400',
    'a.pkt',
    'b.pkt',
  ]
  expect(parseCompare(given)).toMatchObject({
    scripts: ['a.pkt', 'b.pkt'],
    stacks: ['kernel', 'lwip', './x.so'],
    jobs: 2,
    options: [['mtu', '1400']],
    by: 'trace',
    format: 'json',
  })
})

describe('refused are', () => {
  it.each([
    ['one stack', ['--stack=kernel', 'a.pkt'], 'error: two stacks are compared: --stack=A --stack=B'],
    ['no script', ['--stack=kernel,lwip'], 'error: missing script path'],
    ['another criterion', ['--stack=kernel,lwip', '--by=mood', 'a.pkt'], 'error: bad --by: mood'],
    ['a flag of run', ['--stack=kernel,lwip', '--reporter=json', 'a.pkt'], 'unknown or unexpected option: --reporter'],
  ])('%s', (_what, args, message) => {
    expect(() => parseCompare(args)).toThrow(message)
  })
})
