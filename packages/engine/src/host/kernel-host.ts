// The Linux kernel as the interpreter sees it: the Host face over kernel-native, in a namespace of this thread's own.
// Interpreter thread. Read first: host.ts, kernel-native/src/native.ts.
import { isLocalAddress, KernelHost as Native, type NativeError } from '@lunadrill/kernel-native'
import { errnoText, kernelPythonVariables, type PythonVariables } from '@lunadrill/tcpinfo'
import { CallRecord } from '../call/record.js'
import { EngineError } from '../errors.js'
import type { Addresses } from '../run/addresses.js'
import { defaultOptions, OptionError } from '../run/options.js'
import type { RunOptions } from '../run/types.js'
import { addressText, familyOf, type IpAddress, networkOf } from '../wire/address.js'
import type { Host } from './host.js'
import { Call } from './layout.js'

const SOL_SOCKET = 1
const SO_MEMINFO = 55
const SOL_TCP = 6
const TCP_INFO = 11
const TCP_CC_INFO = 26
const SMALLEST_MTU = 68
const LARGEST_MTU = 65535

/**
 * A wait ends in some laps, each a call of the addon: after a sleep, the first way out of it and in again takes 20 to 40 us
 * (what caches and branch predictors knew is gone), and a packet would be late by that. Not by spinning here: a number for
 * each turn is garbage, and its collection is later still.
 */
const LAPS_US = [120, 90, 60, 30]

/** What to do about what kernel-native refuses. */
const remedies: Readonly<Record<string, string>> = {
  LD_TUN_MISSING: 'load the module (sudo modprobe tun), or give the container the device: --device /dev/net/tun',
  LD_TUN_PERMISSION: 'let this user open it: sudo chmod 666 /dev/net/tun, or run as root',
  LD_NETNS_PERMISSION:
    'run as root, or allow user namespaces: sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000',
  LD_NETNS: 'see the errno: a limit is raised by sudo sysctl -w user.max_net_namespaces=10000',
  LD_TUN_WRITE: 'the outermost header of a packet must be IPv4 or IPv6, and the packet no longer than 65535 octets',
  LD_NETLINK: 'check --local_ip, --netmask_ip, --gateway_ip and --remote_ip: the gateway must lie in the local network',
}

/** In place of what kernel-native says to those who use it without lunadrill-guard. */
const plainer: Readonly<Record<string, string>> = {
  LD_NETNS_PERMISSION: 'this user may have no network namespace here, and the kernel is tested in one',
}

export interface KernelHostChoices {
  /** `none`: calls and the clock alone, packets are a subclass's; absent: a namespace of the run's own. */
  readonly network?: 'none'
  /** Whether this kernel's time is virtual: waits are sleeps then, and never spin. */
  readonly virtualTime?: boolean
}

export class KernelHost implements Host {
  readonly clock: Host['clock']
  readonly callRecord = new Uint8Array(Call.size)
  readonly blockingRecord = new Uint8Array(Call.size)
  readonly packet = new Uint8Array(65536 + 64)
  private readonly native: Native
  private readonly laps: readonly number[]
  private readonly record = new CallRecord(this.callRecord)

  /**
   * EngineError: what kernel-native refused (LD_TUN_…, LD_NETNS_…, LD_NETLINK), with what to do. OptionError: addresses
   * that are this machine's own.
   */
  constructor(addresses: Addresses, options: RunOptions, { network, virtualTime = false }: KernelHostChoices = {}) {
    const { ipVersion, speedMbps, mss } = options
    this.clock = virtualTime ? 'virtual' : 'wall'
    this.laps = virtualTime ? [] : LAPS_US
    if (network === undefined) refuseOwnAddresses(addresses, options)
    try {
      this.native = new Native({
        ...(network === undefined ? {} : { network }),
        virtualTime,
        ...interfaceOptions(addresses, options),
        socketFamily: ipVersion === 'ipv4' ? 'ipv4' : 'ipv6',
        speedMbps,
        gsoSize: mss,
        call: this.callRecord,
        blockingCall: this.blockingRecord,
        packet: this.packet,
      })
    } catch (error) {
      throw networkRefusal(error as NativeError, addresses, options)
    }
  }

