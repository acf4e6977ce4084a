// Both stacks without root: as user nobody, in a user namespace that lunadrill-guard enters.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { named, noKernel, noLwip, root } from '../support/drill.js'

// The checkout may lie where nobody may not look (under /root): it is shown elsewhere, in a mount namespace of its own.
const place = '/mnt'
const become = `mount --bind '${root}' ${place} && cd ${place} && exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs`
const asNobody = (line: string) => {
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', `${become} ${line}`], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

function refusal(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root to become nobody'
  const ran = asNobody(`unshare --user --net true`)
  return ran.status === 0 ? undefined : `nobody may not have a user namespace: ${ran.stderr.trim()}`
}
const reason = refusal()

describe.skipIf(reason)(named('user nobody', reason), () => {
  it.skipIf(noKernel)('runs a script on the kernel', () => {
    expect(asNobody('./packetdrill ./test.pkt')).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.skipIf(noLwip)('runs a script on lwIP', () => {
    const line = './packetdrill --userspace_stack --so_filename=libluna.so ./test.pkt'
    expect(asNobody(line)).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.skipIf(noLwip)('reaches the admin port, sysctls and tools from scripts', () => {
    const { status, stdout } = asNobody('./lunadrill run --stack=lwip examples/userspace.pkt')
    expect({ status, stdout }).toMatchObject({ status: 0 })
    expect(stdout).toContain('pass')
  })

  it.skipIf(noLwip)('runs scripts side by side, each with the admin port', () => {
    const script = 'examples/userspace.pkt'
    const { status, stdout } = asNobody(`./lunadrill run --stack=lwip --jobs=2 ${script} ${script} ${script}`)
    expect({ status, stdout }).toMatchObject({ status: 0 })
    expect(stdout).toContain('3 runs: 3 pass')
  })

  it.skipIf(noKernel)('sets sysctls of its own namespace', () => {
    const { status, stdout } = asNobody('./lunadrill run examples/kernel.pkt')
    expect({ status, stdout }).toMatchObject({ status: 0 })
  })
})
