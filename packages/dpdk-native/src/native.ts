// The typed face of the addon: everything native is declared and documented here, nothing leaves as `any`.
// Threads: EAL is the process's; a DpdkHost belongs to the thread that made it, which does nothing else while a run lasts.
// Read first: native/dpdk-host.h, native/poll/poll-loop.h, engine/src/host/layout.ts.

/**
 * Which DPDK ports a wire is made of (docs/ports.md). What `stack` and `tester` say is the kind's: nothing (ring, tap);
 * interfaces, '' for a new veth pair and for the other end of a veth (af_packet); a socket's path, '' for a nameless one
 * (memif); the file read and the file written (pcap); names of devices that EAL has (device).
 */
export interface DpdkPort {
  kind: 'ring' | 'tap' | 'af_packet' | 'memif' | 'pcap' | 'device'
  stack: string
  tester: string
  /** pcap: when the first frame comes, microseconds of the run. */
  firstUs: number
  /** memif: the program at the other end, an absolute path; '' for the others. */
  program: string
}

/** What a {@link DpdkHost} needs. Addresses are text, all of one family, IPv4 or IPv6. */
export interface DpdkHostOptions {
  /** The stack's shared object; absolute. */
  soPath: string
  /** For the stack; '' where there are none. */
  stackOptions: string
  clock: 'virtual' | 'wall'
  /** The stack's own address. */
  localIp: string
  /** 0 to 32, or 128. */
  prefixLength: number
  /** The stack's next hop for everything outside the prefix; never `localIp`. */
  gatewayIp: string
  /** The tester's address: behind the gateway, or a neighbour. Questions for it are answered in either case. */
  remoteIp: string
  /** Octets of an IP packet of the stack's, 68 to 9000. Injected ones may be longer: up to 65393. */
  mtu: number
  /** What lies between the stack and the tester; absent: rings in memory. */
  port?: DpdkPort
  /** Channel.size octets over a SharedArrayBuffer, `version` set: the interpreter's channel. Kept alive until `close`. */
  channel: Uint8Array
  /** The same: the main thread's channel for the admin server. */
  admin: Uint8Array
}

/** Bits of {@link DpdkHost.poll}'s answer. */
export const PollBit = {
  /** The interpreter waits, and has events: add 1 to the channel's clientDoorbell and notify it. */
  notifyRun: 1,
  /** The same for the admin channel. */
  notifyAdmin: 2,
  /** Nothing to do for a while: the thread may wait on the interpreter channel's hostDoorbell. */
  mayPark: 4,
  /** `close` has been answered: the run is over. */
  closed: 8,
} as const

/**
 * A userspace stack under test: two joined DPDK ports, the stack on one, the tester on the other. One
 * per process at a time. Methods throw {@link NativeError}; after `close` all but `close` throw LD_CLOSED.
 */
export interface DpdkHost {
  /** What the loaded object says of itself. */
  stack(): {
    name: string
    version: string
    /** MINOR of the interface that it was built with. */
    abiMinor: number
    /** Bits of luna-layout.ts's `lunaCapabilities`. */
    capabilities: bigint
  }
  /** The process that carries frames between stack and tester (lunadrill-memif); 0: there is none of ours. */
  carrier(): number
  /**
   * Serves commands and polls the stack until JavaScript must act: {@link PollBit}s. Native code cannot wake what waits in
   * Atomics.wait, and cannot be woken from there either: V8's is no futex.
   */
  poll(): number
  /** How long the thread may wait, milliseconds: to shortly before the stack's next timer; Infinity where none runs. */
  parkTimeoutMs(): number
  /** Whether `poll` would have something to do. To be asked after hostParked has been set, before waiting. */
  pending(): boolean
  /**
   * Ends the instance and unloads the object (with LUNA_CAP_RESET: keeps it for the next host). May be called twice.
   * Returns how many packet buffers the stack has failed to give back.
   */
  close(): number
  /**
   * After `close`: the process is fit for no other run, since parts of the stack go on in it, or since its runs have kept too
   * much of EAL's memory.
   */
  spent(): boolean
  /** After `close`: what the stack has not given back, the first of each kind; nothing of a stack that stays loaded. */
  leaks(): Leaks
}

/** `event`: the script's event (its index) at which it came into the stack's hands; null where that is not known. */
export interface Leaks {
  /** `octets`: the frame in the buffer, as far as it can be told, from its Ethernet header on. */
  readonly frames: readonly { readonly event: number | null; readonly octets: Uint8Array }[]
  /** What was opened while the stack was there, by whichever thread. `target`: what readlink(2) says of it. */
  readonly descriptors: readonly { readonly event: number | null; readonly number: number; readonly target: string }[]
  /** LeakSanitizer's report of the stack's memory, where its runtime is in this process; '' for nothing. */
  readonly heap: string
}

