// The port examples over every kind of DPDK port, with twins that must fail, what is refused, and what is left behind.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { memifProgram } from '../../packages/dpdk-native/dist/index.js'
import {
  belongings,
  command,
  drill,
  environment,
  named,
  noKernel,
  noLwip,
  type Run,
  root,
  scratch,
  settled,
} from '../support/drill.js'
import { hidden, noMounts } from '../support/hidden.js'

const connection = 'examples/ports/connection.pkt'
const datagrams = 'examples/ports/datagrams.pkt'
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const { script } = scratch()

/** What cannot be had of a port here. */
const refusalOf = (stack: string, port: string) => {
  if (noLwip !== undefined) return noLwip
  const run = drill(stack, script('0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n'), `--port=${port}`)
  return run.verdict === 'pass' ? undefined : `${port}: ${run.message?.split('\n')[0]}`
}
const tooLong = '0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 bind(3, ..., ...) = 0\n+0 < udp (3000)\n'
const noRoot = process.getuid?.() === 0 ? undefined : 'needs root'
/** Interfaces of the machine, by name. */
const interfaces = () => execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' }).match(/^[^\s@]+/gm) ?? []

const travelling = ['tap', 'af_packet', 'memif'] as const

for (const port of travelling) {
  const reason = refusalOf('lwip', port)
  describe.skipIf(reason)(named(`lwIP over ${port}`, reason), () => {
    it.each([connection, datagrams])('%s passes, in wall time', (example) => {
      const before = interfaces()
      const run = drill('lwip', example, `--port=${port}`)
      expect(run, run.message ?? '').toMatchObject({ verdict: 'pass', clock: 'wall', status: 0 })
      expect(interfaces()).toEqual(before)
    })

    it('a broken twin fails at its line', () => {
      const broken = text(connection).replace('+0 > P. 1:1461(1460) ack 1', '+0 > P. 1:1451(1450) ack 1')
      // What is wrong is no matter of time: a busy machine shall not make it undecided.
      const run = drill('lwip', script(broken), `--port=${port}`, '--tolerance_usecs=500000')
      const line = broken.split('\n').findIndex((each) => each.includes('1451')) + 1
      expect(run).toMatchObject({ verdict: 'fail', line, status: 1 })
    })

    it('several runs follow one another in one process', () => {
      const args = ['--stack=lwip', `--port=${port}`, '--reporter=json', datagrams, datagrams, datagrams]
      const { status, stdout } = command('lunadrill', ['run', ...args])
      expect(status, stdout).toBe(0)
      expect(stdout.match(/"verdict":"pass"/g)).toHaveLength(3)
    })

    it('says that time is not virtual there', () => {
      const run = drill('lwip', datagrams, `--port=${port}`, '--clock=virtual')
      expect(run).toMatchObject({ verdict: 'error', status: 2 })
      expect(run.message).toContain(`frames travel by themselves over --port=${port}`)
      expect(run.message).toContain('--clock=wall')
    })

    it('says what packet is too long for it', () => {
      const run = drill('lwip', script(tooLong), `--port=${port}`)
      expect(run).toMatchObject({ verdict: 'error', status: 2 })
      expect(run.message).toContain("longer than this port's MTU")
    })

    it('leaves nothing, whoever is killed', async () => {
      const before = { ...belongings(), interfaces: interfaces() }
      const long = script(
        '0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 `kill -9 $PACKETDRILL_PID`\n+9 close(3) = 0\n',
      )
      expect(drill('lwip', long, `--port=${port}`)).toMatchObject({ verdict: 'crash' })
      const sleeper = script('0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 `echo ready`\n+9 close(3) = 0\n')
      const args = ['run', '--stack=lwip', `--port=${port}`, sleeper]
      const child = spawn(join(root, 'lunadrill'), args, { cwd: root, env: environment })
      await new Promise((ready) => child.stdout.once('data', ready))
      child.kill('SIGKILL')
      await new Promise((ended) => child.once('exit', ended))
      const { interfaces: links, ...rest } = before
      expect(await settled(rest)).toEqual(rest)
      expect(interfaces()).toEqual(links)
    })
  })
}

