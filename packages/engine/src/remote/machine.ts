// What a machine knows of itself: its address and the interface that has it. For both ends of a wire, where nothing was
// said. Any thread with an event loop. Read first: language/4-running.md 8 and 3.4 (last row).
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { hostname, networkInterfaces } from 'node:os'
import type { Family } from '../wire/address.js'
import { WireModeError } from './wire-error.js'

const familyNumber = (family: Family) => (family === 'ipv4' ? 4 : 6)

/** The interface with the address of this machine's own name. */
export async function deviceOfHost(family: Family): Promise<string | undefined> {
  return deviceWith(await ownAddress(family))
}

/** LD_NIC, upstream's words. */
export function noDevice(end: 'client' | 'server'): WireModeError {
  const upstream = `please specify --wire_${end}_dev=<eth_dev_name>`
  const message = "the interface is not known: no one has the address of this machine's own name"
  return new WireModeError('LD_NIC', message, `name it: --wire_${end}_dev=DEVICE; ip link lists them`, upstream)
}

/** The address of this machine's own name; null where it is a loopback address, or of the other family. */
export async function ownAddress(family: Family): Promise<string | null> {
  try {
    const { address } = await lookup(hostname(), { family: familyNumber(family) })
    return /^127\.|^::1$/.test(address) ? null : address
  } catch {
    return null
  }
}

/** The interface that has an address; loopback does not count. */
export function deviceWith(address: string | null): string | undefined {
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some((each) => each.address === address && !each.internal)) return name
  }
  return undefined
}

/** Our address on the way to another machine; null where there is no way. Nothing is sent. */
export function addressTowards(ip: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = createSocket(ip.includes(':') ? 'udp6' : 'udp4')
    const done = (address: string | null) => {
      socket.close()
      resolve(address)
    }
    socket.once('error', () => done(null))
    socket.connect(9, ip, () => done(socket.address().address))
  })
}
