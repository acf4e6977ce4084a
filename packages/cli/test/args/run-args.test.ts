import { describe, expect, it } from 'vitest'
import { parseRun } from '../../src/args/run-args.js'

const parse = (...args: string[]) => parseRun(args)

it('fills what is not said', () => {
  expect(parse('a.pkt')).toEqual({
    scripts: ['a.pkt'],
    stacks: ['kernel'],
    clock: null,
    reporter: 'pretty',
    adminPort: 8899,
    netns: 'private',
    jobs: 1,
    asan: false,
    trace: null,
    seed: 0,
    options: [],
  })
})

it('takes all of ours, before and after scripts', () => {
  expect(
    parse('--stack=lwip', 'a.pkt', '--clock', 'wall', '--reporter=json', '--admin-port=0', '--netns=host', 'b.pkt'),
  ).toEqual({
    scripts: ['a.pkt', 'b.pkt'],
    stacks: ['lwip'],
    clock: 'wall',
    reporter: 'json',
    adminPort: 0,
    netns: 'host',
    jobs: 1,
    asan: false,
    trace: null,
    seed: 0,
    options: [],
  })
})

it.each([
  [['--stack=kernel,lwip'], ['kernel', 'lwip']],
  [
    ['--stack=kernel', '--stack', './x.so'],
    ['kernel', './x.so'],
  ],
])('%j are stacks %j', (args, stacks) => {
  expect(parse(...args, 'a.pkt')).toMatchObject({ stacks })
})

it('keeps packetdrill’s options in their order', () => {
  const args = ['-v', '-DX=Y', '--tolerance_usecs=5', '-D', 'Z=a=b', '--so_flags=p=1', '--define=N="q"', '--dry_run']
  expect(parse(...args, '--debug', '--init_scripts=true\nfalse', 'a.pkt')).toMatchObject({
    scripts: ['a.pkt'],
    options: [
      ['verbose', null],
      ['define', 'X=Y'],
      ['tolerance_usecs', '5'],
      ['define', 'Z=a=b'],
      ['so_flags', 'p=1'],
      ['define', 'N="q"'],
      ['dry_run', null],
      ['debug', null],
      ['init_scripts', 'true\nfalse'],
    ],
  })
})

it('ends options at --', () => {
  expect(parse('--', '-DX=Y', '--stack')).toMatchObject({ scripts: ['-DX=Y', '--stack'] })
})

it('gives help whatever else is said', () => {
  expect(parse('--help')).toBe('help')
  expect(parse('-h', '--clock=sun')).toBe('help')
})

describe('a fault', () => {
  it.each([
    [[], 'error: missing script path'],
    [['--stack=lwip'], 'error: missing script path'],
    [['--clock=sun', 'a.pkt'], 'error: bad --clock: sun (one of: virtual, wall)'],
    [['--reporter=xml', 'a.pkt'], 'error: bad --reporter: xml (one of: pretty, json)'],
    [['--jobs=0', 'a.pkt'], 'error: bad --jobs: 0 (1 to 256)'],
    [['--netns=own', 'a.pkt'], 'error: bad --netns: own (one of: private, host)'],
    [['--admin-port=http', 'a.pkt'], 'error: bad --admin-port: http (0 to 65535; 0: none)'],
    [['--admin-port=65536', 'a.pkt'], 'error: bad --admin-port: 65536'],
    [['--bogus', 'a.pkt'], 'error: unknown or unexpected option: --bogus'],
    [['--admin_port=1', 'a.pkt'], 'error: unknown or unexpected option: --admin_port (did you mean --admin-port?)'],
    [['--tolerance-usecs=1', 'a.pkt'], '(did you mean --tolerance_usecs?)'],
    [['--so_filename=x.so', 'a.pkt'], '(write --stack=PATH.so, or --stack=lwip for the built-in libluna.so)'],
    [['a.pkt', '--stack'], 'error: option requires argument: --stack'],
  ])('%j: %s', (args, message) => {
    expect(() => parse(...args)).toThrow(message)
  })
})
