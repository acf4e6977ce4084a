// Builds the rooms that need no Node, and libluna.so, with ASan and UBSan, and runs them over a real EAL
// (test/native/rooms.cc); then with ThreadSanitizer, the host, its clients and the watchdog on their threads
// (test/native/threads.cc), and both ends of a channel (test/native/ring.cc).
// Skips, with its reason, where DPDK or lwIP is not installed.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildStack } from './stacks/build.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const out = join(root, 'build/sanitize')
const flags = ['-std=c++17', '-O1', '-g', '-Wall', '-Wextra', '-Werror', '-fno-omit-frame-pointer', '-pthread']
const memory = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
// GCC's ThreadSanitizer says that it does not follow fences; acquire and release are all that the rings need.
const threads = ['-fsanitize=thread', '-Wno-tsan']
const include = ['-Inative', '-Iinclude', '-Itest/native', '-I../kernel-native/native', '-I../kernel-native/include']
const dpdk = [
  '-lrte_net_ring',
  '-lrte_mempool_ring',
  '-lrte_bus_vdev',
  '-lrte_ethdev',
  '-lrte_mbuf',
  '-lrte_mempool',
  '-lrte_ring',
  '-lrte_eal',
]

const rooms = [
  'native/channel/host-end.cc',
  'native/eal/captured-log.cc',
  'native/eal/eal.cc',
  'native/eal/interrupt-pause.cc',
  'native/fault/corruption.cc',
  'native/fault/packet-faults.cc',
  'native/fault/port-faults.cc',
  'native/neighbour/discovery.cc',
  'native/leak/leak-watch.cc',
  'native/neighbour/gateway.cc',
  'native/poll/poll-loop.cc',
  'native/poll/traffic.cc',
  'native/poll/epoll-table.cc',
  'native/poll/file-transfer.cc',
  'native/poll/host-files.cc',
  'native/poll/kept-options.cc',
  'native/poll/lacking.cc',
  'native/poll/readiness.cc',
  'native/poll/socket-ioctl.cc',
  'native/poll/stack-call.cc',
  'native/port/capture.cc',
  'native/port/capture-file.cc',
  'native/port/device-link.cc',
  'native/port/device.cc',
  'native/port/frame-pool.cc',
  'native/port/link.cc',
  'native/port/memif-link.cc',
  'native/port/packet-device.cc',
  'native/port/ring-link.cc',
  'native/port/tap-device.cc',
  'native/port/tap-end.cc',
  'native/port/tap-link.cc',
  'native/port/veth-link.cc',
  'native/port/wire.cc',
  'native/recorder/flight-recorder.cc',
  'native/recorder/sanitizer-report.cc',
  'native/stack/elf-exports.cc',
  'native/stack/luna-v1.cc',
  'native/stack/object-call.cc',
  'native/stack/packet-source.cc',
  'native/stack/packetdrill-stack.cc',
  'native/stack/shared-object.cc',
  'native/stack/stack-object.cc',
  '../kernel-native/native/netlink/netlink-socket.cc',
  '../kernel-native/native/netlink/route-socket.cc',
  '../kernel-native/native/clock/run-clock.cc',
  '../kernel-native/native/netns/run-namespace.cc',
  '../kernel-native/native/packet-socket/packet-socket.cc',
  '../kernel-native/native/packet-socket/stamped.cc',
  '../kernel-native/native/syscall/call-record.cc',
]

function headers(...packages) {
  const words = execFileSync('pkg-config', ['--cflags', ...packages], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
  return words.map((word) => word.replace(/^-I/, '-isystem'))
}

async function build(name, args) {
  const path = join(out, name)
  const compiler = spawn(process.env.CXX ?? 'g++', [...flags, ...include, ...args, '-o', path], {
    cwd: root,
    stdio: 'inherit',
  })
  const [status] = await once(compiler, 'close')
  if (status !== 0) process.exit(1)
  return path
}

/** libluna.so, and a program of test/native with all rooms. */
function withRooms(name, sanitizer) {
  const stack = readdirSync(join(root, 'stacks/lwip')).filter((file) => file.endsWith('.cc'))
  const luna = build(`libluna-${name}.so`, [
    ...sanitizer,
    ...['-fPIC', '-shared', '-fvisibility=hidden', '-fno-gnu-unique', '-Istacks/lwip'],
    ...headers('libdpdk', 'lwip'),
    ...stack.map((file) => `stacks/lwip/${file}`),
    ...['-Wl,--as-needed', '-llwip', ...dpdk],
  ])
  const program = build(name, [
    ...sanitizer,
    ...headers('libdpdk'),
    `test/native/${name}.cc`,
    ...rooms,
    ...['-Wl,--no-as-needed', ...dpdk, '-ldl'],
  ])
  return Promise.all([luna, program])
}

function expectClean(what, program, args = []) {
  const env = {
    ...process.env,
    // As src/runtime-folder.ts: EAL makes one where it finds none.
    RUNTIME_DIRECTORY: join(root, 'runtime'),
    ASAN_OPTIONS: 'abort_on_error=0:exitcode=99',
    UBSAN_OPTIONS: 'print_stacktrace=1',
    // What EAL and its drivers keep until the process ends is theirs.
    LSAN_OPTIONS: `suppressions=${join(root, 'test/native/lsan.supp')}:print_suppressions=0`,
  }
  const ran = spawnSync(program, args, {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'inherit', 'pipe'],
    timeout: 600_000,
  })
  if (ran.stderr) process.stderr.write(ran.stderr)
  const clean = ran.status === 0 && !/Sanitizer|runtime error|EAL: Error/.test(ran.stderr)
  console.log(`${clean ? 'ok  ' : 'FAIL'} ${what}`)
  if (!clean) process.exitCode = 1
}

if (spawnSync('pkg-config', ['--exists', 'libdpdk', 'lwip']).status !== 0) {
  console.log('skipped: libdpdk-dev or liblwip-dev is not installed')
} else {
  mkdirSync(out, { recursive: true })
  const ring = ['test/native/ring.cc', 'native/channel/host-end.cc']
  const [[luna, roomsProgram], memif, [lunaOfThreads, threadsProgram], ringProgram, ringThreads] = await Promise.all([
    withRooms('rooms', memory),
    build('lunadrill-memif', [
      ...memory,
      ...headers('libdpdk'),
      ...['native/memif/main.cc', 'native/eal/captured-log.cc', 'native/eal/eal.cc'],
      ...['native/eal/interrupt-pause.cc', 'native/port/device.cc', 'native/port/frame-pool.cc'],
      ...['-Wl,--no-as-needed', ...dpdk],
    ]),
    withRooms('threads', threads),
    build('ring', [...memory, ...ring]),
    build('ring-threads', [...threads, ...ring]),
  ])
  const leaks = ['leaks', 'leaks-descriptors'].map((name) => buildStack(name))
  expectClean('rooms, lwIP behind them, and the other end of memif', roomsProgram, [luna, ...leaks, memif])
  expectClean('the host, its clients and the watchdog, on their threads', threadsProgram, [lunaOfThreads])
  expectClean('both ends of a channel', ringProgram)
  expectClean('both ends of a channel, on their threads', ringThreads)
}
