// Upstream's shared-object interface through the built commands: an object without a stack that shows each call, and lwIP
// with SACK and timestamps behind that interface alone. Such objects live in wall time: the scripts have room for a busy
// machine.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { buildStack } from '../../packages/dpdk-native/test/stacks/build.mjs'
import { belongings, command, drill, named, noLwip, noLwipSack, root, scratch, settled } from '../support/drill.js'

const { script } = scratch()
const before = belongings()
afterAll(async () => expect(await settled(before)).toEqual(before))

const patient = '--tolerance_usecs=900000'

const calls = `0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 3) = 0
+0 listen(3, 4) = -1 EINVAL (Invalid argument)
+0 connect(3, ..., ...) = 0
+0 fcntl(3, F_GETFL) = 2 (flags O_RDWR)
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 ioctl(3, SIOCINQ, [17]) = 0
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [0], 4) = -1 ENOPROTOOPT (Protocol not available)
+0 getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [102], [4]) = 0
+0 read(3, ..., 10) = 10
+0 read(3, NULL, 10) = -1 EFAULT (Bad address)
+0 readv(3, [{..., 10}, {..., 20}], 2) = 30
+0 recv(3, ..., 10, MSG_PEEK) = 10
+0 recvfrom(3, ..., 10, MSG_PEEK, ..., ...) = 10
+0 recvmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=MSG_TRUNC}, 0) = 10
+0 write(3, ..., 10) = 10
+0 send(3, ..., 10, MSG_NOSIGNAL) = 10
+0 send(3, ..., 10, 0) = -1 EPIPE (Broken pipe)
+0 sendto(3, ..., 10, 0, ..., ...) = 10
+0 poll([{fd=3, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0 epoll_create(1) = 4
+0 epoll_ctl(4, EPOLL_CTL_ADD, 3, {events=EPOLLIN, fd=3}) = 0
+0 epoll_wait(4, {events=EPOLLIN, fd=3}, 1, 5) = 1
+0 pipe([5, 6]) = 0
+0 splice(3, NULL, 6, NULL, 100, SPLICE_F_NONBLOCK) = 100
+0 shutdown(3, SHUT_WR) = 0
`

// Each starts several commands, which takes its time on a busy machine.
const long = { timeout: 120_000 }

describe.skipIf(noLwip)(named('an object of packetdrill_interface_init', noLwip), long, () => {
  const echo = noLwip ? '' : buildStack('packetdrill-echo')

  it('is given each call as the script has it, and its flags; a sleeping call sleeps, packets travel, its end is told', () => {
    const path = script(`${calls}+.1...0.3 accept(3, ..., ...) = -1 ECONNABORTED (Software caused connection abort)
+.2 < udp (100)
+0 > udp (100)
+0 close(3) = 0
`)
    const run = drill(echo, path, patient, '--so_flags=f', '--bind_port=8080')
    expect(run).toMatchObject({ verdict: 'pass', clock: 'wall', message: null })
    expect(run.stderr).toBe('echo: freed\n')
    const { status, stderr } = command('packetdrill', [`--so_filename=${echo}`, patient, '--so_flags=f', path])
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'echo: freed\n' })
  })

  it('is told nothing where there are no flags', () => {
    const path = script(
      '0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 getsockopt(3, SOL_SOCKET, SO_DEBUG, [63], [4]) = 0\n',
    )
    expect(drill(echo, path, patient)).toMatchObject({ verdict: 'pass' })
  })

  it.each([
    ['a function that it has left null', '+0 writev(3, [{..., 10}], 1) = 10', /stack lacks writev\(\)/],
    [
      'sendmsg()',
      '+0 sendmsg(3, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = 10',
      /lacks sendmsg\(\)/,
    ],
    ['open()', '+0 open("/dev/null", O_RDWR) = 4', /stack lacks open\(\)/],
    ['TCP_INFO', '+0 %{ print(tcpi_state) }%', /stack lacks TCP_INFO/],
  ])('skips what needs %s', (_, line, says) => {
    const run = drill(echo, script(`0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n${line}\n`), patient)
    expect(run).toMatchObject({ verdict: 'skip', line: 2 })
    expect(run.message).toMatch(says)
  })

  it('fails by its errno, with the line', () => {
    const run = drill(echo, script('0 socket(AF_INET, SOCK_RAW, 6) = -1 EACCES (Permission denied)\n'), patient)
    expect(run).toMatchObject({ verdict: 'fail', line: 1 })
    expect(run.message).toContain('Expected errno 13 (Permission denied) but got 1 (Operation not permitted)')
  })

  it.each([
    [
      'packetdrill-empty',
      /packetdrill_interface_init has filled in nothing, so it has failed \(does it want other --so_flags\?\)/,
    ],
    ['packetdrill-hole', /packetdrill_interface_init has left netdev_receive null/],
    ['packetdrill-timeless', /its clock fails: gettimeofday: Operation not permitted/],
  ])('is refused as %s in one message, exit status 2', (name, says) => {
    const path = script('0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n')
    const { status, stdout } = command('lunadrill', ['run', `--stack=${buildStack(name)}`, path])
    expect(status).toBe(2)
    expect(stdout).toMatch(says)
    expect(stdout.trim().split('\n')).toHaveLength(4)
  })

  it('that refuses a packet is an error at its line', () => {
    const path = script('0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n+0 bind(3, ..., ...) = 0\n+0 < udp (10)\n')
    const run = drill(buildStack('packetdrill-deaf'), path, patient, '--bind_port=8080')
    expect(run).toMatchObject({ verdict: 'error', line: 3 })
    expect(run.message).toContain("the stack's netdev_send refuses a packet")
  })

  it('has no virtual time, and no port but the one in memory', () => {
    const path = script('0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n')
    expect(drill(echo, path, '--clock=virtual').message).toMatch(/has a clock of its own.*use --clock=wall/)
    const pcap = drill(echo, path, '--clock=wall', '--port=pcap:/nowhere/in.pcap,/nowhere/out.pcap')
    expect(pcap).toMatchObject({ verdict: 'error', status: 2 })
  })
})

