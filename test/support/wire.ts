// Two network namespaces joined by a veth pair, as two machines on one cable, with a wire server on one of them. Root only.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, environment, root } from './drill.js'

export const TOKEN = 'a token for tests'
/** Control addresses of client and server. */
export const CLIENT = '10.77.0.1'
export const SERVER = '10.77.0.2'

/** The addresses of a run that are neither machine's own. */
export const APART = ['--local_ip=192.168.0.2', '--gateway_ip=192.168.0.1', '--remote_ip=192.0.2.1/24']

type End = 'client' | 'server'

let count = 0

function sh(program: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw error ?? new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** Where `ip netns` keeps names: a folder that its first namespace mounts onto itself, and that it never gives up. */
const NAMES = '/run/netns'
const isMounted = () => readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${NAMES} `)
const [wasMounted, wasThere] = [isMounted(), existsSync(NAMES)]

/** Leaves the folder of names as it was found; other namespaces than ours keep it. */
function restoreNames(): void {
  if (wasMounted || !existsSync(NAMES) || readdirSync(NAMES).length > 0) return
  if (isMounted()) spawnSync('umount', [NAMES])
  if (!wasThere) rmdirSync(NAMES)
}

export class Cable {
  private readonly name = `lw${process.pid}-${count++}`
  readonly device: Record<End, string> = { client: `${this.name}c`, server: `${this.name}s` }

  private readonly children = new Set<ChildProcess>()

  /** Throws where this machine makes no namespaces, veth pairs or packet sockets. */
  constructor() {
    try {
      for (const end of ['client', 'server'] as const) {
        sh('ip', 'netns', 'add', this.namespace(end))
        this.ip(end, 'link', 'set', 'lo', 'up')
      }
      // The server's kernel would answer what it cannot forward, if it heard it.
      sh('ip', 'netns', 'exec', this.namespace('server'), 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward')
      const { client, server } = this.device
      sh(
        'ip',
        'link',
        'add',
        client,
        'netns',
        this.namespace('client'),
        'type',
        'veth',
        'peer',
        'name',
        server,
        'netns',
        this.namespace('server'),
      )
      this.ip('client', 'addr', 'add', `${CLIENT}/24`, 'dev', client)
      this.ip('server', 'addr', 'add', `${SERVER}/24`, 'dev', server)
      for (const end of ['client', 'server'] as const) {
        this.ip(end, 'addr', 'add', end === 'client' ? 'fd77::1/64' : 'fd77::2/64', 'dev', this.device[end], 'nodad')
        // No link-local address, which would come later than the tests.
        this.ip(end, 'link', 'set', this.device[end], 'addrgenmode', 'none')
        this.ip(end, 'link', 'set', this.device[end], 'up')
      }
      this.ip('server', 'route', 'add', '192.168.0.0/16', 'dev', server)
    } catch (error) {
      this.remove()
      throw error
    }
  }

  namespace(end: End): string {
    return `${this.name}${end[0]}`
  }

  /** `ip` at one end; its output. */
  ip(end: End, ...args: string[]): string {
    return sh('ip', '-n', this.namespace(end), ...args)
  }

  /** What a run could leave at the client: addresses and routes of the interface, and connections. */
  clientState() {
    const sockets = sh('ip', 'netns', 'exec', this.namespace('client'), 'ss', '-Htan')
    return {
      addresses: this.ip('client', '-br', 'addr', 'show', 'dev', this.device.client),
      routes: this.ip('client', 'route', 'show', 'table', 'all'),
      // Control connections are ended by both, and kept for a while.
      sockets: sockets.split('\n').filter((line) => line !== '' && !/^TIME-WAIT .*:(808[12]|900\d) *$/.test(line)),
    }
  }

  /** Starts a program at one end, in a process group of its own. */
  start(end: End, program: string, args: readonly string[], token: string | null = TOKEN): ChildProcess {
    const words = ['netns', 'exec', this.namespace(end), program, ...args]
    const env = { ...environment, LUNADRILL_WIRE_TOKEN: token ?? undefined }
    const child = spawn('ip', words, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.children.add(child)
    child.once('close', () => this.children.delete(child))
    return child
  }

  /** Runs packetdrill as client to its end. */
  async run(args: readonly string[], token: string | null = TOKEN): Promise<Ended> {
    const given = [`--wire_client_dev=${this.device.client}`, `--wire_server_at=${SERVER}`, '--tolerance_usecs=60000']
    return ended(this.start('client', join(root, 'packetdrill'), [...given, ...args], token))
  }

  /** Ends what still runs here, and takes the cable away. */
  remove(): void {
    for (const { pid } of this.children) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    for (const end of ['client', 'server'] as const) spawnSync('ip', ['netns', 'del', this.namespace(end)])
    restoreNames()
  }
}

export async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', '']
  child.stdout?.on('data', (chunk) => (stdout += chunk))
  child.stderr?.on('data', (chunk) => (stderr += chunk))
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { status, stdout, stderr }
}

/** A wire server that serves. */
export class Server {
  /** Its lines so far. */
  said = ''
  private readonly child: ChildProcess
  private readonly over: Promise<number | null>

  constructor(cable: Cable, ...flags: string[]) {
    this.child = cable.start('server', join(root, 'packetdrill'), [
      '--wire_server',
      `--wire_server_dev=${cable.device.server}`,
      ...flags,
    ])
    const hear = (chunk: Buffer) => {
      this.said += chunk
    }
    this.child.stdout?.on('data', hear)
    this.child.stderr?.on('data', hear)
    this.over = new Promise((resolve) => this.child.once('close', resolve))
  }

  /** Waits until it has said `words`, at most 10 s. */
  async says(words: string | RegExp): Promise<void> {
    for (let i = 0; i < 200; i++) {
      if (typeof words === 'string' ? this.said.includes(words) : words.test(this.said)) return
      await new Promise((done) => setTimeout(done, 50))
    }
    throw new Error(`the server has not said ${words}, but: ${this.said}`)
  }

  /** Its exit status. */
  end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal)
    return this.over
  }
}

/** Why there is no cable here; undefined where there is. */
export function noCable(): string | undefined {
  if (process.getuid?.() !== 0) return 'needs root'
  try {
    new Cable().remove()
    return undefined
  } catch (error) {
    return (error as Error).message.split('\n')[0]
  }
}
