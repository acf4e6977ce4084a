// The examples of faults: each passes with its fault, fails without it, and passes where curl causes the same fault by the
// same name. Read first: docs/interference.md.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultNames } from '../../packages/parser/dist/index.js'
import { command, drill, named, noKernel, noLwip, root, scratch } from '../support/drill.js'

const { script } = scratch()
const folder = join(root, 'examples/faults')
const examples = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const)

/** A line of a script that causes a fault. */
const statement = new RegExp(`^( *\\S+ )(${faultNames.join('|')})\\(([^)]*)\\)$`, 'gm')

const without = (text: string) => text.replaceAll(statement, '$1`true`')
const byCurl = (text: string) =>
  text.replaceAll(statement, (_line, time: string, name: string, given: string) => {
    return `${time}\`curl -sSf "http://127.0.0.1:8899/${name}?${given.replaceAll(', ', '&')}"\``
  })

describe.skipIf(noLwip)(named('faults', noLwip), () => {
  it('all have an example', () => {
    const caused = new Set(examples.flatMap(([, text]) => [...text.matchAll(statement)].map((match) => match[2])))
    expect(faultNames.filter((name) => !caused.has(name))).toEqual([])
  })

  describe.each(examples)('examples/faults/%s', (_name, text) => {
    it('passes', () => {
      expect(drill('lwip', script(text))).toMatchObject({ verdict: 'pass', message: null, clock: 'virtual' })
    })

    it('fails without its fault', () => {
      expect(without(text)).not.toBe(text)
      expect(drill('lwip', script(without(text)))).toMatchObject({ verdict: 'fail' })
    })

    it('passes with the fault over HTTP', () => {
      expect(drill('lwip', script(byCurl(text)))).toMatchObject({ verdict: 'pass', message: null })
    })
  })

  it('stand in the verbose trace', () => {
    const { stdout, status } = command('packetdrill', [
      '-v',
      '--userspace_stack',
      '--so_filename=libluna.so',
      join(folder, 'pollinghang.pkt'),
    ])
    expect(status).toBe(0)
    expect(stdout).toContain('fault: ')
  })

  it('that cannot be asked for are an error with line and column, and curl fails', () => {
    const head = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n'
    const wrong = drill('lwip', script(`${head}+0 pollinghang(tim=10)\n`))
    expect(wrong).toMatchObject({ verdict: 'error', line: 2 })
    expect(wrong.message).toContain(':2:16: ')
    expect(wrong.message).toContain('did you mean time?')
    expect(drill('lwip', script(`${head}+0 \`curl -sf "127.0.0.1:8899/pollinghang?tim=10"\`\n`))).toMatchObject({
      verdict: 'fail',
      line: 2,
    })
  })
})

it.skipIf(noKernel)(named('a fault on the kernel is skipped, with the reason', noKernel), () => {
  const path = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 linkdown()\n')
  expect(drill('kernel', path)).toMatchObject({ verdict: 'skip', line: 2 })
  expect(drill('kernel', path).message).toContain('skipped: needs a userspace stack: the fault linkdown')
})
