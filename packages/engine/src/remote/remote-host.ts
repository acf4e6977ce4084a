// The kernel of this machine as stack under test, its packets on a real link: system calls and the clock here, packets at
// the wire server on the other end. Interpreter thread. Read first: host/kernel-host.ts, wire-link.ts.
import { type NativeError, WireNic } from '@lunadrill/kernel-native'
import { KernelHost } from '../host/kernel-host.js'
import { aheadUs, monotonicUs } from '../host/wall-time.js'
import type { Addresses } from '../run/addresses.js'
import type { RunOptions } from '../run/types.js'
import { addressText, familyOf } from '../wire/address.js'
import { WireModeError } from './wire-error.js'
import { WireLink, type WireServerAt } from './wire-link.js'

/** Everything that is known of a run over the wire before it begins. */
export interface WirePlan {
  readonly server: WireServerAt
  /** The client's interface. */
  readonly device: string
}

/** How many ports are asked for at a time: enough for nearly every script, before time 0. */
const PORTS = 32
/** Crystals drift by up to 100 us a second: the offset is estimated anew where there is nothing else to do. */
const RESYNCHRONIZE_US = 5e6
const IDLE_US = 100_000

/**
 * Connects, sets the interface up and synchronizes the clocks. WireModeError (LD_WIRE_…, LD_NIC, LD_NETLINK); nothing that
 * was done is left then.
 */
export function openRemoteHost(addresses: Addresses, options: RunOptions, plan: WirePlan, script: string): RemoteHost {
  const link = new WireLink(plan.server)
  let nic: WireNic | null = null
  try {
    nic = openNic(addresses, plan.device)
    link.open({
      family: familyOf(addresses.localIp),
      localIp: addressText(addresses.localIp),
      remoteIp: addressText(addresses.remoteIp),
      gatewayIp: addressText(addresses.gatewayIp),
      mac: macText(nic.mac()),
      bindPort: options.bindPort,
      connectPort: options.connectPort,
      pspUdpPort: options.pspUdpPort,
      script,
    })
    const ports = link.ports(PORTS)
    link.synchronize()
    return new RemoteHost(addresses, options, { link, nic, ports })
  } catch (error) {
    link.close()
    nic?.close()
    throw error
  }
}

class RemoteHost extends KernelHost {
  private readonly link: WireLink
  private readonly nic: WireNic
  private ports: number[]
  /** CLOCK_MONOTONIC at time 0, microseconds. */
  private zeroUs = 0

  constructor(
    addresses: Addresses,
    options: RunOptions,
    { link, nic, ports }: { link: WireLink; nic: WireNic; ports: number[] },
  ) {
    super(addresses, options, { network: 'none' })
    this.link = link
    this.nic = nic
    this.ports = ports
    this.zeroUs = aheadUs(monotonicUs, () => this.now())
  }

  override remotePort(): number {
    const port = this.ports.shift()
    if (port !== undefined) return port
    this.ports = this.link.ports(PORTS)
    return this.ports.shift() as number
  }

  override start(): void {
    super.start()
    this.zeroUs = aheadUs(monotonicUs, () => this.now())
  }

  override waitUntil(us: number): number {
    const idle = us - this.now() > IDLE_US
    if (idle && this.link.sinceSynchronizedUs > RESYNCHRONIZE_US) this.link.resynchronize()
    return super.waitUntil(us)
  }

  override inject(length: number, atUs = 0): number {
    const ahead = this.zeroUs + this.link.offsetUs
    return this.link.inject(this.packet, length, atUs + ahead) - ahead
  }

  override sniff(timeoutUs: number): number {
    return this.link.sniff(this.packet, timeoutUs)
  }

  override sniffedAtUs(): number {
    return this.link.sniffedAtUs - this.link.offsetUs - this.zeroUs
  }

  /** Descriptors first, then what the server resets for them, then the interface: resets must still find the address. */
  override close(): void {
    super.close()
    this.link.close()
    this.nic.close()
  }
}

function openNic(addresses: Addresses, device: string): WireNic {
  try {
    return new WireNic({
      device,
      localIp: addressText(addresses.localIp),
      gatewayIp: addressText(addresses.gatewayIp),
      remoteIp: addressText(addresses.remoteIp),
      remotePrefixLength: addresses.remotePrefixLength,
    })
  } catch (error) {
    const { code, message } = error as NativeError
    const remedy = code === 'LD_NIC' ? 'name another with --wire_client_dev: ip link lists them' : remedyOfAddresses
    throw new WireModeError(code ?? 'LD_KERNEL_HOST', message, remedy)
  }
}

const remedyOfAddresses = 'run as root; check --local_ip, --gateway_ip and --remote_ip'

const macText = (mac: Uint8Array) => Array.from(mac, (octet) => octet.toString(16).padStart(2, '0')).join(':')
