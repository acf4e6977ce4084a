// Remote wire mode as a user has it: a server and clients in namespaces of their own, a cable between them; scripts that
// pass and fail, ends that do not agree, and ends that go away.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { challengeMessage, helloMessage, PROTOCOL_VERSION } from '../../packages/engine/dist/remote/protocol.js'
import { belongings, command, named, noLwip, root, scratch, settled } from '../support/drill.js'
import { APART, Cable, ended, noCable, SERVER, Server } from '../support/wire.js'

const { script } = scratch()
const reason = noCable()

const passive = script(
  `0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 32792 <mss 1000,nop,wscale 7>
+0  > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 257
+0  accept(3, ..., ...) = 4
+0  < P. 1:1001(1000) ack 1 win 257
+0  > . 1:1(0) ack 1001
+0  read(4, ..., 2000) = 1000
+0  write(4, ..., 1500) = 1500
+0  > P. 1:1501(1500) ack 1001
+.1 < . 1001:1001(0) ack 1501 win 257
+0  < F. 1001:1001(0) ack 1501 win 257
+.1 > . 1501:1501(0) ack 1002
+0  close(4) = 0
+0  > F. 1501:1501(0) ack 1002
+.1 < . 1002:1002(0) ack 1502 win 257
`.replace('+.1 > .', '* > .'),
  'passive.pkt',
)
const active = script(
  `0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0  connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0  > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 5792 <mss 1460,sackOK,nop,nop,nop,wscale 7>
+0  > . 1:1(0) ack 1
+0  write(3, ..., 100) = 100
+0  > P. 1:101(100) ack 1
+.1 < P. 1:51(50) ack 101 win 257
* > . 101:101(0) ack 51
+0  read(3, ..., 1000) = 50
`,
  'active.pkt',
)
/** Leaves a connection in the middle of a transfer, and a second to do something about it. */
const lasting = script(
  `0   socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0  setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0  bind(3, ..., ...) = 0
+0  listen(3, 1) = 0
+0  < S 0:0(0) win 32792 <mss 1000>
+0  > S. 0:0(0) ack 1 <...>
+0  < . 1:1(0) ack 1 win 257
+0  accept(3, ..., ...) = 4
+0  write(4, ..., 100) = 100
+0  > P. 1:101(100) ack 1
+20 < . 1:1(0) ack 101 win 257
`,
  'lasting.pkt',
)
const failing = script(`0 \`true\`\n+0 > S 0:0(0) <...>\n`, 'failing.pkt')

