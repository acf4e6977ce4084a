// What binding.gyp needs to know of lwIP's source (tools/bootstrap/lwip-source.mjs has fetched it): where it is, from the
// package's folder, or `none`; with `sources`, the files that a stack without an operating system is made of.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { lwipSource } from '../bootstrap/lwip-source.mjs'

const source = lwipSource()
if (process.argv[2] !== 'sources') {
  console.log(source === undefined ? 'none' : relative(process.cwd(), source))
} else if (source !== undefined) {
  // Without its heap: stacks/lwip has one that gives everything back.
  const files = ['src/core', 'src/core/ipv4', 'src/core/ipv6'].flatMap((folder) =>
    readdirSync(join(source, folder))
      .filter((name) => name.endsWith('.c') && name !== 'mem.c')
      .map((name) => join(folder, name)),
  )
  for (const file of [...files, 'src/netif/ethernet.c']) console.log(relative(process.cwd(), join(source, file)))
}
