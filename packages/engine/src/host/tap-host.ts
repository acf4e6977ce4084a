// The Linux kernel as stack under test, its packets through DPDK's net_tap and not TUN: system calls and the clock are
// kernel-native's, the wire is the tester's end of dpdk-native. Interpreter thread.
// Read first: kernel-host.ts; dpdk-native/src/native.ts, TesterTap; docs/ports.md.
import { loadNative, type NativeError, type TesterTap, unavailable } from '@lunadrill/dpdk-native'
import { EngineError } from '../errors.js'
import type { Addresses } from '../run/addresses.js'
import { OptionError } from '../run/options.js'
import type { RunOptions } from '../run/types.js'
import { interfaceOptions, KernelHost, networkRefusal, refuseOwnAddresses } from './kernel-host.js'
import { aheadUs, monotonicUs } from './wall-time.js'

/**
 * Sets DPDK up, where this process has not done so, and the network. EngineError (LD_DPDK_MISSING, LD_EAL, LD_PORT, LD_TUN_…,
 * LD_NETNS_…, LD_NETLINK), OptionError; nothing is left then.
 */
export function openTapHost(addresses: Addresses, options: RunOptions): KernelHost {
  refuseOwnAddresses(addresses, options)
  for (const [name, value] of [
    ['mss', options.mss],
    ['speed', options.speedMbps],
  ] as const) {
    if (value !== 0) throw new OptionError(`--${name} is for TUN: DPDK's net_tap has no such thing`)
  }
  const tap = openTap(addresses, options)
  try {
    return new TapHost(addresses, options, tap)
  } catch (error) {
    tap.close()
    throw error
  }
}

function openTap(addresses: Addresses, options: RunOptions): TesterTap {
  const why = unavailable()
  if (why !== undefined) throw new EngineError('LD_DPDK_MISSING', why)
  const native = loadNative()
  try {
    native.initEal(options.eal)
    return new native.TesterTap(interfaceOptions(addresses, options))
  } catch (error) {
    throw networkRefusal(error as NativeError, addresses, options)
  }
}

class TapHost extends KernelHost {
  /** CLOCK_MONOTONIC at time 0, microseconds. */
  private zeroUs: number

  constructor(
    addresses: Addresses,
    options: RunOptions,
    private readonly tap: TesterTap,
  ) {
    super(addresses, options, { network: 'none' })
    this.zeroUs = aheadUs(monotonicUs, () => this.now())
  }

  override start(): void {
    super.start()
    this.zeroUs = aheadUs(monotonicUs, () => this.now())
  }

  override inject(length: number, atUs = 0): number {
    const us = this.waitUntil(atUs)
    this.tap.inject(this.packet, length)
    return us
  }

  override sniff(timeoutUs: number): number {
    return this.tap.sniff(this.packet, timeoutUs)
  }

  override sniffedAtUs(): number {
    return this.tap.sniffedAtUs() - this.zeroUs
  }

  /** Descriptors first: what they send still has an interface. */
  override close(): void {
    super.close()
    this.tap.close()
  }
}
