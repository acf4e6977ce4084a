// Scripts on a Linux kernel in virtual time, by the built commands: docs/virtual-kernel.md. Skipped where none is built.
import { describe, expect, it } from 'vitest'
import { listKernels } from '../../packages/engine/dist/index.js'
import { drill, scratch } from '../support/drill.js'

const { script } = scratch()
const noKernel = listKernels().some(({ name }) => name === 'default') ? undefined : 'lunadrill kernel build'

const accept = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
`

describe.skipIf(noKernel !== undefined)('a kernel in virtual time', () => {
  it('passes what the machine’s kernel passes, in its own time', () => {
    const path = script(
      `${accept}+0 write(4, ..., 1000) = 1000\n+0 > P. 1:1001(1000) ack 1\n+7200 < . 1:1(0) ack 1001 win 1000\n`,
    )
    const run = drill('uml', path)
    expect(run).toMatchObject({ verdict: 'pass', stack: 'uml', clock: 'virtual', status: 0 })
  })
})
