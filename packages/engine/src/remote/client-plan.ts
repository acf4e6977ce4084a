// Before a run over the wire: the server's name, the token, and what upstream takes for the addresses that nobody gave.
// The run process's main thread. Read first: language/4-running.md 3.4 (last row) and 8.
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { wireFamily } from '../run/addresses.js'
import type { RunOptions } from '../run/types.js'
import { addressTowards, deviceOfHost, deviceWith, noDevice, ownAddress } from './machine.js'
import type { WirePlan } from './remote-host.js'
import { tokenOf } from './token.js'
import { WireModeError } from './wire-error.js'

export interface ClientPlan {
  readonly plan: WirePlan
  /** With the addresses of a run over the wire where none were given. */
  readonly options: RunOptions
}

/** WireModeError LD_WIRE_NAME, LD_NIC; EngineError LD_WIRE_TOKEN. */
export async function planClient(given: RunOptions): Promise<ClientPlan> {
  const token = tokenOf(given)
  const ip = await resolve(given.wireServerIp ?? '')
  const family = wireFamily(given)
  // A link may put segments together or cut them: upstream lets one line be several here, whatever was said (2-packets.md 10.6).
  const options = { ...given, strictSegments: false }
  // An address of the other family says nothing about the addresses of this run.
  if (isIP(ip) === (family === 'ipv4' ? 4 : 6)) {
    options.remoteIp ??= ip
    options.gatewayIp ??= ip
    options.localIp ??= (await ownAddress(family)) ?? (await addressTowards(ip))
  }
  const device =
    given.wireClientDev ??
    deviceWith(options.localIp) ??
    (await deviceOfHost(family)) ??
    deviceWith(await addressTowards(ip))
  if (device === undefined) throw noDevice('client')
  return { plan: { server: { ip, port: given.wireServerPort, token }, device }, options }
}

async function resolve(name: string): Promise<string> {
  try {
    return (await lookup(name)).address
  } catch (error) {
    const why = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message
    const message = `the wire server's name cannot be resolved: ${name}: ${why}`
    throw new WireModeError('LD_WIRE_NAME', message, null, `bad wire_server_ip: ${name}: getaddrinfo: ${why}`)
  }
}

/** gai_strerror's words. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'Name or service not known',
  EAI_NONAME: 'Name or service not known',
  EAI_AGAIN: 'Temporary failure in name resolution',
  EAI_FAIL: 'Non-recoverable failure in name resolution',
}
