import { describe, expect, it } from 'vitest'
import { verdict, written } from '../support/calls.js'
import { returned } from '../support/playbook.js'

describe('cap_set()', () => {
  it.each([
    ['cap_set(CAP_EFFECTIVE, CAP_NET_ADMIN, CAP_CLEAR) = 0', [12, 0, 0]],
    ['cap_set(CAP_EFFECTIVE, CAP_NET_ADMIN, CAP_SET) = 0', [12, 1, 0]],
    ['cap_set(CAP_EFFECTIVE, 100, 7) = 0', [100, 0, 0]],
  ])('%s asks the host', (line, args) => {
    expect(written(line)).toEqual({ op: 'capSet', fd: -1, args })
  })

  it('takes any result of 0 and more for any expected one', () => {
    expect(verdict('cap_set(CAP_EFFECTIVE, CAP_NET_ADMIN, CAP_SET) = 5', returned(0))).toBeNull()
  })

  it('changes the effective set alone', () => {
    expect(verdict('cap_set(CAP_PERMITTED, CAP_NET_ADMIN, CAP_SET) = 0')).toBe('only CAP_EFFECTIVE can be changed')
    expect(verdict('cap_set(5, "y", 0) = 0')).toBe('Bad type; actual: string expected: integer')
  })
})

describe('PSP', () => {
  it.each([
    ['psp_rx_assoc(9, 5) = 0', 'unable to find fd with script fd 9'],
    ['psp_rx_assoc(9, [5]) = 0', 'unable to find fd with script fd 9'],
    ['psp_rx_assoc(3, 5) = 0', 'Bad type; actual: integer expected: list'],
    ['psp_rx_assoc(3, [5]) = 0', 'PSP not initialized'],
    ['psp_tx_assoc(3, "x") = 0', 'Bad type; actual: string expected: integer'],
    ['psp_tx_assoc(3, 5) = -1', 'PSP not initialized'],
  ])('needs a device that there is not: %s', (line, wrong) => {
    expect(verdict(line)).toBe(wrong)
  })
})
