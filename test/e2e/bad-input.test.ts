// Bad input of every kind: one clear message, what to do, exit status 2 (1 as packetdrill), and never a stack trace.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import { command, type Ended, named, noKernel, noLwip, root, scratch } from '../support/drill.js'
import { hidden, noMounts } from '../support/hidden.js'

const { folder, script } = scratch()
chmodSync(folder, 0o755)

const sound = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'sound.pkt')
const stackTrace = /^\s+at .*[:(]\d+/m

/** Both commands: what they say, together, and with which status. */
function expectRefusal(ended: Ended, status: number, ...says: (string | RegExp)[]) {
  const text = ended.stdout + ended.stderr
  for (const piece of says) expect(text).toMatch(piece)
  expect(text).not.toMatch(stackTrace)
  expect(ended.status).toBe(status)
}

describe('a script that', () => {
  const empty = join(folder, 'no-scripts')
  mkdirSync(empty)
  const cases: readonly (readonly [string, string, RegExp, RegExp])[] = [
    [
      'is missing',
      join(folder, 'nothing.pkt'),
      /cannot read the script: No such file[\s\S]*check the path/,
      /parse error: stat\(\) of script file '.*nothing\.pkt': No such file or directory/,
    ],
    ['is a folder without any', empty, /^error: no scripts \(\*\.pkt\) in .*\/no-scripts\n$/, /Is a directory/],
    [
      'is empty',
      script('', 'empty.pkt'),
      /empty\.pkt:1:1: expected an option.*found the end/,
      /empty\.pkt:1: parse error at '': syntax error/,
    ],
    [
      'has a syntax error',
      script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 > S. 0:0(0) ack one\n', 'syntax.pkt'),
      /syntax\.pkt:2:20: expected .*found .*one[\s\S]*\n *2 \| \+0 > S\. 0:0\(0\) ack one\n *\| +\^/,
      /syntax\.pkt:2: parse error at 'one': syntax error/,
    ],
    [
      'has a number out of range',
      script('0 < S 0:0(0) win 70000\n', 'range.pkt'),
      /range\.pkt:1:\d+: .*window/i,
      /range\.pkt:1: semantic error: TCP window value out of range/,
    ],
    [
      'has an unknown option',
      script('--bogus=1\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'option.pkt'),
      /option\.pkt:1:1: .*bogus/,
      /option\.pkt: option 'bogus' unknown/,
    ],
    [
      'has a pasted no-break space',
      script('0\u00a0socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', 'space.pkt'),
      /space\.pkt:1:2: .*no-break space/,
      /space\.pkt:1: /,
    ],
  ]
  it.each(cases)('%s is refused', (_what, path, ours, upstream) => {
    expectRefusal(command('lunadrill', ['run', path]), 2, ours)
    const { stdout, ...rest } = command('packetdrill', [path])
    expect(stdout).toBe('')
    expectRefusal({ stdout, ...rest }, 1, upstream)
  })

  it('is not the last one: the others still run', () => {
    const { status, stdout } = command('lunadrill', ['run', '--stack=kernel', join(folder, 'nothing.pkt'), sound])
    expect(status).toBe(2)
    expect(stdout).toContain('1 error')
    if (noKernel === undefined) expect(stdout).toContain('1 pass')
  })
})

describe('a command line', () => {
  it.each([
    [['run', '--bogus', sound], /--bogus/],
    [['run'], /missing script path/],
    [['run', '--clock=sundial', sound], /sundial/],
    [['run', '--clock=virtual', sound], /the kernel runs in wall time only/],
    [['run', '--reporter=xml', sound], /xml/],
    [['run', '--stack=bsd', sound], /no such stack: bsd \(kernel, uml, lwip, lwip-sack, lwip-packetdrill, or a path/],
    [['run', '--tolerance_usecs=x', sound], /bad --tolerance_usecs: x/],
    [['jump'], /jump/],
  ])('lunadrill %j is refused', (args, says) => {
    expectRefusal(command('lunadrill', args), 2, says)
  })

  it.each([
    [['--bogus', sound], /packetdrill: unrecognized option '--bogus'\nUsage: packetdrill/],
    [[], /error: missing script path\nUsage: packetdrill/],
    [['--tolerance_usecs', sound], /Command Line: bad --tolerance_usecs: .*sound\.pkt/],
    [['--mtu', sound], /missing script path/],
    [['--mss=x', sound], /Command Line: bad --mss: x/],
  ])('packetdrill %j is refused', (args, says) => {
    expectRefusal(command('packetdrill', args), 1, says)
  })
})

describe.skipIf(noLwip)(named('a stack object', noLwip), () => {
  const textFile = join(folder, 'text.so')
  writeFileSync(textFile, 'not an object\n')
  const object = (name: string, source: string, ...flags: string[]) => {
    const path = join(folder, name)
    writeFileSync(`${path}.c`, source)
    expect(spawnSync('gcc', ['-shared', '-fPIC', `${path}.c`, '-o', path, ...flags]).status).toBe(0)
    return path
  }
  const foreignMachine = () => {
    const octets = readFileSync(object('arm.so', 'int x;'))
    octets.writeUInt16LE(183, 18)
    writeFileSync(join(folder, 'arm.so'), octets)
    return join(folder, 'arm.so')
  }
  const otherDpdk = () => {
    object('librte_eal.so', 'int rte_version;', '-Wl,-soname,librte_eal.so.99')
    const uses = 'extern int rte_version; int *x(void) { return &rte_version; }'
    return object('other-dpdk.so', uses, `-L${folder}`, '-lrte_eal')
  }
  const unresolved = () => object('unresolved.so', 'void tcp_input(void); void (*x)(void) = tcp_input;')
  const cases: readonly (readonly [string, () => string, RegExp])[] = [
    ['that is not there', () => join(folder, 'missing.so'), /no such stack object: .*missing\.so/],
    ['that is no ELF file', () => textFile, /cannot be loaded: .*text\.so: (file too short|invalid ELF header)/],
    ['for another machine', foreignMachine, /arm\.so is built for 64-bit ARM, this machine is x86-64[\s\S]*Build it/],
    [
      'of another DPDK',
      otherDpdk,
      /needs librte_eal\.so\.99, lunadrill has librte_eal\.so\.\d+[\s\S]*Build it with the DPDK/,
    ],
    [
      'with a symbol that nobody has',
      unresolved,
      /undefined symbol: tcp_input[\s\S]*Link it to the library that has tcp_input/,
    ],
    [
      'without the symbol',
      () => buildStack('no-symbol'),
      /no-symbol\.so exports no luna_stack_v1[\s\S]*lunadrill stack-init/,
    ],
    [
      'of another major version',
      () => buildStack('wrong-version'),
      /version 2\.\d .*lunadrill has 1\.\d[\s\S]*luna_stack\.h/,
    ],
    ['with a hole in its table', () => buildStack('null-function'), /null where a function should be/],
    ['that refuses to start', () => buildStack('init-fails'), /refuses to start.*Cannot allocate memory/],
  ]
  it.each(cases)('%s is refused', (_what, path, says) => {
    expectRefusal(command('lunadrill', ['run', `--stack=${path()}`, sound]), 2, says)
    expectRefusal(command('packetdrill', [`--so_filename=${path()}`, sound]), 1, says)
  })

  it('that keeps its own clock runs in wall time, and refuses virtual time', () => {
    const own = buildStack('own-clock')
    const { stdout, status } = command('lunadrill', ['run', '--reporter=json', `--stack=${own}`, sound])
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, clock: 'wall', verdict: 'pass' })
    expectRefusal(command('lunadrill', ['run', '--clock=virtual', `--stack=${own}`, sound]), 2, /virtual time/)
  })

  it('is found beside the script', () => {
    const { status } = spawnSync('cp', [buildStack('quiet'), join(folder, 'beside.so')])
    expect(status).toBe(0)
    expect(command('packetdrill', ['--userspace_stack', '--so_filename=beside.so', sound])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    })
  })

  it('meets a port 8899 that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((done) => server.once('listening', done))
    const { port } = server.address() as { port: number }
    const args = ['run', '--stack=lwip', '--netns=host', `--admin-port=${port}`, sound]
    expectRefusal(
      command('lunadrill', args),
      2,
      new RegExp(`127\\.0\\.0\\.1:${port}: another program listens`),
      /--admin-port=N/,
    )
    server.close()
  })
})

