// docs/language.md leaves nothing out: whatever the language has, as the code has it, stands in an example that is run, and
// every symbol and Python name is listed. The examples themselves are run by test/e2e/language-doc.test.ts.
// Read first: test/support/examples-of.ts, test/support/constructs.ts.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { callNames } from '../../packages/engine/dist/call/call.js'
import { optionRules } from '../../packages/engine/dist/index.js'
import { icmpTypes } from '../../packages/parser/dist/grammar/icmp-names.js'
import { faultNames } from '../../packages/parser/dist/index.js'
import { SPELLINGS } from '../../packages/parser/dist/scan/token.js'
import { kernelPythonVariables, symbolNames } from '../../packages/tcpinfo/dist/index.js'
import { constructs, constructsOf, wordsOf } from '../support/constructs.js'
import { examplesOf } from '../support/examples-of.js'

const page = join(dirname(fileURLToPath(import.meta.url)), '../../docs/language.md')
const text = readFileSync(page, 'utf8')
const examples = examplesOf(page)

/** What no single machine can run, so that an example may be one that is only read. */
const needsTwoMachines = new Set([
  'option wire_client',
  'option wire_server_at',
  'option wire_server_ip',
  'option wire_server_port',
  'option wire_token_file',
  'option wire_client_dev',
  'option wire_server_dev',
  'option psp_udp_port',
  'a PSP packet',
  'keyword encap',
  'keyword psp',
  'keyword spi',
])

const run = new Set<string>()
const read = new Set<string>()
for (const example of examples) {
  for (const construct of constructsOf(example)) (example.parseOnly ? read : run).add(construct)
  for (const word of wordsOf(example.script)) (example.parseOnly ? read : run).add(`keyword ${word}`)
}

/** Those of `wanted` that have no example. */
const without = (wanted: Iterable<string>) =>
  [...wanted].filter((each) => !run.has(each) && !(needsTwoMachines.has(each) && read.has(each)))

describe('docs/language.md has an example', () => {
  it.each(Object.entries(constructs))('of %s', (_group, wanted) => {
    expect(without(wanted)).toEqual([])
  })

  it('of every call', () => {
    expect(without(callNames().map((name) => `call ${name}`))).toEqual([])
  })

  it('of every fault', () => {
    expect(without(faultNames.map((name) => `fault ${name}`))).toEqual([])
  })

  it('of every option', () => {
    expect(without(Object.keys(optionRules).map((name) => `option ${name}`))).toEqual([])
  })

  it('of every keyword', () => {
    expect(without([...SPELLINGS.keys()].map((word) => `keyword ${word}`))).toEqual([])
  })

  it.each(['ipv4', 'ipv6'] as const)("of every name in %s's ICMP", (family) => {
    const names = Object.entries(icmpTypes(family)).flatMap(([type, { codes }]) => [type, ...Object.keys(codes)])
    expect(without(names.map((name) => `icmp ${family} ${name}`))).toEqual([])
  })
})

describe('docs/language.md', () => {
  const quoted = new Set([...text.matchAll(/`(\w+)`/g)].map((match) => match[1] as string))

  it('lists every symbol', () => {
    expect(symbolNames().filter((name) => !quoted.has(name))).toEqual([])
  })

  it('lists every name that Python sees', () => {
    const { values, missing } = kernelPythonVariables(new Uint8Array(), new Uint8Array(), new Uint8Array())
    expect([...values.keys(), ...missing.keys()].filter((name) => !quoted.has(name))).toEqual([])
  })

  it('has no link to nowhere', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] as string)
    const dead = links.filter((link) => !link.startsWith('https:') && !leadsSomewhere(link))
    expect(dead).toEqual([])
  })
})

function leadsSomewhere(link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const path = file === '' ? page : join(dirname(page), file)
  if (!existsSync(path)) return false
  const headings = [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map((match) => match[1] as string)
  return anchor === undefined || headings.some((heading) => anchorOf(heading) === anchor)
}

const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