describe.skipIf(noLwipSack)(named("lwIP behind upstream's interface alone", noLwipSack), long, () => {
  const sack = readFileSync(join(root, 'examples/sack.pkt'), 'utf8')
  // What cannot be asked of it, and the moment that wall time does not repeat.
  const untold = sack.replace(/^.*tcpi_options.*\n/m, '').replace(/TS val 750 ecr 600/, 'TS val 700 ecr 600')

  it('shows the SACK blocks and timestamps of examples/sack.pkt, run by run in one command', () => {
    const path = script(untold)
    const { status, stdout } = command('lunadrill', ['run', '--stack=lwip-packetdrill', patient, path, path])
    expect(stdout).toMatch(/2 runs: 2 pass/)
    expect(status).toBe(0)
    const twin = drill(
      'lwip-packetdrill',
      script(untold.replace('3001:4001 1001:2001', '3001:4001 1001:2002')),
      patient,
    )
    expect(twin.verdict).toBe('fail')
  })

  it('sleeps in its calls: accept, read and connect', () => {
    const path = script(`0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0...0.1 accept(3, ..., ...) = 4
+0 < S 0:0(0) win 32792 <mss 1460>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 32792
+0...0.1 read(4, ..., 100) = 100
+.1 < P. 1:101(100) ack 1 win 32792
+0 > . 1:1(0) ack 101
+0 close(4) = 0
+0 > F. 1:1(0) ack 101
+0 close(3) = 0
`)
    expect(drill('lwip-packetdrill', path, patient)).toMatchObject({ verdict: 'pass', message: null })
    const active = script(`0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0...0.1 connect(3, ..., ...) = 0
+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 5792 <mss 1460>
+0 > . 1:1(0) ack 1
+0 write(3, ..., 100) = 100
+0 > P. 1:101(100) ack 1
+0 close(3) = 0
`)
    expect(drill('lwip-packetdrill', active, patient)).toMatchObject({ verdict: 'pass', message: null })
  })

  it('takes its addresses by --so_flags, IPv6 too', () => {
    const text = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1440>
+0 > S. 0:0(0) ack 1 <mss 1440>
+0 close(3) = 0
`
    const flags = ['--so_flags=10.1.2.3,fd00::77', patient]
    const six = drill('lwip-packetdrill', script(text), ...flags, '--ip_version=ipv6', '--local_ip=fd00::77')
    expect(six).toMatchObject({ verdict: 'pass', family: 'ipv6', message: null })
    const four = script(text.replaceAll('1440', '1460'))
    expect(drill('lwip-packetdrill', four, ...flags, '--local_ip=10.1.2.3')).toMatchObject({ verdict: 'pass' })
    expect(drill('lwip-packetdrill', four, '--so_flags=nonsense')).toMatchObject({ verdict: 'error', status: 2 })
  })

  it('leaves the process to no other run: the next stack is a fresh one', () => {
    const path = script('0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 0\n')
    const stacks = '--stack=lwip-packetdrill,lwip,lwip-packetdrill'
    const { stdout, status } = command('lunadrill', ['run', stacks, patient, path])
    expect(stdout).toMatch(/3 runs: 3 pass/)
    expect(status).toBe(0)
  })
})
