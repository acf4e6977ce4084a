import { describe, expect, it } from 'vitest'
import { parsePacketdrill } from '../../src/args/packetdrill-args.js'

const parse = (...args: string[]) => parsePacketdrill(args, './packetdrill', false)

describe('the stack', () => {
  it.each([
    [['a.pkt'], null],
    [['--userspace_stack', 'a.pkt'], 'libluna.so'],
    [['--userspace_stack', '--so_filename=mine.so', 'a.pkt'], 'mine.so'],
    [['--so_filename=mine.so', 'a.pkt'], 'mine.so'],
    [['--so_filename=one.so', 'a.pkt', '--so_filename', 'two.so'], 'two.so'],
    [['--user', 'a.pkt'], 'libluna.so'],
  ])('of %j is %s', (args, soFilename) => {
    expect(parse(...args).soFilename).toBe(soFilename)
  })
})

it('hands the script options on in their order, and keeps its own', () => {
  expect(parse('-v', '-DA=1', '--debug', 'a.pkt', '--so_filename=x.so', '--so_flags=f', '--mtu', '9', 'b.pkt')).toEqual(
    {
      wireServer: false,
      scripts: ['a.pkt', 'b.pkt'],
      soFilename: 'x.so',
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
