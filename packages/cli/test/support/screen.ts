import kleur from 'kleur'
import type { Screen } from '../../src/terminal/screen.js'

/** Keeps what was printed. */
export function recorder(coloured = false): {
  readonly screen: Screen
  readonly stdout: string[]
  readonly stderr: string[]
} {
  kleur.enabled = coloured
  const stdout: string[] = []
  const stderr: string[] = []
  return {
    screen: { out: (text) => stdout.push(text), err: (text) => stderr.push(text), colour: kleur },
    stdout,
    stderr,
  }
}
