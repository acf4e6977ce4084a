// Texts for the fuzz targets: noise, the language's own tokens in any order, and scripts that are valid but for some edits.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
/** The repository's scripts; upstream's as well where they lie beside it. */
const folders = [join(root, 'examples'), resolve(root, '../shared/corpus')]

const scripts = folders.filter(existsSync).flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.pkt'))
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8')),
)
const lines = [...new Set(scripts.flatMap((text) => text.split('\n')))].filter((line) => line.trim() !== '')
const tokens = [...new Set(lines.flatMap((line) => line.match(/\w+|\s+|[^\w\s]+/g) ?? []))]

const lineSoup = fc.array(fc.constantFrom(...lines), { maxLength: 12 }).map((some) => `${some.join('\n')}\n`)
const tokenSoup = fc
  .array(fc.constantFrom(...tokens, '"', '`', '/*', '%{', '}%', '::', '{', '[', '(', '|', '...'), { maxLength: 40 })
  .map((parts) => parts.join(' '))
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets).toString('utf8')),
)
const edit = fc.tuple(
  fc.nat(),
  fc.nat(20),
  fc.oneof(fc.constantFrom(...tokens), fc.string({ unit: 'binary', maxLength: 3 })),
)

/** A few lines of valid scripts, with some characters or tokens taken out, doubled or replaced. */
const mutated = fc
  .tuple(fc.oneof(lineSoup, fc.constantFrom(...scripts)), fc.array(edit, { maxLength: 6 }))
  .map(([text, edits]) =>
    edits.reduce((now, [where, length, insert]) => {
      const at = where % (now.length + 1)
      return now.slice(0, at) + insert + now.slice(at + length)
    }, text),
  )

export const anyText = fc.oneof(noise, tokenSoup, lineSoup, mutated)
export const anyWord = fc.oneof(noise, fc.constantFrom(...tokens))
/** Valid lines, so that a good part of what they make is valid. */
export const likelyScript = fc.oneof(fc.constantFrom(...scripts), lineSoup)
