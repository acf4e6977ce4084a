// `lunadrill stack-check` as a user calls it: the built-in stacks conform, and its reports and statuses are as promised. What it
// finds in which object is packages/engine/test/stack-check's.
import { describe, expect, it } from 'vitest'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import { belongings, command, named, noLwip, noLwipSack, settled } from '../support/drill.js'

describe.skipIf(noLwip)(named('lunadrill stack-check', noLwip), () => {
  it.each([['lwip', 'libluna'], ...(noLwipSack === undefined ? [['lwip-sack', 'libluna-sack']] : [])])(
    'finds nothing in %s, and leaves nothing',
    async (stack, object) => {
      const before = belongings()
      const { status, stdout, stderr } = command('lunadrill', ['stack-check', stack as string])
      expect(stdout).not.toContain('FAIL')
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain(`/${object}.so: lwIP`)
      expect(stdout).toMatch(/\.so: lwIP\S* \S+, luna_stack_v1 1\.\d\n {2}ok {4}luna_stack_v1 /)
      expect(stdout).toMatch(/\n {2}FASTOPEN +TCP Fast Open: scripts with TCP_FASTOPEN, .* are skipped\n/)
      expect(stdout).toMatch(/\n\d+ functions, \d{3,} checks: it conforms\n$/)
      expect(await settled(before)).toEqual(before)
    },
  )

  it('says what is found as one JSON object, with status 1', () => {
    const { status, stdout } = command('lunadrill', ['stack-check', '--format=json', buildStack('null-function')])
    expect(status).toBe(1)
    const report = JSON.parse(stdout)
    expect(report).toMatchObject({ name: 'quiet', version: '0', abi: '1.1', conforms: false, stopped: null })
    expect(report.checks).toContainEqual({
      function: 'listen',
      what: 'is in the table where it has to be, and nowhere else',
      outcome: 'fail',
      expected: 'a function',
      actual: 'NULL',
    })
  })

  it.each([
    [['stack-check', '/nowhere/x.so'], /no such stack object: \/nowhere\/x\.so/],
    [['stack-check', 'kernel'], /a kernel is no shared object/],
    [['stack-check'], /missing path of the shared object/],
    [['stack-check', '--format=xml', 'lwip'], /bad --format: xml/],
  ])('refuses %j with status 2', (args, says) => {
    const { status, stdout, stderr } = command('lunadrill', args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(says)
  })

  it('refuses what cannot be loaded with status 2, and says what to do', () => {
    const { status, stdout, stderr } = command('lunadrill', ['stack-check', buildStack('no-symbol')])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/no-symbol\.so exports no luna_stack_v1.*\n {2}lunadrill stack-init makes a stack object/)
  })
})
