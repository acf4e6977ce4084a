// Starts a guest: a User Mode Linux below lunadrill-guard, which ends it with all that it has started and removes its folder,
// whoever is killed when. Supervisor. Read first: kernel-native/native/guest/main.cc, its counterpart;
// Documentation/virt/uml/user_mode_linux_howto_v2.rst; arch/um/kernel/time.c (time-travel).
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guardPath, guestPath, seedPath, stillClockPath } from '@lunadrill/kernel-native/guard'
import { ENDED, GUEST_POST } from './post.js'
import { onNextProcessor } from './processor.js'

/** The guest's memory, octets. Node takes a quarter of it; the rest is for files read, and the script's own programs. */
const MEMORY = '384M'
/** What a guest may write into its folder: its memory above all; octets. */
const ROOM = 512 * 2 ** 20

/** When each guest's life begins, whatever the time is outside: nanoseconds since 1970. 2025-01-01T00:00:00Z. */
const START_NS = '1735689600000000000'

export interface Guest {
  /** lunadrill-guard. */
  readonly child: ChildProcess
  /** The folder that it shares with us. */
  readonly post: string
}

/** Files in that folder: what its kernel says, and the number of the kernel's own process. */
export const LOG = 'kernel.log'
export const PID = 'uml/pid'

/** `program`: a User Mode Linux with time travel. `seed`: what its random numbers follow from. */
export function bootGuest(program: string, seed: number, env: NodeJS.ProcessEnv = process.env): Guest {
  const post = mkdtempSync(join(folderInMemory(), 'lunadrill-uml-'))
  const entry = fileURLToPath(new URL('./guest.js', import.meta.url))
  const node = [process.execPath, '--single-threaded', '--expose-gc', entry]
  writeFileSync(join(post, 'command'), words(node))
  // LD_PRELOAD is Node's alone: guest.ts takes it out of what its commands get.
  const variables = { ...env, LD_PRELOAD: `${GUEST_POST}/still.so` }
  writeFileSync(join(post, 'environment'), words(Object.entries(variables).map(([name, value]) => `${name}=${value}`)))
  // Under a name without blanks, which a kernel's command line could not take.
  symlinkSync(guestPath(), join(post, 'init'))
  symlinkSync(seedPath(), join(post, 'seed.so'))
  symlinkSync(stillClockPath(), join(post, 'still.so'))
  for (const name of ['stdout', 'stderr', ENDED]) writeFileSync(join(post, name), '')
  const fd = openSync(join(post, LOG), 'a')
  const guarded = [...onNextProcessor(), guardPath(), '--netns=host', `--room=${post}`, '--', program]
  const child = spawn(guarded[0] as string, [...guarded.slice(1), ...kernelArguments], {
    cwd: post,
    detached: true,
    // Its memory is a nameless file there, which must be one that lives in memory itself.
    env: { ...env, TMPDIR: post, LD_PRELOAD: join(post, 'seed.so'), LUNADRILL_SEED: String(seed) },
    stdio: ['ignore', fd, fd],
  })
  closeSync(fd)
  return { child, post }
}

/**
 * The same for every guest: the kernel's random numbers follow from its command line, too. The folder that it shares with us
 * is the one it works in.
 */
const kernelArguments = [
  `mem=${MEMORY}`,
  'time-travel=inf-cpu',
  `time-travel-start=${START_NS}`,
  // Cheaper system calls, from Linux 6.16 on; earlier ones take it for a variable of the first process.
  'seccomp=auto',
  'root=/dev/root',
  'rootfstype=hostfs',
  'rootflags=/',
  'ro',
  'init=/proc/self/cwd/init',
  'LUNADRILL_POST=/proc/self/cwd',
  'con=null',
  'con0=null,fd:1',
  'ssl=null',
  'uml_dir=.',
  'umid=uml',
  // All that it says of itself is looked at, and nothing goes on behind an oops.
  'loglevel=7',
  'printk.devkmsg=on',
  'oops=panic',
]

const words = (list: readonly string[]) => list.map((word) => `${word}\0`).join('')

/** On a file system in memory that programs may be mapped from, with room for a guest; else the usual place. */
function folderInMemory(): string {
  const place = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(place)
    if (bavail * bsize > ROOM && !isNoexec(place)) return place
  } catch {
    // There is none.
  }
  return tmpdir()
}

function isNoexec(place: string): boolean {
  const mount = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, where]) => where === place)
  return mount?.[3]?.split(',').includes('noexec') ?? false
}
