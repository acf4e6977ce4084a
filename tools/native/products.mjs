// What a native build leaves for runs, beside its addon: programs and shared objects. Told by what lies in build/Release,
// so that no list has to follow binding.gyp. nx keeps the same files (nx.json, outputs of "native"), tools/prebuild ships
// them; test/bootstrap/products.test.ts compares all three.
import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** ELF's e_type (elf(5)): a program, or a shared object, which a position-independent program is, too. */
const LINKED = [2, 3]

/** File names, sorted. @param {string} directory the package's */
export function nativeProducts(directory) {
  const release = join(directory, 'build/Release')
  return readdirSync(release, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.node') && isLinked(join(release, entry.name)))
    .map(({ name }) => name)
    .sort()
}

function isLinked(path) {
  const head = Buffer.alloc(18)
  const fd = openSync(path, 'r')
  try {
    const octets = readSync(fd, head, 0, head.length, 0)
    return octets === head.length && head.readUInt32BE(0) === 0x7f454c46 && LINKED.includes(head.readUInt16LE(16))
  } finally {
    closeSync(fd)
  }
}
