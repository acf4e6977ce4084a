// Both stacks without root: as user nobody, in a user namespace that lunadrill-guard enters.
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { named, noKernel, noLwip, root, scratch } from '../support/drill.js'

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

// Where no user namespace may be made: in one whose limit is 0, without any capability.
const forbidden = `echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs`
const whereForbidden = (line: string) => {
  const args = ['--user', '--map-root-user', 'sh', '-c', `${forbidden} ${line}`]
  const { status, stdout, stderr } = spawnSync('unshare', args, { cwd: root, encoding: 'utf8' })
  return { status, stdout, stderr }
}
const notForbidden = /No space left/.test(whereForbidden('unshare --user true').stderr)
  ? undefined
  : 'user namespaces cannot be forbidden here'

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

describe.skipIf(notForbidden ?? noLwip)(named('where user namespaces are forbidden', notForbidden ?? noLwip), () => {
  const { script } = scratch()

  it('scripts go on side by side, each with a free port in $LUNADRILL_ADMIN', () => {
    // Each passes only while the other one runs, and sees its own sockets alone.
    const meets = (own: string, other: string) =>
      script(
        `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 8) = 0
+0 \`echo $LUNADRILL_ADMIN > ${own}; for i in $(seq 600); do test -s ${other} && exit 0; sleep 0.05; done; exit 1\`
+0 \`test $(curl -s http://$LUNADRILL_ADMIN/netstat | grep -c '^tcp') = 1 && ! cmp -s ${own} ${other}\`
`,
        `${own}.pkt`,
      )
    const files = [meets('one', 'other'), meets('other', 'one')]
    const at = dirname(files[0] as string)
    const { status, stdout, stderr } = whereForbidden(
      `sh -c 'cd ${at} && exec ${root}/lunadrill run --stack=lwip --jobs=2 ${files.join(' ')}'`,
    )
    expect({ status, stdout, stderr }).toMatchObject({ status: 0 })
  })
})
