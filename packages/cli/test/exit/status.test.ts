import type { Verdict } from '@lunadrill/engine'
import { expect, it } from 'vitest'
import { statusOf } from '../../src/exit/status.js'

it.each<[Verdict[], number]>([
  [['pass', 'pass'], 0],
  [['pass', 'fail'], 1],
  [['skip'], 1],
  [['undecided'], 1],
  [['crash', 'hang'], 1],
  [['fail', 'error', 'pass'], 2],
])('%j: %i', (verdicts, status) => {
  expect(statusOf(verdicts)).toBe(status)
})
