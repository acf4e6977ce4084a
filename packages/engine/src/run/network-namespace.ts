// Whether this machine lets a run process have a network namespace of its own (`--netns=private` of lunadrill-guard).
// Supervisor. Read first: kernel-native/native/guard; user_namespaces(7).
import { spawn } from 'node:child_process'
import { guardPath } from '@lunadrill/kernel-native/guard'

/** The guard is asked to enter one, for a program that does nothing: a few milliseconds. */
export function mayHaveOwnNetwork(): Promise<boolean> {
  const probe = spawn(guardPath(), ['--netns=private', '--', '/bin/true'], { stdio: 'ignore' })
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false))
    probe.once('exit', (status) => resolve(status === 0))
  })
}
