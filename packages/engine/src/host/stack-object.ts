// What can be known of a stack object without loading it, and what to do about one that is refused. The run's process, or
// the supervisor. Read first: flight/elf.ts; ld.so(8).
import { addonPath } from '@lunadrill/dpdk-native'
import { EngineError } from '../errors.js'
import { machineOf, readElf } from '../flight/elf.js'
import { perFile } from '../per-file.js'

const EAL = /^librte_eal\.so\.\d+$/

/**
 * Null where it can be tried. LD_STACK_NOT_ELF: it is no shared object, or one for another machine. LD_STACK_DPDK: it brings
 * another DPDK than the one whose ports it is to be given: two in one process know nothing of each other.
 */
export const objectFault = perFile((soPath): EngineError | null => {
  const machine = machineOf(soPath)
  if (machine === null) return null
  const own = machineOf(process.execPath)
  if (machine !== own) {
    return new EngineError(
      'LD_STACK_NOT_ELF',
      `${soPath} is built for ${machine}, this machine is ${own}`,
      'Build it on, or for, this machine.',
    )
  }
  const elf = readElf(soPath)
  if (elf === null) return null
  const wanted = elf.needed.find((name) => EAL.test(name))
  const ours = readElf(addonPath())?.needed.find((name) => EAL.test(name))
  if (wanted !== undefined && ours !== undefined && wanted !== ours) {
    return new EngineError(
      'LD_STACK_DPDK',
      `${soPath} is linked to another DPDK: it needs ${wanted}, lunadrill has ${ours}`,
      'Build it with the DPDK that lunadrill was built with (pkg-config --modversion libdpdk).',
    )
  }
  if (elf.symbols.some(({ name, defined }) => name === 'rte_eal_init' && defined)) {
    return new EngineError(
      'LD_STACK_DPDK',
      `${soPath} has a DPDK of its own in it, which does not know lunadrill's ports`,
      "Link it to DPDK's shared libraries: pkg-config --libs libdpdk, without --static.",
    )
  }
  return null
})

/** What to do about a refusal of the addon's, by its code and words; null: they say so themselves. */
export function refusalRemedy(code: string, message: string): string | null {
  if (code === 'LD_EAL')
    return 'Check the arguments of --eal: doc.dpdk.org, "EAL parameters". They come behind lunadrill\'s own.'
  if (code === 'LD_STACK_NOT_FOUND') return 'Check the path.'
  if (code === 'LD_STACK_SYMBOL')
    return 'lunadrill stack-init makes a stack object to begin with; docs/porting.md says how.'
  if (code !== 'LD_STACK_NOT_ELF') return null
  const symbol = /undefined symbol: (\S+)/.exec(message)?.[1]
  if (symbol !== undefined) {
    return `Link it to the library that has ${symbol}; with -Wl,--no-undefined the linker says so while it is built.`
  }
  const library = /(\S+): cannot open shared object file/.exec(message)?.[1]
  if (library !== undefined && !library.includes('/')) {
    return `Install ${library}, or name its folder in LD_LIBRARY_PATH.`
  }
  return 'Build it as a shared object of this machine: gcc -shared -fPIC.'
}
