// The stack of stacks/template, which `lunadrill stack-init` hands out; that its project builds and passes is
// test/e2e/stack-init.test.ts's.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AF_INET, echoRequest, LOCAL, REMOTE, SOCK_DGRAM, sockaddr } from '../../../test/support/segment.js'
import { templateFiles } from '../src/index.js'
import { missing, openBench } from './support/host.js'

const folder = mkdtempSync(join(tmpdir(), 'template-'))
const soPath = join(folder, 'libacme.so')
afterAll(() => rmSync(folder, { recursive: true }))

describe.skipIf(missing)(missing ? `the template (skipped: ${missing})` : 'the template', () => {
  beforeAll(() => {
    for (const { name, text } of templateFiles()) {
      writeFileSync(join(folder, name), text.replaceAll('@NAME@', 'acme').replaceAll('@LUNADRILL@', 'lunadrill'))
    }
    execFileSync('make', ['-C', folder, '-s', 'CFLAGS=-O1 -g -Werror'], { stdio: 'inherit' })
  })

  it('answers an echo request with its octets', () => {
    const { inject, packets, close } = openBench({ soPath })
    inject(echoRequest(7, 24))
    expect(packets).toHaveLength(1)
    const { octets } = packets[0]!
    expect([octets.length, octets[9], octets[20], octets[25]]).toEqual([52, 1, 0, 7])
    expect(close()).toBe(0)
  })

  it('keeps a datagram until the next hop is known, and gives it back where that is never', () => {
    // Nobody but the gateway and everybody behind it answers; the stack asks, and is told at once.
    const { call, packets, close } = openBench({ soPath })
    const fd = call('socket', { args: [AF_INET, SOCK_DGRAM, 0] }).result
    expect(call('sendto', { fd, args: [100, 0], data: sockaddr(REMOTE, 9) }).result).toBe(100)
    expect(packets.map(({ octets }) => octets.length)).toEqual([128])
    expect(close()).toBe(0)
  })

  it('refuses an address that is not its own, and a port that is taken', () => {
    const { call, close } = openBench({ soPath })
    const open = () => call('socket', { args: [AF_INET, SOCK_DGRAM, 0] }).result
    const bind = (ip: string, port: number) => call('bind', { fd: open(), data: sockaddr(ip, port) })
    expect(bind(LOCAL, 9)).toMatchObject({ result: 0 })
    expect(bind('0.0.0.0', 9)).toMatchObject({ result: -1, errno: 98 })
    expect(bind(REMOTE, 10)).toMatchObject({ result: -1, errno: 99 })
    close()
  })
})
