// Runs do not see one another: in random order and side by side they get the verdicts that each gets alone, and each finds
// its own stack at the admin port. A thousand of them: npm run isolation.

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import type { RunRequest } from '../../packages/engine/dist/index.js'
import { ownKinds, scriptsOf, shuffled } from '../../tools/isolation/scripts.mjs'
import { verdictAlone, verdictsTogether, withRequests } from '../../tools/isolation/verdicts.mjs'
import { command, drill, named, noKernel, noLwip, scratch } from '../support/drill.js'

const { script, folder } = scratch()

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe.skipIf(noLwip)(named('scripts beside one another', noLwip), () => {
  it('get the verdicts that they get alone, in namespaces and where they share a network', {
    timeout: 300_000,
  }, async () => {
    const port = await freePort()
    const scripts = scriptsOf(ownKinds, port, buildStack('crash-in-listen'))
    expect(new Set(scripts.map(({ name }) => name)).size).toBe(ownKinds)
    await withRequests(scripts, port, async (requests: RunRequest[]) => {
      const alone = new Map<RunRequest, string>()
      for (const request of requests) alone.set(request, await verdictAlone(request))
      for (const [netns, seed] of [
        ['private', 1],
        ['host', 2],
      ] as const) {
        const order = shuffled(requests, seed)
        const together = await verdictsTogether(order, 3, netns)
        expect(together).toEqual(order.map((request) => alone.get(request)))
      }
    })
  })

  /** Passes only while the other one runs. */
  const meets = (own: string, other: string, admin: string) =>
    script(
      `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 8) = 0
+0 \`touch ${own}; for i in $(seq 600); do test -e ${other} && exit 0; sleep 0.05; done; exit 1\`
+0 \`test $(curl -s http://${admin}/netstat | grep -c '^tcp') = 1\`
`,
      `meets-${own}.pkt`,
    )
  const together = (one: string, other: string, ...flags: string[]) =>
    command('lunadrill', ['run', '--stack=lwip', '--jobs=2', ...flags, one, other], { cwd: folder, timeout: 90_000 })

  it('go on at the same time with the literal port', { timeout: 100_000 }, () => {
    const literal = '127.0.0.1:8899'
    expect(together(meets('a', 'b', literal), meets('b', 'a', literal))).toMatchObject({ status: 0 })
  })

  it('go on at the same time where they share a network and name no port', { timeout: 100_000 }, () => {
    const name = '$LUNADRILL_ADMIN'
    expect(together(meets('c', 'd', name), meets('d', 'c', name), '--netns=host')).toMatchObject({ status: 0 })
  })
})

describe('$LUNADRILL_ADMIN', () => {
  const says = (text: string) => script(`0 \`test "$LUNADRILL_ADMIN" = "${text}"\`\n`)

  it.skipIf(noLwip)(named('names the server on a userspace stack', noLwip), () => {
    expect(drill('lwip', says('127.0.0.1:8899'))).toMatchObject({ verdict: 'pass' })
    expect(drill('lwip', says('127.0.0.1:9000'), '--admin-port=9000')).toMatchObject({ verdict: 'pass' })
    expect(drill('lwip', says(''), '--admin-port=0')).toMatchObject({ verdict: 'pass' })
  })

  it.skipIf(noKernel || noLwip)(named('is not there on the kernel', noKernel ?? noLwip), () => {
    const line = command('lunadrill', ['run', '--stack=lwip,kernel', '--reporter=json', says('')])
    const verdicts = line.stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text).verdict)
    expect(verdicts).toEqual(['fail', 'pass'])
  })
})
