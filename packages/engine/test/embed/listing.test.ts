import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { listing } from '../../src/embed/listing.js'

const snippet = (line: number, text: string, values: [string, number | bigint][]) => {
  return { text, line, textLine: line, variables: { values: new Map(values), missing: new Map<string, string>() } }
}

it('is a program: values, place and text of each block in turn', () => {
  const text = listing("it's\\a.pkt", [
    snippet(3, 'assert tcpi_state == 1\n', [['tcpi_state', 1]]),
    snippet(5, 'print(tcpi_state, _line, _file)', [['tcpi_state', 18446744073709551615n]]),
  ])
  expect(text).toBe(`\
import sys
import traceback

tcpi_state = 1

_file = 'it\\'s\\\\a.pkt'
_line = 3
assert tcpi_state == 1


tcpi_state = 18446744073709551615

_file = 'it\\'s\\\\a.pkt'
_line = 5
print(tcpi_state, _line, _file)
`)
  const { stdout, error } = spawnSync('python3', ['-'], { input: text, encoding: 'utf8' })
  if (error === undefined) expect(stdout).toBe("18446744073709551615 5 it's\\a.pkt\n")
})
