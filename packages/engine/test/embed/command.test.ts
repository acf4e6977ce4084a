import { describe, expect, it } from 'vitest'
import { runCommand, statusFailure } from '../../src/embed/command.js'

const runShell = (text: string, timeoutS = 60) => runCommand(text, timeoutS)?.why ?? null

describe('a shell command', () => {
  it.each([
    ['true', null],
    ['exit 3', 'non-zero status 3'],
    ['nosuchcommand-7 2>/dev/null', 'non-zero status 127'],
    ['false\ntrue', null],
    ['kill -INT $$', 'got signal 2 (Interrupt)'],
    ['kill -QUIT $$', 'got signal 3 (Quit)'],
    ['kill -9 $$', null],
    ["sh -c 'kill -9 $$' 2>/dev/null; exit $?", 'non-zero status 137'],
  ])('`%s` comes to %s', (text, why) => {
    expect(runShell(`ulimit -c 0\n${text}`)).toBe(why)
  })

  it('is a direct child of this process, with its output, folder and environment', () => {
    expect(runShell(`[ $PPID = ${process.pid} ]`)).toBeNull()
    for (const fd of [0, 1, 2]) expect(runShell(`[ /proc/$$/fd/${fd} -ef /proc/${process.pid}/fd/${fd} ]`)).toBeNull()
    expect(runShell(`[ "$PWD" = '${process.cwd()}' ] && [ "$PATH" = '${process.env.PATH}' ]`)).toBeNull()
  })

  it('is called sh, as by system(3)', () => {
    expect(runShell('[ "$0" = sh ]')).toBeNull()
  })
})

describe('a status', () => {
  it('of a signal that upstream does not see is success', () => {
    expect(statusFailure(15)).toBeNull()
  })
})
