// The port examples over every kind of DPDK port, with twins that must fail, what is refused, and what is left behind.
import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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

const travelling = ['tap', 'af_packet'] as const

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
      const run = drill('lwip', script(broken), `--port=${port}`)
      const line = broken.split('\n').findIndex((each) => each.includes('1451')) + 1
      expect(run).toMatchObject({ verdict: 'fail', line, status: 1 })
    })

    it('several runs follow one another in one process', () => {
      const args = ['--stack=lwip', `--port=${port}`, '--reporter=json', datagrams, datagrams, datagrams]
      const { status, stdout } = command('lunadrill', ['run', ...args])
      expect(status).toBe(0)
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