describe.skipIf(reason)(named('remote wire mode', reason), { timeout: 60_000 }, () => {
  const before = belongings()
  let cable: Cable
  let server: Server
  let clean: ReturnType<Cable['clientState']>

  beforeAll(async () => {
    cable = new Cable()
    server = new Server(cable)
    await server.says(`wire server on port 8081, device ${cable.device.server}\n`)
    // Not sooner: an interface that has just come up is still given its link-local address.
    clean = cable.clientState()
  })
  afterAll(async () => {
    expect(await server.end()).toBe(143)
    cable.remove()
    expect(await settled(before)).toEqual(before)
  })
  const passed = { status: 0, stdout: '', stderr: '' }
  /** The end of a control connection may still be on its way. */
  const nothingLeft = () => expect.poll(() => cable.clientState(), { timeout: 5000, interval: 20 }).toEqual(clean)

  describe('a script', () => {
    afterEach(nothingLeft)

    it.each([
      ['with a passive open', passive, APART],
      ['with an active open', active, APART],
      ["with a passive open, under the machines' own addresses", passive, []],
      ["with an active open, under the machines' own addresses", active, []],
      ["of IPv6, under the machines' own addresses", passive, ['--ip_version=ipv6', '--wire_server_at=fd77::2']],
      [
        'whose client is its own gateway',
        passive,
        ['--local_ip=192.168.0.1', '--remote_ip=192.0.2.1/24', '--gateway_ip=192.168.0.1'],
      ],
    ])('%s passes, and leaves nothing', async (_what, path, flags) => {
      expect(await cable.run([...flags, path])).toEqual(passed)
    })

    it.each([
      ['IPv6', passive, '--ip_version=ipv6'],
      ['IPv6, with an active open', active, '--ip_version=ipv6'],
      ['IPv4 under IPv6 sockets', passive, '--ip_version=ipv4-mapped-ipv6'],
    ])('of %s passes, and leaves nothing', async (_what, path, family) => {
      // Unlike IPv4's, no address here is the machine's own: the server is known by an IPv4 address.
      const apart = family === '--ip_version=ipv6' ? ['--local_ip=fd3d:fa7b:d17d::2'] : APART
      expect(await cable.run([...apart, family, path])).toEqual(passed)
    })

    it('runs after another with its connections gone', async () => {
      expect(await cable.run([...APART, passive, active, passive])).toEqual(passed)
    })

    it('that expects another packet fails as it does without a wire', async () => {
      const wrong = script('X', 'wrong.pkt')
      const text = (await import('node:fs'))
        .readFileSync(passive, 'utf8')
        .replace('S. 0:0(0) ack 1 <', 'S. 0:0(0) ack 2 <')
      script(text, 'wrong.pkt')
      const { status, stderr } = await cable.run([...APART, wrong])
      expect({ status, stderr }).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /wrong\.pkt:6: error handling packet: live packet field tcp_ack_seq: expected: 2 \(0x2\) vs actual: 1 \(0x1\)\nscript packet: .*\nactual packet: /,
        ),
      })
    })

    it('that expects a packet that never comes fails at its line', async () => {
      const silent = script('0 `true`\n+0 < S 0:0(0) win 1000\n+0 > S. 0:0(0) ack 1 <...>\n', 'silent.pkt')
      const { status, stderr } = await cable.run([...APART, silent])
      // Nobody listens: the kernel answers with a reset.
      expect({ status, stderr }).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/silent\.pkt:3: error handling packet: live packet field tcp_/),
      })
    })

    it('that expects a packet at another time fails with that time', async () => {
      const late = script(
        `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+.5 > S 0:0(0) <...>
`,
        'late.pkt',
      )
      const { status, stderr } = await cable.run([...APART, late])
      expect({ status, stderr }).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /late\.pkt:4: error handling packet: timing error: expected outbound packet at 0\.5\d+ sec but happened at 0\.0\d+ sec; tolerance/,
        ),
      })
    })

    it('shows live packets with --verbose', async () => {
      const { stdout } = await cable.run([...APART, '-v', passive])
      expect(stdout).toMatch(/inbound injected packet: {2}0\.0\d+ S 0:0\(0\) win 32792/)
      expect(stdout).toMatch(/outbound sniffed packet: {2}0\.0\d+ S\. \d+:\d+\(0\) ack 1 /)
    })

    it('that cannot be sent is told so', async () => {
      const long = script('0 `true`\n+0 < S 0:3000(3000) win 1000\n', 'long.pkt')
      const { status, stderr } = await cable.run([...APART, long])
      expect({ status, stderr }).toMatchObject({
        status: 1,
        stderr: expect.stringContaining(
          'the wire server refuses: cannot send a frame of 3054 octets: send: Message too long',
        ),
      })
    })
  })

  it('has a report of lunadrill, and a code', async () => {
    const flags = ['run', '--reporter=json', `--wire_server_at=${SERVER}`, `--wire_client_dev=${cable.device.client}`]
    const child = cable.start('client', join(root, 'lunadrill'), [
      ...flags,
      '--tolerance_usecs=60000',
      ...APART,
      passive,
      failing,
    ])
    const { stdout } = await ended(child)
    const [first, second] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { verdict: string; line: number })
    expect(first).toMatchObject({ verdict: 'pass', line: null })
    expect(second).toMatchObject({ verdict: 'fail', line: 2 })
  })

  it('serves two clients at once, under different addresses', async () => {
    const [, gateway = '', remote = ''] = APART
    const runs = ['192.168.0.2', '192.168.0.3'].map((ip) => cable.run([`--local_ip=${ip}`, gateway, remote, passive]))
    expect(await Promise.all(runs)).toEqual([passed, passed])
    await nothingLeft()
  })

  it('carries IPv6, sends at the moment asked for, and knows the clock', async () => {
    const { stdout, stderr } = await ended(
      cable.start('client', process.execPath, ['--input-type=module', '-e', ping6, cable.device.client]),
    )
    expect(stderr).toBe('')
    const seen = JSON.parse(stdout) as Record<'type' | 'offsetUs' | 'lateUs' | 'sinceUs', number>
    // An echo reply (RFC 4443 4.2). Both ends have one clock here; a packet asked for 20 ms ahead never goes early.
    expect(seen.type).toBe(129)
    expect(Math.abs(seen.offsetUs)).toBeLessThanOrEqual(1000)
    expect(seen.lateUs).toBeGreaterThanOrEqual(0)
    expect(seen.lateUs).toBeLessThan(20_000)
    expect(seen.sinceUs).toBeGreaterThan(0)
    expect(seen.sinceUs).toBeLessThan(20_000)
    await nothingLeft()
  })

  describe('client and server', () => {
    it('with different tokens do not work together', async () => {
      const { status, stderr } = await cable.run([...APART, passive], 'another token')
      expect(status).toBe(1)
      expect(stderr).toMatch(/^the wire server refuses: the client does not know the token\n/)
      await server.says('refused: LD_WIRE_TOKEN the client does not know the token')
      expect(server.said).not.toContain('token for tests')
    })

    it('without a token do not start', async () => {
      const { status, stderr } = await cable.run([...APART, passive], null)
      expect({ status, stderr }).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^remote wire mode needs a token\n/),
      })
    })

    it('of different versions do not work together, and say which', async () => {
      const other = [...helloMessage(randomBytes(32), PROTOCOL_VERSION + 1)]
      const { stdout } = await ended(cable.start('client', process.execPath, ['-e', talker, JSON.stringify([other])]))
      expect(stdout).toContain('LD_WIRE_VERSION the server speaks version 1, the client version 2')
    })

    it.each([
      [
        'another version',
        [...challengeMessage(randomBytes(32), 2)],
        /^the wire server speaks version 2, this client version 1\n/,
      ],
      [
        'another protocol',
        [...Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
        /^error in TCP connection to wire server: bad wire server: a message of \d+ octets\n/,
      ],
    ])('that is %s is an error', async (_what, answer, says) => {
      const fake = cable.start('server', process.execPath, ['-e', listener, JSON.stringify(answer)])
      await new Promise((done) => fake.stdout?.once('data', done))
      const { status, stderr } = await cable.run([...APART, '--wire_server_port=9000', passive])
      fake.kill()
      expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(says) })
    })
  })

  it('starts no server on a port that is taken, nor without knowing the interface', async () => {
    const start = (...flags: string[]) =>
      ended(cable.start('server', join(root, 'packetdrill'), ['--wire_server', ...flags]))
    const taken = await start(`--wire_server_dev=${cable.device.server}`)
    expect(taken.stderr).toMatch(/^the wire server cannot listen on port 8081: .*EADDRINUSE/)
    const unknown = await start('--wire_server_port=9002')
    expect(unknown.stderr).toBe('please specify --wire_server_dev=<eth_dev_name>\n')
    expect([taken.status, unknown.status]).toEqual([1, 1])
  })

  it.skipIf(noLwip)('tests no userspace stack', () => {
    const { stdout } = command('lunadrill', [
      'run',
      '--reporter=json',
      '--stack=lwip',
      `--wire_server_at=${SERVER}`,
      passive,
    ])
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'error',
      message: expect.stringContaining('remote wire mode tests the kernel'),
    })
  })

  it('whose server is not there says so in upstream’s words', async () => {
    expect(await cable.run([...APART, '--wire_server_port=9001', passive])).toEqual({
      status: 1,
      stdout: '',
      stderr: `error connecting to wire server at ${SERVER}:9001: Connection refused\n`,
    })
  })

  it('whose interface is not there says so', async () => {
    const { stderr } = await cable.run([...APART, '--wire_client_dev=nosuch0', passive])
    expect(stderr).toMatch(/^no interface nosuch0: SIOCGIFHWADDR: No such device\n/)
    await nothingLeft()
  })

  it('whose interfaces are not joined says so', async () => {
    cable.ip('client', 'link', 'add', 'apart0', 'type', 'veth', 'peer', 'name', 'apart1')
    cable.ip('client', 'link', 'set', 'apart0', 'up')
    const { status, stderr } = await cable.run([...APART, '--wire_client_dev=apart0', passive])
    cable.ip('client', 'link', 'del', 'apart0')
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^the wire server refuses: 192\.168\.0\.2 \(.*\) does not answer on /),
    })
  })

  it('goes on after clients that make no sense', async () => {
    const random = [[...randomBytes(1000)]]
    const inPieces = [[0, 0], [0, 43, 1], [...Buffer.from('LUNA')]]
    for (const sends of [
      random,
      [[255, 255, 255, 255]],
      [[...Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
      [[]],
      inPieces,
    ]) {
      await ended(cable.start('client', process.execPath, ['-e', talker, JSON.stringify(sends)]))
    }
    await server.says('refused: LD_WIRE_PROTOCOL')
    expect(await cable.run([...APART, passive])).toEqual(passed)
  })

  it('that is killed in a run is reset by the server, which serves the next one', async () => {
    const child = cable.start('client', join(root, 'packetdrill'), [
      `--wire_client_dev=${cable.device.client}`,
      `--wire_server_at=${SERVER}`,
      ...APART,
      lasting,
    ])
    const over = ended(child)
    await server.says(/lasting\.pkt: 192\.168\.0\.2/)
    for (let i = 0; i < 100 && !cable.clientState().sockets.some((line) => /^ESTAB.*:8080 /.test(line)); i++) {
      await new Promise((done) => setTimeout(done, 50))
    }
    process.kill(-(child.pid as number), 'SIGKILL')
    await over
    await server.says(/gone; 2 injected, [23] captured/)
    for (let i = 0; i < 100 && cable.clientState().sockets.length > 0; i++)
      await new Promise((done) => setTimeout(done, 50))
    expect(cable.clientState().sockets).toEqual([])
    // What the killed one has left has an end of its own.
    expect(cable.ip('client', 'addr', 'show', 'dev', cable.device.client)).toMatch(
      /192\.168\.0\.2\/32[\s\S]*valid_lft 3\d{3}sec/,
    )
    expect(await cable.run([...APART, passive])).toEqual(passed)
    cable.ip('client', 'addr', 'del', '192.168.0.2/32', 'dev', cable.device.client)
    await nothingLeft()
  })

  it('whose server is killed in a run ends with upstream’s words, and leaves nothing', async () => {
    const other = new Server(cable, '--wire_server_port=8082')
    await other.says('wire server on port 8082')
    const run = cable.run([...APART, '--wire_server_port=8082', lasting])
    await other.says('lasting.pkt')
    await new Promise((done) => setTimeout(done, 500))
    await other.end('SIGKILL')
    expect(await run).toEqual({
      status: 1,
      stdout: '',
      stderr: 'remote side closed connection\nerror in TCP connection to wire server: error reading\n',
    })
    const { addresses, routes } = cable.clientState()
    expect({ addresses, routes }).toEqual({ addresses: clean.addresses, routes: clean.routes })
  })
})