describe.skipIf(noRoot ?? noLwip)(named('lwIP over interfaces of the machine', noRoot ?? noLwip), () => {
  const withPair = (body: (stack: string, tester: string) => void) => {
    const [stack, tester] = [`ld${process.pid}a`, `ld${process.pid}b`]
    const ip = (...words: string[]) => execFileSync('ip', words)
    ip('link', 'add', stack, 'type', 'veth', 'peer', 'name', tester)
    try {
      for (const name of [stack, tester]) ip('link', 'set', name, 'up')
      body(stack, tester)
    } finally {
      ip('link', 'del', stack)
    }
  }

  it('finds the other end of a veth, or is told of it', () => {
    withPair((stack, tester) => {
      for (const ends of [stack, `${tester},${stack}`]) {
        const run = drill('lwip', connection, `--port=af_packet:${ends}`)
        expect(run, run.message ?? '').toMatchObject({ verdict: 'pass' })
      }
    })
  })

  it('says which one is down', () => {
    withPair((stack, tester) => {
      execFileSync('ip', ['link', 'set', tester, 'down'])
      const run = drill('lwip', connection, `--port=af_packet:${stack}`)
      expect(run).toMatchObject({ verdict: 'error', status: 2 })
      expect(run.message).toContain(`ip link set ${tester} up`)
    })
  })

  it.each([
    ['nosuch0', 'there is no interface nosuch0'],
    ['lo', 'lo is no veth whose other end is here'],
    ['lo,lo', 'lo is no Ethernet interface'],
  ])('refuses %s', (ends, says) => {
    const run = drill('lwip', connection, `--port=af_packet:${ends}`)
    expect(run).toMatchObject({ verdict: 'error', status: 2 })
    expect(run.message).toContain(says)
  })
})

