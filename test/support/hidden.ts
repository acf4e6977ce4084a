// Commands on a machine that lacks something: it is hidden in a mount namespace of their own, as root (of a user namespace,
// where that is allowed).
import { spawnSync } from 'node:child_process'
import { root } from './drill.js'

const asRoot = process.getuid?.() === 0 ? ['unshare', '--mount'] : ['unshare', '--user', '--map-root-user', '--mount']

/** Why nothing can be hidden here; undefined where it can. */
export const noMounts =
  spawnSync(asRoot[0] as string, [...asRoot.slice(1), 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
    ? undefined
    : 'no mount namespace is allowed here'

/** Runs `line` (a shell command) after hiding things with `hide`. */
export function hidden(hide: string, line: string) {
  const [program = '', ...args] = asRoot
  const { status, stdout, stderr } = spawnSync(program, [...args, 'sh', '-c', `${hide} && exec ${line}`], {
    encoding: 'utf8',
    cwd: root,
  })
  return { status, stdout, stderr }
}
