// The typed face of the addon: everything native is declared and documented here, nothing leaves as `any`.
// Threads: a KernelHost belongs to the thread that made it. Read first: native/kernel-host.h, engine/src/host/layout.ts.

/**
 * What a {@link KernelHost} needs. Addresses are dotted IPv4 text.
 * The three arrays may lie over an ArrayBuffer or a SharedArrayBuffer; the host keeps them alive until `close`.
 */
export interface KernelHostOptions {
  family: 'ipv4'
  /** Address of tun0, the stack's own end. */
  localIp: string
  /** 0 to 32. */
  prefixLength: number
  /** Through which the remote prefix is routed; must lie within the local prefix, and may be `localIp`. */
  gatewayIp: string
  /** The tester's end; masked to `remotePrefixLength` (0 to 32) for the route. */
  remoteIp: string
  remotePrefixLength: number
  /** Octets, 68 to 65535; packetdrill's default is 1500. */
  mtu: number
  /** Speed that tun0 reports, Mbit/s; absent or 0: the driver's own (10). */
  speedMbps?: number
  /** `--mss`: segment size given to the kernel with each injected TCP packet, octets; absent or 0: none. */
  gsoSize?: number
  /** Call.size octets in the layout `Call`: what {@link KernelHost.call} runs. */
  call: Uint8Array
  /** The same for {@link KernelHost.startBlockingCall}. Not to be touched while that call is in flight. */
  blockingCall: Uint8Array
  /** At least 65536 + 64 octets: `inject` reads here, `sniff` writes here. IP packets without a link header. */
  packet: Uint8Array
}

/**
 * The Linux kernel as stack under test: a network namespace with tun0, real system calls, capture with the kernel's time
 * stamps. Times are microseconds since the run's time 0 (CLOCK_MONOTONIC).
 *
 * Every method throws {@link NativeError}; after `close` all but `close` and `sniffedAtUs` throw LD_CLOSED.
 */
export interface KernelHost {
  /** A port number (1 to 65535) whose listener stays open until `close`, so each call gives another. LD_PORT. */
  remotePort(): number
  /**
   * Descriptor of an eventfd. 8 octets of a number above 0 written to it by any thread make a running `sniff`, and every
   * later one that would wait, return 0. Belongs to the host: do not close it.
   */
  interruptFd(): number
  /**
   * Sets time 0 to 250 us after the next tick of the kernel, and returns before it. Sleeps up to one tick (4 ms at HZ
   * 250). Before `start`, time 0 is the moment of construction. LD_BLOCKED while a blocking call is in flight.
   */
  start(): void
  /** Microseconds since time 0, with fractions; negative before it. */
  now(): number
  /** Sleeps to 60 us before `us`, then spins; returns now(), at once where `us` has passed. Not interruptible. */
  waitUntil(us: number): number
  /**
   * Runs the record in `options.call`: every operation of CallOp but stackTcpInfo. Fills result, errno (0 on success),
   * outLength, startUs, returnUs and the data. A failing system call is a result, not an exception. LD_CALL: the record
   * makes no sense (unknown operation, negative count, data too short); nothing was run then.
   */
  call(): void
  /**
   * Runs `options.blockingCall` on a thread of its own at `atUs` and returns once that thread sleeps in the kernel, or
   * has returned (the record is filled then). LD_BLOCKED: the last one is still in flight. LD_CALL, LD_THREAD.
   */
  startBlockingCall(atUs: number): 'blocked' | 'returned'
  /** Whether no blocking call is in flight; the record of the last one is filled then. */
  blockingReturned(): boolean
  /** Waits up to `timeoutUs` (0 to Infinity) for the blocking call's return, and says whether it has returned. */
  waitBlocking(timeoutUs: number): boolean
  /**
   * Hands packet[0, length) to the stack at `atUs` (absent or past: now), without a way through JavaScript in between, and
   * returns when that was. LD_TUN_WRITE, for example EINVAL for an IP version that is neither 4 nor 6.
   */
  inject(length: number, atUs?: number): number
  /**
   * The next packet that the stack sent on tun0, oldest first, whatever it is (IPv6 chatter included): written to
   * `packet`, its length returned. 0 after `timeoutUs` (0 to Infinity) without one, or when interrupted. Each packet
   * that is returned is taken off the device's queue, and none else (2-packets.md O-14). LD_SNIFF.
   */
  sniff(timeoutUs: number): number
  /** When the kernel sent the packet that `sniff` returned last. */
  sniffedAtUs(): number
  /**
   * Ends a blocking call, resets and closes the descriptors that calls made, gives up tun0 and leaves the namespace.
   * May be called twice. The thread is then where it was before, and can make another host.
   */
  close(): void
}

/** What the addon throws. Compare `code`: the message is for people. */
export interface NativeError extends Error {
  /**
   * LD_TUN_MISSING, LD_TUN_PERMISSION, LD_TUN, LD_TUN_WRITE, LD_NETNS_PERMISSION, LD_NETNS, LD_NETLINK, LD_SNIFF,
   * LD_PORT, LD_CALL, LD_BLOCKED, LD_THREAD, LD_MEMORY, LD_MAP, LD_ARGUMENT, LD_CLOSED.
   */
  code: string
  /** The system's error number, where a system call failed. */
  errno?: number
  /** The call that failed: a system call, an ioctl's name, or `rtnetlink`. */
  syscall?: string
}

/** Everything that the addon exports. */
export interface Native {
  KernelHost: new (options: KernelHostOptions) => KernelHost
  raisePriority(): { scheduler: 'fifo' | 'other'; locked: boolean }
  mapShared(fd: number, length: number): ArrayBuffer
  childrenCpuUs(): number
}
