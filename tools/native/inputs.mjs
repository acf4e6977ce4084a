// What a native build depends on besides its sources: nx hashes this line (nx.json, input "native"), so that an upgrade of
// Node, the compiler or DPDK, or DPDK's arrival, builds anew and a cached result never stands for another machine.
import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { lwipSource } from '../bootstrap/lwip-source.mjs'

const firstLine = (command, ...args) => {
  const ran = spawnSync(command, args, { encoding: 'utf8' })
  return ran.status === 0 ? ran.stdout.split('\n')[0] : 'none'
}
console.log(
  [
    `${process.platform}-${process.arch} abi ${process.versions.modules}`,
    firstLine('g++', '-dumpfullversion'),
    `dpdk ${firstLine('pkg-config', '--modversion', 'libdpdk')}`,
    `lwip ${firstLine('pkg-config', '--modversion', 'lwip')}`,
    `lwip source ${basename(lwipSource() ?? 'none')}`,
  ].join(', '),
)