describe.skipIf(noMounts)(named('a machine', noMounts), () => {
  it('without /dev/net/tun', () => {
    const hide = 'mount -t tmpfs none /dev/net'
    expectRefusal(hidden(hide, `./lunadrill run ${sound}`), 2, /\/dev\/net\/tun/, /modprobe tun/)
    expectRefusal(hidden(hide, `./packetdrill ${sound}`), 1, /\/dev\/net\/tun/)
  })

  it('without permission for /dev/net/tun and namespaces', () => {
    // Root of nothing: no capability is left, and no user namespace may be made.
    const drop = 'setpriv --bounding-set=-all --inh-caps=-all --no-new-privs --reuid=65534 --regid=65534 --clear-groups'
    const possible = spawnSync('sh', ['-c', `${drop} node -e 0`], { cwd: root }).status === 0
    if (!possible) return expect(process.getuid?.(), 'setpriv works for root').not.toBe(0)
    const hide = 'mount -t tmpfs -o mode=755 none /dev/net && mknod -m 600 /dev/net/tun c 10 200'
    const ended = hidden(hide, `${drop} ./lunadrill run ${sound}`)
    expectRefusal(ended, 2, /\/dev\/net\/tun|namespace/, /run as root|chmod|sysctl/)
  })

  it('without DPDK: the kernel can be tested, lwIP is refused', () => {
    const hide =
      'mount -t tmpfs none packages/dpdk-native/build && { [ ! -d packages/dpdk-native/prebuilds ] || mount -t tmpfs none packages/dpdk-native/prebuilds; }'
    expectRefusal(hidden(hide, `./lunadrill run --stack=lwip ${sound}`), 2, /lwip is not built/, /npm run setup/)
    expectRefusal(hidden(hide, `./packetdrill --userspace_stack ${sound}`), 1, /npm run setup/)
    if (noKernel === undefined)
      expect(hidden(hide, `./packetdrill ${sound}`)).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it('without the shared libraries of DPDK: lwIP is refused by name', () => {
    const library = spawnSync('sh', ['-c', 'ldconfig -p | sed -n "s/.*librte_eal.so.* => //p" | head -n 1'], {
      encoding: 'utf8',
    }).stdout.trim()
    if (library === '') return expect(noLwip).toBeDefined()
    const hide = `mount --bind /dev/null $(readlink -f ${library})`
    expectRefusal(hidden(hide, `./lunadrill run --stack=lwip ${sound}`), 2, /DPDK|librte_eal/, /libdpdk-dev/)
  })
})
