import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runSnippets, type Snippet } from '../../src/embed/python.js'

const known = new Map<string, number | bigint>([
  ['tcpi_snd_cwnd', 10],
  ['tcpi_bytes_acked', 2n ** 64n - 1n],
  ['TCP_ESTABLISHED', 1],
])

/** One block per text, each at the line ten times its place. */
const blocks = (...texts: string[]): Snippet[] =>
  texts.map((text, i) => ({
    text,
    line: 10 * (i + 1),
    textLine: 10 * (i + 1),
    variables: { values: known, missing: new Map([['tcpi_ecn_mode', 'lwIP 2.1.3 does not tell it']]) },
  }))
const run = (...texts: string[]) => runSnippets('a script.pkt', 'python3', blocks(...texts), 60)

let folder: string
const before = process.env.TMPDIR

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-test-'))
  process.env.TMPDIR = folder
})

afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  const left = readdirSync(folder)
  rmSync(folder, { recursive: true })
  expect(left).toEqual([])
})

describe('Python blocks', () => {
  it('that hold pass', () => {
    expect(
      run('assert tcpi_snd_cwnd == 10 and tcpi_bytes_acked == 2**64 - 1', 'assert TCP_ESTABLISHED == 1'),
    ).toBeNull()
  })

  it('share their names, and know where they stand', () => {
    expect(
      run('x = 5\ndef double(y): return 2 * y', "assert double(x) == 10 and _line == 20 and _file == 'a script.pkt'"),
    ).toBeNull()
  })

  it('have sys and traceback, as upstream’s preamble gives them', () => {
    expect(run('assert sys.version_info[0] == 3 and traceback.format_exc')).toBeNull()
  })

  it('may stand indented behind the delimiter, or over several lines', () => {
    expect(run('\nif True:\n  x = 1\nassert x == 1\n', 'x = (1,\n 2)')).toBeNull()
  })

  it('may hold any character', () => {
    expect(run(`assert len("äöü\\\\'\u2028😀") == 7`)).toBeNull()
  })

  it('have the terminal’s output', () => {
    const same = (fd: number) => `os.path.samefile('/proc/self/fd/${fd}', '/proc/${process.pid}/fd/${fd}')`
    expect(run(`import os\nassert ${same(0)} and ${same(1)} and ${same(2)}`)).toBeNull()
  })

  it('end with the first that exits', () => {
    expect(run('import sys; sys.exit(0)', 'assert False')).toBeNull()
    expect(run('import sys; sys.exit(3)')?.problem.upstream).toBe(
      "error executing code: 'python3' returned non-zero status 3",
    )
  })
})

describe('a block that fails', () => {
  it('is named by its line, with the values that it used', () => {
    const failure = run('pass', 'assert tcpi_snd_cwnd == 20, tcpi_snd_cwnd')
    expect(failure).toMatchObject({
      line: 20,
      problem: {
        code: 'LD_CODE',
        verdict: 'fail',
        message: 'AssertionError: 10\nat that time: tcpi_snd_cwnd = 10',
        upstream: "error executing code: 'python3' returned non-zero status 1",
        detail: { hint: null },
      },
    })
    expect(failure?.report).toBe(
      'a script.pkt:20: error in Python code\n' +
        'Traceback (most recent call last):\n' +
        '  File "a script.pkt", line 20, in <module>\n' +
        'AssertionError: 10',
    )
  })

  it('shows the line of the script in a block over several', () => {
    expect(run('\n\nassert False')?.report).toContain('line 12, in <module>')
  })

  it('with = for == says so', () => {
    const failure = run('assert tcpi_snd_cwnd = 10')
    expect(failure?.line).toBe(10)
    expect(failure?.problem.message).toMatch(/^SyntaxError: /)
    expect(failure?.problem.detail.hint).toBe('`=` assigns; to compare, write `==`: assert tcpi_snd_cwnd == 10')
    expect(failure?.report).toMatch(/^a script\.pkt:10: error in Python code\n/)
  })

  it('of other wrong syntax has no such hint', () => {
    expect(run('assert tcpi_snd_cwnd == 10 10')?.problem).toMatchObject({ detail: { hint: null } })
  })

  it('and asks for what the stack does not know says that', () => {
    const { problem } = run('assert tcpi_ecn_mode == 1') ?? {}
    expect(problem?.detail.hint).toBe('tcpi_ecn_mode has no value here: lwIP 2.1.3 does not tell it')
    expect(problem?.message).toContain("NameError: name 'tcpi_ecn_mode' is not defined")
  })

  it('and has a slip of its own has no hint about the stack', () => {
    expect(run('assert nosuch == 1')?.problem.detail.hint).toBeNull()
  })

  it('of octets that Python refuses fails at its line', () => {
    expect(run('x = "a\0b"')).toMatchObject({ line: 10, problem: { message: expect.stringContaining('null byte') } })
  })

  it('stops those behind it', () => {
    expect(run('assert 1 == 2', 'assert 3 == 4')?.line).toBe(10)
  })
})

describe('a command that is no Python', () => {
  it('is named', () => {
    expect(runSnippets('s.pkt', 'nosuchpython 2>/dev/null', blocks('pass'), 60)).toMatchObject({
      line: null,
      report: '',
      problem: {
        upstream: "error executing code: 'nosuchpython 2>/dev/null' returned non-zero status 127",
        detail: { hint: "is 'nosuchpython 2>/dev/null' installed?" },
      },
    })
  })

  it('that is interrupted says by what', () => {
    expect(runSnippets('s.pkt', 'kill -INT $$;', blocks('pass'), 60)?.problem.upstream).toBe(
      "error executing code: 'kill -INT $$;' got signal 2 (Interrupt)",
    )
  })
})
