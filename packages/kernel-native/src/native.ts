// The typed face of the addon: everything native is declared and documented here, nothing leaves as `any`.
// Threads: a KernelHost belongs to the thread that made it. Read first: native/kernel-host.h, engine/src/host/layout.ts.

/**
 * What a {@link KernelHost} needs. Addresses are text of `family`.
 * The three arrays may lie over an ArrayBuffer or a SharedArrayBuffer; the host keeps them alive until `close`.
 */
export interface KernelHostOptions {
  /** Of addresses and packets. */
  family: 'ipv4' | 'ipv6'
  /**
   * True where time stands still while anything computes (User Mode Linux with time-travel=inf-cpu): every wait is one
   * sleep to its end, as one that spins would not end. Absent: false.
   */
  virtualTime?: boolean
  /** Of sockets, absent: `family`. 'ipv6' over 'ipv4' is for mapped addresses. */
  socketFamily?: 'ipv4' | 'ipv6'
  /**
   * `none`: neither namespace nor TUN, only calls and the clock, where the thread is; addresses, prefixes, `mtu`,
   * `speedMbps` and `gsoSize` are not looked at then, and `inject` and `sniff` throw LD_ARGUMENT.
   */
  network?: 'none'
  /** Address of tun0, the stack's own end. */
  localIp: string
  /** 0 to 32, or to 128. */
  prefixLength: number
  /** Through which the remote prefix is routed; must lie within the local prefix, and may be `localIp` (IPv4). */
  gatewayIp: string
  /** `--is_anyip`: tun0 gets no address, and its route no gateway. What makes addresses local is the script's. */
  anyip?: boolean
  /** The tester's end; masked to `remotePrefixLength` (0 to 32, or to 128) for the route. */
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

/**
 * A TCP connection for a thread without an event loop, to a wire server. Constructing connects: LD_WIRE_CONNECT with the
 * errno, ETIMEDOUT after `timeoutMs`. After `close` the methods throw LD_CLOSED.
 */
export interface WireStream {
  /** Sends octets[0, length). False where the other end is gone, or takes nothing for 10 s. */
  send(octets: Uint8Array, length: number): boolean
  /**
   * Writes what is there to `into` from `at` on, as soon as something is, and returns its length: 0 after `timeoutUs` (0
   * to Infinity) without, -1 where the other end has closed or is gone.
   */
  receive(into: Uint8Array, at: number, timeoutUs: number): number
  close(): void
}

/** Addresses are text, all of one family. */
export interface WireNicOptions {
  /** Name of an Ethernet interface. */
  device: string
  /** The stack's address: added to the interface where the machine has it nowhere. */
  localIp: string
  /** Next hop of the remote prefix; `localIp`: the prefix is on the link; `remoteIp`: no route is made. */
  gatewayIp: string
  remoteIp: string
  /** 0 to 32 (IPv4) or 128. */
  remotePrefixLength: number
}

/**
 * The client's interface during a run over the wire. Constructing adds what is missing: LD_NIC (no such interface),
 * LD_NETLINK, and nothing is left then. What a killed process leaves, the kernel drops within the hour.
 */
export interface WireNic {
  /** The interface's Ethernet address, 6 octets. */
  mac(): Uint8Array
  /** Removes what was added. May be called twice. */
  close(): void
}

/** The server's interface: constructing, with its name, switches off what puts segments together on receipt. LD_NIC. */
export interface WireDevice {
  mac(): Uint8Array
  /** Puts the offloads back. May be called twice. */
  close(): void
}

export interface WirePortOptions {
  device: string
  /** Whose frames are captured: ICMP, and those with one of the three ports (TCP, UDP, SCTP). 0: none. */
  clientIp: string
  sourcePort: number
  destinationPort: number
  otherDestinationPort: number
  /** At least 65536 + 64 octets: `receive` writes here. */
  frame: Uint8Array
  /** Called from the event loop while frames wait; `receive` takes them. */
  onFrames: () => void
}

/**
 * The server's end of the link to one client: Ethernet frames in and out. ARP, and ICMPv6 from whomever, are captured
 * too. Times are microseconds of CLOCK_MONOTONIC. Throws LD_SNIFF, LD_NIC; after `close` LD_CLOSED.
 */
export interface WirePort {
  /** The oldest frame that waits is written to `frame`: its length, 0 where none does. */
  receive(): number
  /** When the kernel received it. */
  receivedAtUs(): number
  /** Lets the clock reach `atUs` (past: at once; not interruptible), sends frame[0, length), returns when. LD_WIRE_SEND. */
  send(frame: Uint8Array, length: number, atUs: number): number
  /** Keeps this machine's kernel from answering what comes to a port (0: any) of its own `address`. LD_WIRE_PORT. */
  holdPort(address: string, port: number): number
  close(): void
}

/** What the addon throws. Compare `code`: the message is for people. */
export interface NativeError extends Error {
  /**
   * LD_TUN_MISSING, LD_TUN_PERMISSION, LD_TUN, LD_TUN_WRITE, LD_NETNS_PERMISSION, LD_NETNS, LD_NETLINK, LD_SNIFF,
   * LD_PORT, LD_CALL, LD_BLOCKED, LD_THREAD, LD_MEMORY, LD_MAP, LD_ARGUMENT, LD_CLOSED, LD_NIC, LD_WIRE_CONNECT,
   * LD_WIRE_SEND, LD_WIRE_PORT, LD_GUEST_LAYER.
   */
  code: string
  /** The system's error number, where a system call failed. */
  errno?: number
  /** The call that failed: a system call, an ioctl's name, or `rtnetlink`. */
  syscall?: string
}

/**
 * How a thread is scheduled: `timed` SCHED_FIFO 2, not inherited by children; `command` the same, inherited; `normal`
 * SCHED_OTHER; `untimed` SCHED_BATCH and nice 5, inherited.
 */
export type Schedule = 'timed' | 'command' | 'normal' | 'untimed'

/**
 * Where a thread runs while its moments count: `on` on the processor that counts the kernel's ticks, which is kept awake by a
 * thread that gives way to everybody (SCHED_IDLE); `loosed`: it is kept awake, and the thread, and its children, go where they
 * like; `off`: it may rest, of any thread. After a rest, `on` and `loosed` take about 20 ms for each processor to find it.
 */
export type Pace = 'on' | 'loosed' | 'off'

/** A foreign program, native/process/child.h. */
export interface ChildOrder {
  /** Without a slash: looked for in this process's PATH. */
  readonly program: string
  /** From the name that it goes by on. */
  readonly args: readonly string[]
  /** `NAME=value`. */
  readonly environment: readonly string[]
  /** Of this process: its 0, 1, 2, …; at most 64. */
  readonly descriptors: readonly number[]
}

/** Everything that the addon exports. */
export interface Native {
  KernelHost: new (options: KernelHostOptions) => KernelHost
  raisePriority(): { scheduler: 'fifo' | 'other'; locked: boolean }
  setSchedule(schedule: Schedule): boolean
  setPace(pace: Pace): void
  pacemakerCpuUs(): number
  mapShared(fd: number, length: number): ArrayBuffer
  runChild(order: ChildOrder, timeoutMs: number): { waitStatus: number; timedOut: boolean }
  childrenCpuUs(): number
  WireStream: new (address: string, port: number, timeoutMs: number) => WireStream
  WireNic: new (options: WireNicOptions) => WireNic
  WireDevice: new (device: string) => WireDevice
  WirePort: new (options: WirePortOptions) => WirePort
  isLocalAddress(address: string): boolean
  enterLayer(): void
  leaveLayer(): void
}
