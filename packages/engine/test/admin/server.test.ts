import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { FaultOrder } from '@lunadrill/parser'
import type { SocketRow } from '@lunadrill/tcpinfo'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AdminServer, type AdminSource, startAdmin } from '../../src/admin/server.js'

const connection: SocketRow = {
  fd: 4,
  protocol: 'tcp',
  family: 'ipv4',
  state: 'SYN_RCVD',
  localIp: '192.168.0.2',
  remoteIp: '192.0.2.1',
  localPort: 8080,
  remotePort: 40001,
  recvq: 0,
  sendq: 0,
  timer: 'none',
  timerMs: 0,
  timerRetransmits: 0,
  tcp: new Map<string, number | bigint>([
    ['snd_cwnd', 10],
    ['bytes_acked', 2n ** 63n],
    ['bytes_received', 5n],
  ]),
}
const listener: SocketRow = { ...connection, fd: 3, state: 'LISTEN', remotePort: 0, tcp: null }

let orders: FaultOrder[]
let server: AdminServer
let source: AdminSource

beforeEach(async () => {
  orders = []
  source = {
    sockets: async () => [listener, connection],
    interfere: async (order) => {
      orders.push(order)
    },
  }
  server = await startAdmin({
    port: 0,
    source: { sockets: () => source.sockets(), interfere: (order) => source.interfere(order) },
  })
})

afterEach(async () => {
  await server.close()
})

describe('the talk’s commands', () => {
  it('find the state with curl and grep', async () => {
    expect(await shell('curl -s "$BASE/netstat" | grep 8080 | grep SYN_RCVD')).toMatch(/^tcp .*SYN_RCVD/)
  })

  it('find the window with curl, grep and sed', async () => {
    const command = String.raw`curl -s "$BASE/ss" | grep 8080 | sed 's/^.*\(cwnd:[0-9]*\).*$/\1/' | grep 10`
    expect(await shell(command)).toBe('cwnd:10\n')
  })

  it('hold the polling thread, and return at once', async () => {
    expect(await curl('/pollinghang?time=10')).toEqual({ status: 200, body: 'pollinghang begins\n' })
    await curl('/pollinghang?time=10us')
    await curl('/pollinghang?time=2s')
    expect(orders.map(({ name, values }) => [name, values.get('time')])).toEqual([
      ['pollinghang', 10_000],
      ['pollinghang', 10],
      ['pollinghang', 2_000_000],
    ])
  })
})

describe('JSON', () => {
  it('has the rows of netstat, numbers exact', async () => {
    const { body } = await curl('/netstat?format=json')
    expect(JSON.parse(body)).toEqual([
      { ...listener, tcp: null },
      { ...connection, tcp: { snd_cwnd: 10, bytes_acked: '9223372036854775808', bytes_received: 5 } },
    ])
  })

  it('has the rows of ss', async () => {
    const { body } = await curl('/ss?format=json')
    expect(JSON.parse(body).map((row: { state: string }) => row.state)).toEqual(['SYN_RCVD'])
  })
})

it('shows listeners in ss where all are asked for', async () => {
  const { body } = await curl('/ss?all=1&format=json')
  expect(JSON.parse(body).map((row: { state: string }) => row.state)).toEqual(['LISTEN', 'SYN_RCVD'])
  expect((await curl('/ss?all=1')).body).toMatch(/^LISTEN /m)
  expect((await curl('/ss?all=yes')).status).toBe(400)
})

describe('a fault', () => {
  it('has its parameters from the query', async () => {
    expect(await curl('/rxring?size=2&time=1s')).toEqual({ status: 200, body: 'rxring begins\n' })
    expect(orders).toEqual([
      {
        name: 'rxring',
        values: new Map([
          ['size', 2],
          ['time', 1_000_000],
        ]),
      },
    ])
  })

  it.each([
    ['/rxring?sise=2', "rxring has no parameter 'sise': did you mean size?\n"],
    ['/rxring?size=-2', "bad size '-2': write /rxring?size=1; a whole number from 0 to 511\n"],
    ['/linkdown?time=1s&time=2s', 'time is given twice: write /linkdown?time=2s\n'],
  ])('%s says what is expected', async (path, body) => {
    expect(await curl(path)).toEqual({ status: 400, body })
    expect(orders).toEqual([])
  })

  it('that the stack cannot have is 501', async () => {
    const refused = Object.assign(new Error('a stack with wings'), { code: 'LD_UNSUPPORTED' })
    source = { ...source, interfere: async () => Promise.reject(refused) }
    expect(await curl('/linkup')).toEqual({ status: 501, body: 'the run needs a stack with wings\n' })
  })
})

