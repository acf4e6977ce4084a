// Stacks that are built with AddressSanitizer (-fsanitize=address): its runtime must be the first library of the process that
// loads them; UBSan's (-fsanitize=undefined) reads its options when the process begins. Finds them, says why they cannot be
// had, and has a run process begin with them.
// Supervisor; `restoreEnvironment` is the run process's. Read first: docs/sanitizers.md; ld.so(8), LD_PRELOAD.
import { spawnSync } from 'node:child_process'
import { sanitizerObject } from '@lunadrill/dpdk-native'
import { EngineError } from '../errors.js'
import { readElf } from '../flight/elf.js'
import { perFile } from '../per-file.js'

/** As DT_NEEDED has them, gcc's and clang's. */
const RUNTIMES = /^lib(asan|ubsan|clang_rt\.asan|clang_rt\.ubsan_standalone)\b.*\.so/
const IS_ASAN = /^lib(asan|clang_rt\.asan)\b/
/** Those whose process must have been built with them. */
const OTHERS = /^lib(tsan|clang_rt\.tsan|clang_rt\.msan)\b/

/** What an object has of AddressSanitizer. */
interface Use {
  /** Its code calls the runtime. */
  readonly calls: boolean
  /** Names of the libraries that are to be loaded first, ASan's before the others. */
  readonly runtimes: readonly string[]
  /** A sanitizer that no stack can have here. */
  readonly other: string | null
}

/** Whether the object is built with AddressSanitizer; false where it cannot be read. */
export const usesAddressSanitizer = (soPath: string): boolean => useOf(soPath).calls

/**
 * Paths of the libraries that a process must begin with to load this object; none for most. `allowed`: whether that was asked
 * for. EngineError LD_STACK_SANITIZER.
 */
export function sanitizerRuntimes(soPath: string, allowed: boolean): readonly string[] {
  const { calls, runtimes, other } = useOf(soPath)
  if (other !== null) {
    throw refused(`${soPath} needs ${other}, which only a program can have that is built with it`, BUILD)
  }
  if (!calls)
    return runtimes.length === 0 ? [] : [sanitizerObject(), ...runtimes.map((name) => libraryPath(soPath, name))]
  if (!allowed) {
    throw refused(`${soPath} is built with AddressSanitizer`, 'run it with its runtime: lunadrill run --asan')
  }
  if (!runtimes.some((name) => IS_ASAN.test(name))) {
    const remedy = 'link it with the runtime as a library: gcc without -static-libasan, clang with -shared-libasan'
    throw refused(`${soPath} calls AddressSanitizer and does not name its runtime`, remedy)
  }
  const [asan, ...others] = runtimes.map((name) => libraryPath(soPath, name))
  return [asan as string, sanitizerObject(), ...others]
}

const BUILD = 'build it with -fsanitize=address, or without a sanitizer'
const refused = (message: string, remedy: string) => new EngineError('LD_STACK_SANITIZER', message, remedy)

const useOf = perFile((soPath): Use => {
  const { needed = [], symbols = [] } = readElf(soPath) ?? {}
  const runtimes = needed.filter((name) => RUNTIMES.test(name))
  return {
    calls: symbols.some(({ name }) => name === '__asan_init') || runtimes.some((name) => IS_ASAN.test(name)),
    runtimes: runtimes.toSorted((a, b) => Number(IS_ASAN.test(b)) - Number(IS_ASAN.test(a))),
    other: needed.find((name) => OTHERS.test(name)) ?? null,
  }
})

/** Where the dynamic linker would find it for this object. */
function libraryPath(soPath: string, name: string): string {
  const { stdout } = spawnSync('ldd', [soPath], { encoding: 'utf8' })
  const line = stdout?.split('\n').find((each) => each.trim().startsWith(`${name} => /`))
  const path = line === undefined ? undefined : /=> (\/.*) \(0x[0-9a-f]+\)$/.exec(line)?.[1]
  if (path !== undefined) return path
  throw refused(`${soPath} needs ${name}, which is not on this machine`, 'install the compiler that has built it')
}

/** Before the user's own words, and behind them: these must be. */
const ASAN_DEFAULTS = ['malloc_context_size=20', 'detect_stack_use_after_return=0']
const ASAN_NEEDED = [
  // Asked for at the end of each instance (dpdk-native/native/leak/heap-check.h), not at the end of Node.
  'leak_check_at_exit=0',
  'halt_on_error=1',
  'abort_on_error=0',
  // The flight recorder's, which keeps what others leave to it.
  ...['handle_segv=0', 'handle_sigbus=0', 'handle_abort=0', 'handle_sigfpe=0', 'handle_sigill=0', 'use_sigaltstack=0'],
]
const UBSAN_NEEDED = ['halt_on_error=1', 'abort_on_error=1', 'handle_abort=0', 'handle_segv=0', 'use_sigaltstack=0']

/** What the run process gives back to the script's commands. */
const BEFORE = 'LUNADRILL_BEFORE'
const CHANGED = ['LD_PRELOAD', 'ASAN_OPTIONS', 'UBSAN_OPTIONS'] as const

/** What stands before a program's words on a command line that makes it begin with these libraries; nothing for none. */
export function preloading(libraries: readonly string[], environment: NodeJS.ProcessEnv): string[] {
  if (libraries.length === 0) return []
  const before = Object.fromEntries(CHANGED.map((name) => [name, environment[name] ?? null]))
  const joined = (words: readonly (string | undefined)[]) => words.filter((word) => word !== undefined && word !== '')
  const { LD_PRELOAD, ASAN_OPTIONS, UBSAN_OPTIONS } = environment
  return [
    'env',
    `${BEFORE}=${JSON.stringify(before)}`,
    `LD_PRELOAD=${joined([...libraries, LD_PRELOAD]).join(':')}`,
    `ASAN_OPTIONS=${joined([...ASAN_DEFAULTS, ASAN_OPTIONS, ...ASAN_NEEDED]).join(':')}`,
    `UBSAN_OPTIONS=${joined([UBSAN_OPTIONS, ...UBSAN_NEEDED]).join(':')}`,
  ]
}

/** The script's commands are not the stack: they begin as the user's would. */
export function restoreEnvironment(environment: NodeJS.ProcessEnv): void {
  const before = environment[BEFORE]
  if (before === undefined) return
  delete environment[BEFORE]
  for (const [name, value] of Object.entries(JSON.parse(before) as Record<string, string | null>)) {
    if (value === null) delete environment[name]
    else environment[name] = value
  }
}
