import { expect, it } from 'vitest'
import { reportUpstream } from '../../src/report/upstream.js'
import { fail, pass } from '../support/result.js'
import { recorder } from '../support/screen.js'

it('says nothing of a pass', () => {
  const { screen, stdout, stderr } = recorder()
  reportUpstream(pass, screen)
  expect([stdout, stderr]).toEqual([[], []])
})

it('says upstream’s words on stderr', () => {
  const { screen, stdout, stderr } = recorder()
  reportUpstream({ ...fail, warnings: ['a.pkt:3: warning handling packet: x'] }, screen)
  expect(stderr).toEqual(['a.pkt:3: warning handling packet: x', fail.upstream])
  expect(stdout).toEqual([])
})

it('says packets and calls on stdout', () => {
  const { screen, stdout } = recorder()
  reportUpstream({ ...pass, verbose: ['socket syscall: 1795474470.472742'] }, screen)
  expect(stdout).toEqual(['socket syscall: 1795474470.472742'])
})

it('says in our words what upstream has none for', () => {
  const { screen, stderr } = recorder()
  reportUpstream({ ...fail, verdict: 'crash', upstream: null, message: 'a.pkt:7: the stack crashed' }, screen)
  expect(stderr).toEqual(['a.pkt:7: the stack crashed'])
})