  remotePort(): number {
    return this.native.remotePort()
  }
  start(): void {
    this.native.start()
  }
  now(): number {
    return this.native.now()
  }
  waitUntil(us: number): number {
    for (const ahead of this.laps) this.native.waitUntil(us - ahead)
    return this.native.waitUntil(us)
  }
  call(): void {
    this.native.call()
  }
  startBlockingCall(atUs: number): 'blocked' | 'returned' {
    return this.native.startBlockingCall(atUs)
  }
  blockingReturned(): boolean {
    return this.native.blockingReturned()
  }
  waitBlocking(timeoutUs: number): boolean {
    return this.native.waitBlocking(timeoutUs)
  }
  inject(length: number, atUs = 0): number {
    try {
      return this.native.inject(length, atUs)
    } catch (error) {
      const { code, message, errno } = error as NativeError
      if (code !== 'LD_TUN_WRITE' || errno === undefined) throw error
      throw new EngineError(code, message, remedies[code] ?? null, `Linux tun write(): ${errnoText(errno)}`)
    }
  }
  sniff(timeoutUs: number): number {
    return this.native.sniff(timeoutUs)
  }
  sniffedAtUs(): number {
    return this.native.sniffedAtUs()
  }

  /** The three structures that upstream reads, in its order (4-running.md 6). EngineError LD_TCP_INFO. */
  pythonVariables(fd: number): PythonVariables {
    const tcpInfo = this.socketOption(fd, SOL_TCP, TCP_INFO, 1024, "can't find getsockopt to get TCP info")
    const ccInfo = this.socketOption(fd, SOL_TCP, TCP_CC_INFO, 20, "can't find getsockopt to get TCP_CC_INFO")
    const memInfo = this.socketOption(fd, SOL_SOCKET, SO_MEMINFO, 36, "can't find getsockopt to get sk_meminfo")
    return kernelPythonVariables(tcpInfo, ccInfo, memInfo)
  }

  close(): void {
    this.native.close()
  }

  private socketOption(fd: number, level: number, name: number, length: number, refusal: string): Uint8Array {
    this.record.begin('getsockopt', fd, level, name, length)
    this.native.call()
    if (this.record.result < 0) throw new EngineError('LD_TCP_INFO', refusal)
    return this.record.data(this.record.outLength)
  }
}

/** What the kernel's interface is to be, as kernel-native takes it. */
export function interfaceOptions(addresses: Addresses, { isAnyip, mtu }: RunOptions) {
  return {
    family: familyOf(addresses.localIp),
    anyip: isAnyip,
    localIp: addressText(addresses.localIp),
    prefixLength: addresses.prefixLength,
    gatewayIp: addressText(addresses.gatewayIp),
    remoteIp: addressText(addresses.remoteIp),
    remotePrefixLength: addresses.remotePrefixLength,
    // Upstream leaves it to ifconfig, and goes on where that refuses.
    mtu: mtu >= SMALLEST_MTU && mtu <= LARGEST_MTU ? mtu : defaultOptions.mtu,
  }
}

/** What to say of a network that native code refuses to make. */
export function networkRefusal(
  { code, message }: NativeError,
  addresses: Addresses,
  { isAnyip }: RunOptions,
): EngineError {
  const upstream = code === 'LD_NETLINK' ? routeRefusal(addresses, isAnyip) : undefined
  return new EngineError(code ?? 'LD_KERNEL_HOST', plainer[code] ?? message, remedies[code] ?? null, upstream)
}

/** Of an address that cannot be set upstream says nothing: the route is refused then. */
function routeRefusal({ remoteIp, remotePrefixLength, gatewayIp }: Addresses, anyip: boolean): string {
  const command = `ip -${familyOf(remoteIp) === 'ipv4' ? 4 : 6} route`
  const prefix = `${addressText(networkOf(remoteIp, remotePrefixLength))}/${remotePrefixLength}`
  const via = anyip ? '' : ` via ${addressText(gatewayIp)}`
  const silent = '> /dev/null 2>&1'
  return `error executing route command '${command} del ${prefix} ${silent} ; ${command} add ${prefix} dev tun0${via} ${silent}'`
}

/** Also where lo is still down. */
const LOOPBACK = ['127.0.0.1', '::1']

/** OptionError. Upstream asks before it makes the device: in the namespace that the run begins in. */
export function refuseOwnAddresses({ localIp, remoteIp }: Addresses, { isAnyip }: RunOptions): void {
  const isOwn = (ip: IpAddress) => LOOPBACK.includes(addressText(ip)) || isLocalAddress(addressText(ip))
  if (isOwn(remoteIp)) throw new OptionError(`error: live_remote_ip ${addressText(remoteIp)} is not remote`)
  if (isAnyip && isOwn(localIp)) {
    throw new OptionError(`error: live_local_ip ${addressText(localIp)} is not remote for anyip`)
  }
}