/** What a {@link TesterTap} needs: see kernel-native's KernelHostOptions, field by field. */
export interface TesterTapOptions {
  family: 'ipv4' | 'ipv6'
  localIp: string
  prefixLength: number
  gatewayIp: string
  anyip: boolean
  remoteIp: string
  remotePrefixLength: number
  /** Octets, up to 1504. */
  mtu: number
}

/**
 * The tester's end alone, a net_tap port; the stack is this machine's kernel, in a network namespace that the thread is in
 * until `close`. One per process at a time, and none beside a {@link DpdkHost}. Methods throw {@link NativeError}; after
 * `close` all but `close` throw LD_CLOSED.
 */
export interface TesterTap {
  /** Hands packet[0, length), an IP packet, to the kernel. LD_INJECT: longer than the MTU; LD_PORT. */
  inject(packet: Uint8Array, length: number): void
  /**
   * The next IP packet of the kernel's, oldest first: written to `into` (65549 octets at least), its length returned; 0 after
   * `timeoutUs` (0 to Infinity) without one. LD_SNIFF.
   */
  sniff(into: Uint8Array, timeoutUs: number): number
  /** When the kernel sent the one that `sniff` returned last: microseconds of CLOCK_MONOTONIC. */
  sniffedAtUs(): number
  /** Leaves the namespace. May be called twice. */
  close(): void
}

/** What the addon throws. Compare `code`: the message is for people. */
export interface NativeError extends Error {
  /**
   * LD_EAL, LD_BUSY, LD_PORT, LD_PORT_CLOCK, LD_NIC, LD_TUN_MISSING, LD_TUN_PERMISSION, LD_NETNS, LD_NETNS_PERMISSION,
   * LD_NETLINK, LD_STACK_NOT_FOUND, LD_STACK_NOT_ELF, LD_STACK_SYMBOL, LD_STACK_VERSION, LD_STACK_CLOCK,
   * LD_STACK_INIT, LD_STACK_STALE, LD_UNSUPPORTED, LD_LAYOUT, LD_CHANNEL, LD_MEMORY, LD_ARGUMENT, LD_CLOSED.
   */
  code: string
  /** The system's error number, where a call failed. */
  errno?: number
  /** The call that failed: a system call, a function of DPDK, or the stack's `init`. */
  syscall?: string
}

/** Everything that the addon exports. */
export interface Native {
  /**
   * Initialises DPDK's EAL, once per process: no hugepages, no PCI, no files, no telemetry; `arguments` come behind these. A
   * second call with the same arguments does nothing. LD_EAL: other arguments, or EAL's refusal in its own words.
   */
  initEal(arguments_: readonly string[]): void
  /**
   * Once per process: from here on, what a stack leaves that takes the process down (layout.ts, `Flight`) is written to the
   * file behind `fd`, Flight.size octets at least. LD_MAP, LD_MEMORY, LD_ARGUMENT.
   */
  keepRecord(fd: number): void
  /** Of any thread: has the host's thread leave its backtrace there. False where it has not within half a second. */
  watchHost(): boolean
  /** The host's thread (gettid(2)) while a run is open and a record is kept, else 0. */
  hostThread(): number
  /**
   * Holds a stack object against luna_stack.h, group of checks by group from `first` (0: all, the table's before the others') on, with the
   * `capabilities` that the table's group has told, and tells on the descriptor
   * `fd` what it does and finds (native/stack-check/report.h). May end the process, or not come back. Null: all is done; else
   * the group to go on with in a new process, since this one gives no fresh instance. No DpdkHost may live. LD_EAL, LD_BUSY,
   * LD_STACK_NOT_FOUND, LD_STACK_NOT_ELF, LD_STACK_SYMBOL, LD_STACK_VERSION, LD_MEMORY, LD_ARGUMENT.
   */
  checkStack(soPath: string, fd: number, first: number, capabilities: bigint): number | null
  /**
   * Loads the stack and makes a fresh instance at time 0. LD_EAL: not initialised. LD_BUSY: another host lives in this
   * process. LD_STACK_NOT_FOUND, LD_STACK_NOT_ELF (the loader's words), LD_STACK_SYMBOL, LD_STACK_VERSION, LD_STACK_CLOCK
   * (virtual time, but the stack has a clock of its own), LD_UNSUPPORTED (it has not this family, or its MTU is smaller), LD_STACK_INIT (errno), LD_STACK_STALE: an object that was used in
   * this process before did not leave it, so only a new process gives a fresh one.
   */
  DpdkHost: new (
    options: DpdkHostOptions,
  ) => DpdkHost
  /**
   * Enters a network namespace and makes the port and the kernel's interface in it. LD_EAL: not initialised; LD_BUSY,
   * LD_PORT, LD_TUN_MISSING, LD_TUN_PERMISSION, LD_NETNS, LD_NETNS_PERMISSION, LD_NETLINK.
   */
  TesterTap: new (
    options: TesterTapOptions,
  ) => TesterTap
}