/** An ICMPv6 echo request to this machine's kernel, 20 ms ahead, and what comes back. */
const ping6 = `
import { WireLink } from '${root}/packages/engine/dist/remote/wire-link.js'
import { transportChecksum } from '${root}/packages/engine/dist/wire/checksum.js'
import { parseAddress } from '${root}/packages/engine/dist/wire/address.js'
import { monotonicUs } from '${root}/packages/engine/dist/host/wall-time.js'
import { WireNic } from '${root}/packages/kernel-native/dist/index.js'
const addresses = { localIp: 'fd3d::2', gatewayIp: 'fd3d::1', remoteIp: '2001:db8::1' }
const link = new WireLink({ ip: '${SERVER}', port: 8081, token: process.env.LUNADRILL_WIRE_TOKEN })
const nic = new WireNic({ device: process.argv[1], ...addresses, remotePrefixLength: 32 })
const mac = Array.from(nic.mac(), (octet) => octet.toString(16).padStart(2, '0')).join(':')
link.open({ family: 'ipv6', ...addresses, mac, bindPort: 8080, connectPort: 8080, pspUdpPort: 0, script: 'ping6' })
link.synchronize()
const packet = new Uint8Array(70000)
packet.set([0x60, 0, 0, 0, 0, 8, 58, 64])
packet.set(parseAddress(addresses.remoteIp, 'ipv6'), 8)
packet.set(parseAddress(addresses.localIp, 'ipv6'), 24)
packet.set([128], 40)
new DataView(packet.buffer).setUint16(42, transportChecksum(packet, 8, 40, 40, 48, 58))
const dueUs = monotonicUs() + link.offsetUs + 20000
const sentUs = link.inject(packet, 48, dueUs)
do link.sniff(packet, 1e6)
while (packet[40] > 130)
console.log(JSON.stringify({ type: packet[40], offsetUs: link.offsetUs, lateUs: sentUs - dueUs, sinceUs: link.sniffedAtUs - sentUs }))
link.close()
nic.close()
`

/** Sends each of its argument's octets, and prints what comes, until the other end closes or 300 ms are over. */
const talker = `
const socket = require('node:net').connect(8081, '${SERVER}', async () => {
  for (const octets of JSON.parse(process.argv[1])) {
    socket.write(Uint8Array.from(octets))
    await new Promise((done) => setTimeout(done, 50))
  }
  setTimeout(() => socket.destroy(), 300)
})
socket.on('data', (chunk) => process.stdout.write(chunk))
socket.on('error', () => {})
`

/** Answers whoever connects with its argument's octets. */
const listener = `
const answer = Uint8Array.from(JSON.parse(process.argv[1]))
const server = require('node:net').createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', () => socket.end(answer))
})
server.listen(9000, () => console.log('listening'))
`
