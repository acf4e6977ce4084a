// Builds the rooms that need no Node (and lunadrill-guard) with ASan and UBSan, and runs them: test/native/rooms.cc in a
// network namespace, the guard around small shells; then the rooms, which have threads, with ThreadSanitizer. Skips, with its reason, where no namespace is allowed.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = join(root, 'build/sanitize')
const flags = ['-std=c++17', '-O1', '-g', '-Wall', '-Wextra', '-Werror', '-fno-omit-frame-pointer', '-pthread']
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-static-libasan', '-static-libubsan']
// GCC's ThreadSanitizer says that it does not follow fences.
const threads = ['-fsanitize=thread', '-Wno-tsan', '-static-libtsan']
const env = { ...process.env, ASAN_OPTIONS: 'abort_on_error=0:exitcode=99', UBSAN_OPTIONS: 'print_stacktrace=1' }

const rooms = [
  'test/native/rooms.cc',
  'native/clock/pacemaker.cc',
  'native/clock/priority.cc',
  'native/clock/run-clock.cc',
  'native/netlink/netlink-socket.cc',
  'native/netlink/route-socket.cc',
  'native/netns/run-namespace.cc',
  'native/packet-socket/packet-socket.cc',
  'native/packet-socket/stamped.cc',
  'native/process/child.cc',
  'native/syscall/blocking-call.cc',
  'native/syscall/call-record.cc',
  'native/syscall/call-runner.cc',
  'native/syscall/capabilities.cc',
  'native/syscall/descriptor-set.cc',
  'native/tun/tun-device.cc',
]
const wire = [
  'test/native/wire.cc',
  'native/clock/run-clock.cc',
  'native/netlink/netlink-socket.cc',
  'native/netlink/route-socket.cc',
  'native/netns/run-namespace.cc',
  'native/nic/device.cc',
  'native/nic/nic-address.cc',
  'native/nic/offloads.cc',
  'native/packet-socket/stamped.cc',
  'native/remote/frame-socket.cc',
  'native/remote/silent-ports.cc',
  'native/remote/stream-socket.cc',
]
const guardSources = [
  'native/guard/main.cc',
  'native/guard/descendants.cc',
  'native/guard/enter.cc',
  'native/guard/room.cc',
  'native/netlink/netlink-socket.cc',
  'native/netlink/route-socket.cc',
]

async function build(name, sources, sanitizer = sanitizers) {
  const path = join(out, name)
  const args = [...flags, ...sanitizer, '-Inative', '-Iinclude', ...sources, '-o', path]
  const compiler = spawn(process.env.CXX ?? 'g++', args, { cwd: root, stdio: 'inherit' })
  const [status] = await once(compiler, 'close')
  if (status !== 0) process.exit(1)
  return path
}

function expectRun(what, program, args, wanted) {
  const ran = spawnSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'inherit', 'pipe'] })
  if (ran.stderr) process.stderr.write(ran.stderr)
  const got = ran.signal ?? ran.status
  const clean = got === wanted && !/Sanitizer|runtime error/.test(ran.stderr)
  console.log(`${clean ? 'ok  ' : 'FAIL'} ${what}`)
  if (!clean) {
    console.log(`     expected ${wanted}, got ${got}`)
    process.exitCode = 1
  }
}

mkdirSync(out, { recursive: true })
const [guard, program, wireProgram, threadsProgram] = await Promise.all([
  build('lunadrill-guard', guardSources),
  build('rooms', rooms),
  build('wire', wire),
  build('rooms-threads', rooms, threads),
])
const probe = spawnSync(guard, ['--', 'true'], { env, encoding: 'utf8' })
if (probe.status === 125) {
  console.log(`skipped: ${probe.stderr.trim()}`)
} else {
  expectRun('rooms under the guard', guard, ['--', program], 0)
  expectRun('rooms under the guard, their threads', guard, ['--', threadsProgram], 0)
  expectRun('the ends of a wire under the guard', guard, ['--', wireProgram], 0)
  expectRun('guard passes the exit status on', guard, ['--', 'sh', '-c', 'exit 42'], 42)
  expectRun('guard passes the signal on', guard, ['--', 'sh', '-c', 'kill -9 $$'], 'SIGKILL')
  expectRun('guard kills what is left', guard, ['--', 'sh', '-c', '(sleep 600 &); setsid sleep 600 & exit 0'], 0)
  expectRun('guard ends on SIGTERM', guard, ['--', 'sh', '-c', 'kill -TERM $PPID; sleep 600'], 143)
  expectRun('guard prefers', guard, ['--netns=prefer', '--', 'true'], 0)
  expectRun('guard refuses bad usage', guard, ['--netns=', '--', 'true'], 125)
}
