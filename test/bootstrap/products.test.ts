// What binding.gyp says, what the builds leave, what nx keeps of it and what a release ships are the same files.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { noLwip, noLwipSack } from '../support/drill.js'
import { named } from '../support/scratch.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { nativeProducts } = (await import(join(root, 'tools/native/products.mjs'))) as {
  nativeProducts(directory: string): string[]
}
const { shipCompanions } = (await import(join(root, 'tools/prebuild/companions.mjs'))) as {
  shipCompanions(directory: string, into: string): string[]
}
const into = mkdtempSync(join(tmpdir(), 'lunadrill-products-'))
afterAll(() => rmSync(into, { recursive: true, force: true }))

/** Programs and shared objects of a binding.gyp, by file name. Those under `conditions` need lwIP's source. */
function targetsOf(directory: string): string[] {
  const [always, sometimes] = readFileSync(join(directory, 'binding.gyp'), 'utf8').split('"conditions":')
  const text = `${always}${noLwipSack === undefined ? (sometimes ?? '') : ''}`
  return text
    .split('"target_name": ')
    .slice(1)
    .flatMap((target) => {
      const name = /^"([\w-]+)"/.exec(target)?.[1]
      if (target.includes('"type": "executable"')) return [`${name}`]
      const prefix = /"product_prefix": "(\w*)"/.exec(target)?.[1] ?? 'lib'
      return target.includes('"type": "shared_library"') ? [`${prefix}${name}.so`] : []
    })
    .toSorted()
}

const kept = (
  JSON.parse(readFileSync(join(root, 'nx.json'), 'utf8')) as {
    targetDefaults: { native: { outputs: string[] } }
  }
).targetDefaults.native.outputs.map((glob) => new RegExp(`^${basename(glob).replace('.', '\\.').replace('*', '.*')}$`))

describe.each([
  ['kernel-native', undefined],
  ['dpdk-native', noLwip],
])('the build of %s', (name, reason) => {
  const directory = join(root, 'packages', name)

  it.skipIf(reason)(named('makes all that binding.gyp says, which nx keeps', reason), () => {
    const products = nativeProducts(directory)
    expect(products).toEqual(targetsOf(directory))
    expect(products.filter((file) => !kept.some((glob) => glob.test(file)))).toEqual([])
  })

  it.skipIf(reason)(named('is shipped whole', reason), () => {
    const folder = mkdtempSync(join(into, name))
    expect(shipCompanions(directory, folder)).toEqual(nativeProducts(directory))
    expect(readdirSync(folder).toSorted()).toEqual(targetsOf(directory))
  })
})
