// Writes the C++ end of packages/engine/src/host/layout.ts: packages/kernel-native/include/lunadrill/layout.h.
// Run after `npm run build`: node tools/layout/main.mjs [--check]
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const layout = await import(join(root, 'packages/engine/dist/host/layout.js'))
const header = join(root, 'packages/kernel-native/include/lunadrill/layout.h')

const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const lines = [
  '// Written by tools/layout from packages/engine/src/host/layout.ts, where every field is explained. Do not edit.',
  '#pragma once',
  '#include <cstdint>',
  '',
  'namespace lunadrill::layout {',
]
for (const [name, value] of Object.entries(layout)) {
  if (typeof value === 'number') {
    lines.push(
      `inline constexpr std::uint32_t k${name
        .split('_')
        .map((w) => w[0] + w.slice(1).toLowerCase())
        .join('')} = ${value}u;`,
    )
    continue
  }
  const table = snake(name).slice(1)
  lines.push('', `namespace ${table} {`)
  for (const [key, number] of Object.entries(value)) {
    const word = snake(key)
    lines.push(`inline constexpr std::uint32_t k${word[0].toUpperCase()}${key.slice(1)} = ${number}u;`)
  }
  lines.push(`}  // namespace ${table}`)
}
lines.push('', '}  // namespace lunadrill::layout', '')
const text = lines.join('\n')

if (process.argv.includes('--check')) {
  if (readFileSync(header, 'utf8') !== text) {
    console.error('layout.h differs from layout.ts: run `node tools/layout/main.mjs`')
    process.exit(1)
  }
} else {
  writeFileSync(header, text)
}
