import { describe, expect, it } from 'vitest'
import { parsePacketdrill } from '../../src/args/packetdrill-args.js'

const parse = (...args: string[]) => parsePacketdrill(args, './packetdrill', false)

describe('the stack', () => {
  it.each([
    [['a.pkt'], { kind: 'kernel' }],
    [['--userspace_stack', 'a.pkt'], { kind: 'userspace', soFilename: 'libluna.so' }],
    [['--userspace_stack', '--so_filename=mine.so', 'a.pkt'], { kind: 'userspace', soFilename: 'mine.so' }],
    [['--so_filename=mine.so', 'a.pkt'], { kind: 'userspace', soFilename: 'mine.so' }],
    [['--so_filename=one.so', 'a.pkt', '--so_filename', 'two.so'], { kind: 'userspace', soFilename: 'two.so' }],
    [['--user', 'a.pkt'], { kind: 'userspace', soFilename: 'libluna.so' }],
    [['--uml', 'a.pkt'], { kind: 'uml', kernel: null }],
    [['--uml_kernel=after', 'a.pkt'], { kind: 'uml', kernel: 'after' }],
    [['--uml', '--uml_kernel', './linux', 'a.pkt'], { kind: 'uml', kernel: './linux' }],
  ])('of %j is %j', (args, tested) => {
    expect(parse(...args).tested).toEqual(tested)
  })

  it.each([
    [['--uml', '--so_filename=x.so'], '--so_filename and --uml'],
    [['--userspace_stack', '--uml_kernel=after'], '--userspace_stack and --uml_kernel'],
  ])('is one: %j', (args, words) => {
    expect(() => parse(...args, 'a.pkt')).toThrow(`error: ${words} exclude each other`)
  })
})

it('hands the script options on in their order, and keeps its own', () => {
  expect(parse('-v', '-DA=1', '--debug', 'a.pkt', '--so_filename=x.so', '--so_flags=f', '--mtu', '9', 'b.pkt')).toEqual(
    {
      wireServer: false,
      scripts: ['a.pkt', 'b.pkt'],
      tested: { kind: 'userspace', soFilename: 'x.so' },
      options: [
        ['verbose', null],
        ['define', 'A=1'],
        ['debug', null],
        ['so_flags', 'f'],
        ['mtu', '9'],
      ],
    },
  )
})

it.each([
  [['--wire_server', '--wire_server_dev=eth1'], true],
  [['--wire_client', '--wire_server'], true],
  [['--wire_server', '--wire_client', 'a.pkt'], false],
  [['--wire_server', '--wire_server_at=there', 'a.pkt'], false],
])('%j makes a wire server: %s', (args, wireServer) => {
  expect(parse(...args).wireServer).toBe(wireServer)
})

describe('a fault', () => {
  it.each([
    [[], 'error: missing script path'],
    [['--wire_server', 'a.pkt'], 'error: do not pass script paths to the wire server on command line'],
    [['--netns=host', 'a.pkt'], "./packetdrill: unrecognized option '--netns=host'"],
  ])('%j: %s', (args, message) => {
    expect(() => parse(...args)).toThrow(message)
  })
})
