// Why a guest never came up: from its log, one sentence and what to do. Supervisor. Read first: boot.ts.
import { EngineError } from '../errors.js'

/** What a guest's kernel says when the file in memory that it lives in cannot grow. */
export const noMemoryLeft = /Bus error - the host \S+ or \S+ mount likely just ran out of space/

export const memoryHint =
  'each guest takes up to 384 MB in /dev/shm, or where TMPDIR says: free some, or use fewer --jobs'

interface Cause {
  readonly sign: RegExp
  readonly why: string
  readonly remedy: string
}

const causes: readonly Cause[] = [
  {
    sign: /ptrace.*(Operation not permitted|failed)|check_ptrace|PTRACE_\w+ failed/i,
    why: 'this machine does not let a process trace its own children (ptrace)',
    remedy:
      'in a container: --cap-add=SYS_PTRACE, or a seccomp profile that allows it; else sysctl kernel.yama.ptrace_scope',
  },
  {
    sign: /must be not mounted noexec/,
    why: 'no program can be run from where temporary files go',
    remedy: 'TMPDIR=DIR names a folder on a file system that is mounted without noexec',
  },
  {
    sign: new RegExp(
      `Out of memory|Not enough memory|Cannot allocate memory|No space left|${noMemoryLeft.source}`,
      'i',
    ),
    why: 'there is too little memory for it',
    remedy: memoryHint,
  },
  {
    sign: /Requested init .* failed|No working init found/,
    why: 'its first process could not be started',
    remedy: 'was this kernel built with HOSTFS, BINFMT_ELF and 64BIT? lunadrill kernel build does it right',
  },
  {
    sign: /Unable to mount root fs/,
    why: 'it cannot read the files of this machine',
    remedy: 'it was built without HOSTFS: lunadrill kernel build does it right',
  },
]

/** `ended`: the guest's last words; `log`: what its kernel said. */
export function bootFailure(program: string, ended: string, log: string): EngineError {
  const [, refused] = /^refused (.*)/s.exec(ended) ?? []
  const cause = refused === undefined ? causes.find(({ sign }) => sign.test(log)) : undefined
  // Lines of a call trace say nothing to a user.
  const lines = log.split('\n').filter((line) => line.trim() !== '' && !/\[<[0-9a-f]+>\]/.test(line))
  const last =
    refused ?? lines.findLast((line) => /panic|fail|error|not /i.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  const why = cause === undefined ? last : cause.why
  return new EngineError(
    'LD_KERNEL_BOOT',
    `the kernel ${program} does not start: ${why}`,
    cause?.remedy ?? 'is it a User Mode Linux with time travel? lunadrill kernel build makes one',
  )
}