const noTap = noKernel ?? refusalOf('kernel', 'tap')
describe.skipIf(noTap)(named('the kernel through DPDK', noTap), () => {
  const passive = text(connection)
  const active = `--tolerance_usecs=20000
 0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 5792 <mss 1460,sackOK,nop,nop,nop,wscale 7>
+0 > . 1:1(0) ack 1
+0 write(3, ..., 1000) = 1000
+0 > P. 1:1001(1000) ack 1
+.1 < icmp unreachable host_unreachable [1:1001(1000)]
+.1 < . 1:1(0) ack 1001 win 257
`
  // Retransmissions are the kernel's own doing: when they came, the kernel has to have said.
  const lost = `${passive.slice(0, passive.indexOf('  +.1 < . 1:1(0) ack 1461'))}+.25~+.7 > P. 1:1461(1460) ack 1
`
  const scripts = (): [name: string, path: string][] => [
    ['kernel', 'examples/kernel.pkt'],
    ['connection', connection],
    ['datagrams', datagrams],
    ['connect', script(active)],
    ['retransmission', script(lost)],
    ['IPv6', script(`--ip_version=ipv6\n${text(datagrams)}`)],
    ['mapped', script(`--ip_version="ipv4-mapped-ipv6"\n${passive}`)],
    ['wrong octets', script(passive.replace('> P. 1:1461(1460)', '> P. 1:1451(1450)'))],
    ['wrong time', script(lost.replace('+.25~+.7', '+1~+1.1'))],
    ['no packet', script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 > S 0:0(0)\n')],
  ]

  const verdicts = (port: string, paths: readonly string[]) => {
    const args = ['run', '--stack=kernel', `--port=${port}`, '--reporter=json', ...paths]
    const { stdout } = command('lunadrill', args)
    const reports = stdout.match(/^\{.*\}$/gm)?.map((line) => JSON.parse(line) as Run) ?? []
    return reports.map(({ verdict, line, message }) => ({ verdict, line, words: message?.split('\n')[0] ?? null }))
  }

  it('gives the same verdicts as through TUN', () => {
    const given = scripts()
    const paths = given.map(([, path]) => path)
    const [tap, tun] = [verdicts('tap', paths), verdicts('ring', paths)]
    const stable = (all: typeof tap) =>
      all.map(({ verdict, line, words }, i) => [given[i]?.[0], verdict, line, words?.replace(/ at \+?\d.*/, '')])
    expect(stable(tap)).toEqual(stable(tun))
    expect(tun.map(({ verdict }) => verdict).join(' ')).toBe(`${'pass '.repeat(7)}fail fail fail`)
  }, 60_000)

  it('goes over a TAP device', () => {
    const probe = script('0 `ip -d link show tun0 | grep -q "tun type tap"`\n')
    expect(drill('kernel', probe, '--port=tap')).toMatchObject({ verdict: 'pass', clock: 'wall' })
    expect(drill('kernel', probe)).toMatchObject({ verdict: 'fail' })
  })

  it('leaves nothing where its process is killed', async () => {
    const before = { ...belongings(), interfaces: interfaces() }
    expect(drill('kernel', script('0 `kill -9 $PACKETDRILL_PID`\n'), '--port=tap')).toMatchObject({ verdict: 'error' })
    const { interfaces: links, ...rest } = before
    expect(await settled(rest)).toEqual(rest)
    expect(interfaces()).toEqual(links)
  })

  it.each([
    ['--mss=1000', "--mss is for TUN: DPDK's net_tap has no such thing"],
    ['--speed=100', "--speed is for TUN: DPDK's net_tap has no such thing"],
    ['--mtu=1520', "DPDK's net_tap carries packets of 1504 octets at most, but --mtu is 1520"],
  ])('refuses %s', (option, says) => {
    const run = drill('kernel', datagrams, '--port=tap', option)
    expect(run).toMatchObject({ verdict: 'error', status: 2 })
    expect(run.message).toContain(says)
  })

  it('says what packet is too long for it', () => {
    const run = drill('kernel', script(tooLong), '--port=tap')
    expect(run).toMatchObject({ verdict: 'error', line: 3, status: 2 })
    expect(run.message).toContain("longer than this port's MTU")
  })
})

describe.skipIf(noLwip)(named("lwIP over devices of EAL's arguments", noLwip), () => {
  // As two cards back to back would be named: here two ends of a memif in one process.
  const socket = `socket=@lunadrill-test-${process.pid}`
  const eal = `--eal=--vdev=net_memif0,role=server,id=7,${socket} --vdev=net_memif1,role=client,id=7,${socket}`

  it('goes on over the two that are named, run after run', () => {
    const args = ['--stack=lwip', '--port=device:net_memif0,net_memif1', eal, '--reporter=json', connection, datagrams]
    const { status, stdout, stderr } = command('lunadrill', ['run', ...args])
    expect(status, stdout + stderr).toBe(0)
    expect(stdout.match(/"verdict":"pass"/g)).toHaveLength(2)
  })

  it.each([
    ['net_memif0,net_memif2', eal, 'EAL has no device net_memif2, but net_memif0, net_memif1'],
    ['a,b', '--eal=-a 0000:ff:1f.7', 'EAL has no device a, but none at all'],
    ['a,b', '--eal=--nonsense', "unrecognized option '--nonsense'"],
    ['a,b', '--eal=--vdev=net_nonsense0', 'Unable to parse device'],
  ])('refuses %s with %s', (ends, given, says) => {
    const args = ['--stack=lwip', `--port=device:${ends}`, given, datagrams]
    const { status, stdout, stderr } = command('lunadrill', ['run', ...args])
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' })
    expect(stdout.match(/error: .*/g)).toHaveLength(1)
    expect(stdout).toContain(says)
  })
})

describe.skipIf(noLwip)(named('lwIP over a memif socket that is named', noLwip), () => {
  const folder = mkdtempSync(join(tmpdir(), 'ports-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const socket = join(folder, 'memif.sock')

  it('goes through whoever connects to it, run after run, and takes over what a dead process has left', async () => {
    const leave = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 9))`
    spawnSync(process.execPath, ['-e', leave])
    expect(existsSync(socket)).toBe(true)
    const peer = spawn(memifProgram(), [socket], {
      env: { ...environment, RUNTIME_DIRECTORY: join(root, 'packages/dpdk-native/runtime') },
      stdio: 'inherit',
    })
    const args = ['--stack=lwip', `--port=memif:${socket}`, '--reporter=json', datagrams, datagrams]
    const { status, stdout } = command('lunadrill', ['run', ...args])
    peer.kill('SIGKILL')
    await new Promise((ended) => peer.once('exit', ended))
    expect(status, stdout).toBe(0)
    expect(stdout.match(/"verdict":"pass"/g)).toHaveLength(2)
    expect(existsSync(socket)).toBe(false)
  })

  it('is refused where another process has it', async () => {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(socket, listening))
    const { status, stdout, stderr } = command('lunadrill', [
      'run',
      '--stack=lwip',
      `--port=memif:${socket}`,
      datagrams,
    ])
    await new Promise((closed) => server.close(closed))
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' })
    expect(stdout.match(/error: .*/g)).toEqual([
      `error: the memif socket ${socket} is in use by another process: end that one, or name another path`,
    ])
  })

  it.each([
    ['a file', () => join(root, 'README.md'), 'is there already, and no socket: name another path'],
    ['a folder that is not there', () => join(folder, 'none/x.sock'), "DPDK's net_memif cannot be made on"],
    ['a path that is too long', () => join(folder, 'x'.repeat(120)), 'has too long a path'],
  ])('is refused for %s', (_what, path, says) => {
    const run = drill('lwip', datagrams, `--port=memif:${path()}`)
    expect(run).toMatchObject({ verdict: 'error', status: 2 })
    expect(run.message).toContain(says)
  })
})

describe.skipIf(noMounts ?? noLwip)(named('a driver that is not installed', noMounts ?? noLwip), () => {
  it('is named with its package', () => {
    const driver = '/usr/lib/x86_64-linux-gnu/dpdk/pmds-23.0/librte_net_memif.so.23.0'
    const run = `./lunadrill run --stack=lwip --port=memif ${datagrams}`
    const { status, stdout } = hidden(`mount --bind /dev/null ${driver}`, run)
    expect(stdout).toContain("DPDK's driver net_memif is not installed: sudo apt-get install -y")
    expect(stdout).toContain('librte-net-memif23')
    expect(status).toBe(2)
  })
})

describe.skipIf(noLwip)(named('lwIP fed from a capture', noLwip), () => {
  const folder = mkdtempSync(join(tmpdir(), 'ports-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = (name: string, octets: Uint8Array = Buffer.alloc(0)) => {
    writeFileSync(join(folder, name), octets)
    return join(folder, name)
  }
  const words = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer)
  const capture = (...frames: Buffer[]) => Buffer.concat([words(0xa1b2c3d4, 0x40002, 0, 0, 65535, 1), ...frames])
  const [tester, stack] = [
    [192, 0, 2, 1],
    [192, 168, 0, 2],
  ]
  /** A datagram from port 8080 to 8080, captured `us` microseconds after the first; without checksums. */
  const datagram = (us: number, from: readonly number[], to: readonly number[], octets: number) => {
    const length = [(octets + 28) >> 8, (octets + 28) & 255]
    const ip = Buffer.from([0x45, 0, ...length, 0, 0, 0, 0, 64, 17, 0, 0, ...from, ...to])
    let sum = 0
    for (let at = 0; at < 20; at += 2) sum += ip.readUInt16BE(at)
    ip.writeUInt16BE(~((sum & 0xffff) + (sum >> 16)) & 0xffff, 10)
    const udp = Buffer.from([0x1f, 0x90, 0x1f, 0x90, (octets + 8) >> 8, (octets + 8) & 255, 0, 0])
    const frame = Buffer.concat([Buffer.alloc(12), Buffer.from([8, 0]), ip, udp, Buffer.alloc(octets)])
    return Buffer.concat([words(1_700_000_000, us, frame.length, frame.length), frame])
  }
  /** Of what the stack wrote: when, microseconds, and how many octets the datagram had; other frames are left out. */
  const written = (path: string) => {
    const octets = readFileSync(path)
    const sent: [us: number, octets: number][] = []
    let at = 24
    for (; at < octets.length; at += 16 + octets.readUInt32LE(at + 8)) {
      const us = octets.readUInt32LE(at) * 1e6 + octets.readUInt32LE(at + 4)
      if (octets.readUInt16BE(at + 28) === 0x0800) sent.push([us, octets.readUInt16BE(at + 32) - 28])
    }
    expect(at).toBe(octets.length)
    return sent
  }
  const fed = file(
    'in.pcap',
    // What the stack of the capture sent, and frames of other protocols, are not fed.
    capture(datagram(0, tester, stack, 100), datagram(50_000, stack, tester, 7), datagram(100_000, tester, stack, 200)),
  )
  const out = join(folder, 'out.pcap')
  const opened = '0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 bind(3, ..., ...) = 0\n+0 connect(3, ..., ...) = 0\n'
  const replay = `${opened}+.1 read(3, ..., 1000) = 100
+0 write(3, ..., 50) = 50
+0 > udp (50)
+0...0.1 read(3, ..., 1000) = 200
+.1 write(3, ..., 60) = 60
`

  it('comes at its times, in virtual time, and what the stack sends is written, the same octets each time', () => {
    const port = `--port=pcap:${fed},${out}`
    expect(drill('lwip', script(replay), port)).toMatchObject({ verdict: 'pass', clock: 'virtual', status: 0 })
    expect(written(out)).toEqual([
      [100_000, 50],
      [200_000, 60],
    ])
    const first = readFileSync(out)
    expect(drill('lwip', script(replay), port)).toMatchObject({ verdict: 'pass' })
    expect(readFileSync(out)).toEqual(first)
  })

  it('begins when it is told to', () => {
    const port = `--port=pcap:${fed},${out}`
    const later = script(`${opened}+0...0.35 read(3, ..., 1000) = 100\n`)
    expect(drill('lwip', later, `${port},.35`)).toMatchObject({ verdict: 'pass' })
    expect(drill('lwip', later, port)).toMatchObject({ verdict: 'fail', line: 4 })
  })

  it('is broken where the script is', () => {
    const run = drill('lwip', script(replay.replace('= 200', '= 201')), `--port=pcap:${fed},${out}`)
    expect(run).toMatchObject({ verdict: 'fail', line: 7, status: 1 })
  })

  it('is written to the last whole frame where the process is killed, or Ctrl-C comes', async () => {
    const port = `--port=pcap:${fed},${out}`
    const killed = `${opened}+0 write(3, ..., 1000) = 1000\n+0 \`kill -9 $PACKETDRILL_PID\`\n`
    expect(drill('lwip', script(killed), port)).toMatchObject({ verdict: 'crash' })
    expect(written(out)).toEqual([[0, 1000]])
    const waits = `${opened}+.1 read(3, ..., 1000) = 100\n+0 write(3, ..., 70) = 70\n+0 \`echo ready; sleep 30\`\n`
    const child = spawn(join(root, 'lunadrill'), ['run', '--stack=lwip', port, script(waits)], {
      cwd: root,
      env: environment,
    })
    await new Promise((ready) => child.stdout.once('data', ready))
    child.kill('SIGINT')
    expect(await new Promise((ended) => child.once('exit', ended))).toBe(130)
    expect(written(out)).toEqual([[100_000, 70]])
  })

  it.each([
    ['a missing one', () => join(folder, 'none.pcap'), 'No such file or directory'],
    ['a folder', () => folder, 'is no file, but something else'],
    ['a text', () => file('text', Buffer.from('0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3')), 'is no pcap file'],
    ['an empty file', () => file('empty'), 'is no pcap file'],
    ['pcapng', () => file('ng', words(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, 0, 28)), 'is pcapng; convert it to pcap'],
    ['another link', () => file('link', words(0xa1b2c3d4, 0x40002, 0, 0, 65535, 113)), 'those of link type 113'],
    ['half a frame', () => file('half', readFileSync(fed).subarray(0, 500)), 'ends in the midst of a frame, at octet'],
  ])('refuses %s, and leaves the other file alone', (_what, path, says) => {
    const other = file('other.pcap', Buffer.from('mine'))
    const { status, stdout, stderr } = command('lunadrill', [
      'run',
      '--stack=lwip',
      `--port=pcap:${path()},${other}`,
      datagrams,
    ])
    expect({ status, stderr }).toEqual({ status: 2, stderr: '' })
    expect(stdout.match(/error: .*/g)).toHaveLength(1)
    expect(stdout).toContain(says)
    expect(readFileSync(other, 'utf8')).toBe('mine')
  })

  it.each([
    ['in a folder that is not there', join(folder, 'none/out.pcap'), 'cannot write the capture'],
    ['over the one that is read', fed, 'cannot be read and written at once'],
  ])('is not written %s', (_where, path, says) => {
    const before = readFileSync(fed)
    const run = drill('lwip', datagrams, `--port=pcap:${fed},${path}`)
    expect(run).toMatchObject({ verdict: 'error', status: 2 })
    expect(run.message).toContain(says)
    expect(readFileSync(fed)).toEqual(before)
  })
})

describe('the wrong stack', () => {
  it.each([
    ['--port=af_packet', '--port=af_packet is for userspace stacks'],
    ['--port=memif', '--port=memif is for userspace stacks'],
    ['--port=pcap:a,b', '--port=pcap is for userspace stacks'],
    ['--port=device:a,b', '--port=device is for userspace stacks'],
    ['--eal=--no-huge', '--eal is for userspace stacks'],
  ])('%s is not for the kernel', (option, says) => {
    const run = drill('kernel', datagrams, option)
    expect(run).toMatchObject({ verdict: 'error', line: null, status: 2 })
    expect(run.message).toContain(says)
    expect(run.message).toContain('--stack=lwip')
  })

  it('is not for remote wire mode', () => {
    const run = drill('kernel', datagrams, '--port=tap', '--wire_client', '--wire_server_at=localhost')
    expect(run).toMatchObject({ verdict: 'error', status: 2 })
    expect(run.message).toContain('--port=tap is not for remote wire mode')
  })
})

describe('the option', () => {
  it.each([
    '',
    'tun',
    'tap:x',
    'af_packet:',
    'af_packet:a,b,c',
    'pcap',
    'pcap:a',
    'pcap:a,b,soon',
    'device:a',
    'memif:',
  ])('is not --port=%s', (port) => {
    const { status, stderr } = command('lunadrill', ['run', '--stack=lwip', `--port=${port}`, datagrams])
    expect(status).toBe(2)
    expect(stderr).toContain(`bad --port: ${port}`)
  })

  it("leaves EAL's arguments to the command line", () => {
    const run = drill('kernel', script('--eal="--no-huge"\n0 `true`\n'))
    expect(run).toMatchObject({ verdict: 'error', line: 1, status: 2 })
    expect(run.message).toContain("option 'eal' is no script's")
  })
})