describe('a wrong question', () => {
  it('about the path is answered with the paths', async () => {
    const { status, body } = await curl('/nestat')
    expect(status).toBe(404)
    expect(body).toMatchInlineSnapshot(`
      "no such path: /nestat; did you mean /netstat?
      Paths:
        /netstat                 sockets as netstat -anp shows them
        /ss                      TCP connections as ss -tinoO shows them; ?all=1 as ss -a
        /pollinghang?time=10     the stack is neither polled nor called
        /linkdown?time=10        the link is down: nothing goes either way, and the port says so
        /linkup                  the link is up again
        /rxring?size=1           the receive ring of the port is short: a frame that finds it full is lost
        /mbufpool?left=1         the mbuf pool of the port is nearly empty
        /drop?direction=rx       packets are lost
        /duplicate?direction=rx  packets arrive more than once
        /reorder?direction=rx    packets are overtaken by those behind them
        /corrupt?direction=rx    a bit of packets is turned over
        /delay?direction=rx      packets arrive later
        /clockjump?by=10         the stack's clock jumps forward, and no other
        /allocfail?skip=1        the stack gets no memory
        /clearfaults             all faults end, and what a delay has kept arrives
      With ?format=json the first two give JSON. docs/interference.md has the parameters of the others.
      "
    `)
  })

  it.each(['//[', '/%', 'http://[/netstat', '/netstat/'])('for %s is no path either', async (target) => {
    expect((await curl('/', '--request-target', target)).status).toBe(404)
  })

  it.each(['', '?time=', '?time=0', '?time=abc', '?time=-1'])(
    'about the time (%j) says what to write',
    async (query) => {
      const { status, body } = await curl(`/pollinghang${query}`)
      expect(status).toBe(400)
      expect(body).toMatch(/^bad time '.*': write \/pollinghang\?time=10 for 10 ms, or 10us, 10ms, 2s/)
      expect(orders).toEqual([])
    },
  )

  it('about the format, or with POST, changes nothing', async () => {
    expect((await curl('/ss?format=xml')).status).toBe(400)
    expect((await curl('/pollinghang?time=10', '-X', 'POST')).status).toBe(405)
    expect(orders).toEqual([])
  })
})

describe('a stranger', () => {
  it.each([
    ['a foreign Host', 'Host: evil.example'],
    ['a foreign Host that begins like ours', 'Host: 127.0.0.1.evil.example:8899'],
    ['no Host', 'Host;'],
    ['an Origin', 'Origin: http://127.0.0.1:8899'],
    ['an image in a page', 'Sec-Fetch-Site: cross-site'],
  ])('with %s is refused', async (_who, header) => {
    expect((await curl('/pollinghang?time=10', '-H', header)).status).toBe(403)
    expect(orders).toEqual([])
  })

  it('is not who asks localhost', async () => {
    expect((await curl('/netstat', '-H', `Host: localhost:${server.port}`)).status).toBe(200)
    expect((await curl('/netstat', '-H', 'Host: 127.0.0.1')).status).toBe(200)
  })
})

describe('a stack', () => {
  it('that hangs is reported after two seconds', async () => {
    source = { sockets: () => new Promise(() => {}), interfere: async () => {} }
    const began = performance.now()
    const { status, body } = await curl('/netstat')
    expect([status, body]).toEqual([503, 'the stack has not answered within 2 s: it may hang\n'])
    expect(performance.now() - began).toBeGreaterThan(1900)
  })

  it('that refuses is quoted', async () => {
    source = { sockets: async () => Promise.reject(new Error('the stack is gone')), interfere: async () => {} }
    expect(await curl('/ss')).toEqual({ status: 503, body: 'the stack is gone\n' })
  })
})

it('says which port is taken and what to do', async () => {
  const second = startAdmin({ port: server.port, source })
  await expect(second).rejects.toMatchObject({
    code: 'LD_ADMIN_PORT',
    message: `the admin server cannot listen on 127.0.0.1:${server.port}: another program listens there`,
    remedy: expect.stringContaining('--admin-port=N'),
  })
})

it('closes under an open connection', async () => {
  source = { sockets: () => new Promise(() => {}), interfere: async () => {} }
  const asking = curl('/netstat').catch((error: Error) => error)
  await new Promise((resolve) => setTimeout(resolve, 200))
  await server.close()
  expect(await asking).toBeInstanceOf(Error)
  server = await startAdmin({ port: server.port, source })
})

const run = promisify(execFile)

async function curl(path: string, ...args: string[]): Promise<{ status: number; body: string }> {
  const url = `http://127.0.0.1:${server.port}${path}`
  const { stdout } = await run('curl', ['-s', '-w', '%{http_code}', ...args, url])
  return { status: Number(stdout.slice(-3)), body: stdout.slice(0, -3) }
}

async function shell(command: string): Promise<string> {
  const env = { ...process.env, BASE: `http://127.0.0.1:${server.port}` }
  return (await run('sh', ['-c', command], { env })).stdout
}
