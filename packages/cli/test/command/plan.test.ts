import { expect, it } from 'vitest'
import { parsePacketdrill } from '../../src/args/packetdrill-args.js'
import { parseRun, type RunArgs } from '../../src/args/run-args.js'
import { plan as planPacketdrill } from '../../src/command/packetdrill.js'
import { plan as planRun } from '../../src/command/run.js'
import { listScripts } from '../../src/command/script-list.js'

const builtin = (file: string) => (file === 'libluna.so' ? '/built/libluna.so' : undefined)

it('runs each script on each stack, script by script', () => {
  const given = parseRun(['--stack=kernel,lwip', '--clock=virtual', '--mtu=9', 'a.pkt', 'b.pkt']) as RunArgs
  const requests = planRun(given, listScripts(given.scripts), builtin)
  expect(requests.map(({ scriptPath, stack }) => `${scriptPath} ${stack.name}`)).toEqual([
    'a.pkt kernel',
    'a.pkt lwip',
    'b.pkt kernel',
    'b.pkt lwip',
  ])
  const options = [['mtu', '9']]
  expect(requests[0]).toMatchObject({ clock: 'wall', adminPort: 0, options })
  expect(requests[1]).toMatchObject({ clock: 'virtual', adminPort: 8899, options })
  const others = [
    { path: 'a.pkt', stacks: ['lwip'] },
    { path: 'b.pkt', stacks: ['uml'] },
  ]
  expect(planRun(given, others, builtin).map(({ scriptPath, stack }) => `${scriptPath} ${stack.name}`)).toEqual([
    'a.pkt lwip',
  ])
  expect(() => planRun(given, others.slice(1), builtin)).toThrow('error: no script in a.pkt, b.pkt is for kernel, lwip')
})

it('runs packetdrill’s scripts on the kernel, or on the object', () => {
  const kernel = planPacketdrill(parsePacketdrill(['a.pkt'], 'x', false), builtin)
  expect(kernel).toEqual([
    { scriptPath: 'a.pkt', stack: { kind: 'kernel', name: 'kernel' }, clock: 'wall', options: [], adminPort: 0 },
  ])
  const userspace = planPacketdrill(parsePacketdrill(['--userspace_stack', 'a.pkt'], 'x', false), builtin)
  expect(userspace).toEqual([
    {
      scriptPath: 'a.pkt',
      stack: { kind: 'userspace', name: 'libluna.so', soPath: '/built/libluna.so' },
      clock: null,
      options: [],
      adminPort: 8899,
    },
  ])
})
