// The one description of what the interpreter and native code share: call records, rings, progress page.
// tools/layout writes packages/kernel-native/include/lunadrill/layout.h from it; a test compares the two.
// Little-endian; every offset is in octets. Numbers of system calls' arguments are Linux's own.

/** Raised with any change below; both ends compare it when a host is opened. */
export const LAYOUT_VERSION = 6

/** What a call record asks for. POSIX calls first, then what only a host can do. */
export const CallOp = {
  socket: 1,
  bind: 2,
  listen: 3,
  accept: 4,
  connect: 5,
  read: 6,
  readv: 7,
  recv: 8,
  recvfrom: 9,
  write: 10,
  writev: 11,
  send: 12,
  sendto: 13,
  close: 14,
  shutdown: 15,
  fcntl: 16,
  poll: 17,
  getsockopt: 18,
  setsockopt: 19,
  recvmsg: 20,
  sendmsg: 21,
  ioctl: 22,
  epollCreate: 23,
  epollCtl: 24,
  epollWait: 25,
  pipe: 26,
  splice: 27,
  open: 28,
  sendfile: 29,
  capSet: 30,
  /** The stack's own tcp_info of `fd`: luna_tcp_info octets in data. Userspace stacks only. */
  stackTcpInfo: 64,
} as const

/**
 * A call record: 64 octets of head, then `data`.
 *
 *   0 u32 op            8 i32 fd           36 i32 result       48 f64 startUs
 *   4 u32 flags        12 i32 arg0..arg3   40 i32 errno        56 f64 returnUs
 *                      28 u32 inLength     44 u32 outLength    64 data
 *                      32 u32 outCapacity
 *
 * Left column and `data[0, inLength)` are written by the interpreter, the right one and `data[0, outLength)` by the
 * host. Times are microseconds since the run's start. Meaning of the arguments:
 *
 *   socket      arg0 domain, arg1 type, arg2 protocol
 *   bind, connect                       data: sockaddr
 *   listen      arg0 backlog
 *   accept                              out: the peer's sockaddr
 *   read, recv, recvfrom, write, send, sendto
 *               arg0 count, arg1 flags, arg2 1 for a null buffer; sendto data: sockaddr
 *               arg3 (sendto) first octet of the payload, where it has 8 or more: a ping socket's type
 *   readv, writev                       data: i32 lengths, one per element
 *   shutdown    arg0 how
 *   fcntl       arg0 cmd, arg1 1 if there is an argument, arg2 argument
 *   poll        arg0 nfds, arg1 timeout (ms); data in and out: {i32 fd, i16 events, i16 revents} each
 *   getsockopt  arg0 level, arg1 name, arg2 optlen; out: the value, outLength the returned optlen
 *   setsockopt  arg0 level, arg1 name, arg2 optlen; data: the value
 *   sendmsg     arg0 flags, arg1 number of parts, arg2 octets of control messages
 *               data: i32 lengths of the parts, 0 to a multiple of 8; control messages as for the kernel; sockaddr
 *   recvmsg     arg0 flags, arg1 and arg2 as sendmsg, arg3 msg_flags; data as sendmsg without sockaddr: what the
 *               buffer of control messages holds before (its size is arg2)
 *               out (also after a failure): {u32 msg_flags, u32 msg_controllen, f64 microseconds of CLOCK_REALTIME at
 *               time 0}, then max(arg2, msg_controllen) octets of control messages
 *   ioctl       arg0 request, arg1 1 if there is an argument; out: the i32 that was 0 before
 *   epollCreate arg0 size
 *   epollCtl    arg0 op, arg1 descriptor; data: struct epoll_event, 12 octets
 *   epollWait   arg0 maxevents, arg1 timeout (ms); out: the first struct epoll_event, zeros where there is none
 *   pipe        out: i32 read end, i32 write end
 *   splice      arg0 descriptor out, arg1 count, arg2 flags, arg3 bits: 1 an offset in, 2 an offset out (a bad pointer)
 *   open        arg0 flags; data: the path
 *   sendfile    arg0 descriptor in, arg1 count; data: i64 offset
 *   capSet      arg0 capability, arg1 1 to set it, 0 to clear it in the effective set of the calling thread
 *
 * Payload sent is zeros, payload received is dropped: only lengths cross this border.
 */
export const Call = {
  op: 0,
  flags: 4,
  fd: 8,
  arg0: 12,
  arg1: 16,
  arg2: 20,
  arg3: 24,
  inLength: 28,
  outCapacity: 32,
  result: 36,
  errno: 40,
  outLength: 44,
  startUs: 48,
  returnUs: 56,
  data: 64,
  size: 16384,
} as const

/** Call flags. `blocking`: the script says that the call sleeps; the host answers at once and completes it later. */
export const CallFlag = { blocking: 1 } as const

/**
 * A channel: a control block, then two single-producer single-consumer octet rings.
 *
 *     0 u32 version            written once before use
 *    64 u32 commandHead        producer: client       (release on store)
 *   128 u32 commandTail        producer: host
 *   192 u32 eventHead          producer: host
 *   256 u32 eventTail          producer: client
 *   320 i32 hostDoorbell       the host's JavaScript end waits here; the client adds 1 and notifies when hostParked
 *   324 i32 hostParked         1 while the host waits
 *   384 i32 clientDoorbell     the client waits here; the host's JavaScript end adds 1 and notifies when clientParked
 *   388 i32 clientParked       1 while the client waits
 *   448 u32 heartbeat          the host adds 1 per turn of its loop; the watchdog reads it
 *   452 u32 inStack            which entry of the stack runs now (StackEntry), 0 outside
 *   512 command ring, commandSize octets, then event ring, eventSize octets
 *
 * Heads and tails count octets modulo 2^32; position = count & (size - 1). A record is 16 octets of head
 * {u32 length, with head and padding to 8; u32 kind; f64 timeUs} and a payload that never wraps: where it would, a
 * `pad` record fills the rest of the ring first. A payload that is not a multiple of 8 is padded, so records that
 * carry octets (inject, sniffed) start the payload with u32 octets, u32 reserved.
 */
export const Channel = {
  version: 0,
  commandHead: 64,
  commandTail: 128,
  eventHead: 192,
  eventTail: 256,
  hostDoorbell: 320,
  hostParked: 324,
  clientDoorbell: 384,
  clientParked: 388,
  heartbeat: 448,
  inStack: 452,
  rings: 512,
  commandSize: 262144,
  eventSize: 4194304,
  size: 512 + 262144 + 4194304,
} as const

export const RecordHead = { length: 0, kind: 4, timeUs: 8, payload: 16 } as const

/** Client to host. */
export const CommandKind = {
  pad: 0,
  /** Payload: a call record with its data. Answered by `returned` or, for a blocking call that sleeps, `blocked`. */
  call: 1,
  /** Payload: u32 octets, u32 0, an IP packet. The tester end sends it to the stack. Answered by `injected`. */
  inject: 2,
  /** Virtual clock only. timeUs: how far; payload: u32 stop conditions (AdvanceStop), u32 0. Answered by `advanced`. */
  advance: 3,
  /** The run is over: the stack's instance is shut down, then `closed` answers and the host's loop returns. */
  close: 4,
  /**
   * Sets time 0; until then the time is 0. Wall: timeUs is CLOCK_MONOTONIC in microseconds at time 0. Virtual: refused once
   * time has moved. Answered by `started`.
   */
  start: 5,
  /** Admin: answered by one `socket` record per socket, then `listed`; at once, even while polling is held. */
  listSockets: 16,
  /** From either client: payload a fault record (Fault). Answered by `faultBegun` at once. */
  fault: 17,
} as const

/** Host to client; timeUs is the run's time of the event. */
export const EventKind = {
  pad: 0,
  /** Payload: the call record, completed. Blocking calls too, whenever they return. */
  returned: 1,
  blocked: 2,
  injected: 3,
  /** Payload: u32 octets, u32 0, the IP packet that the stack sent (no link header). */
  sniffed: 4,
  /** timeUs: the time now reached; before `until` where a condition holds, or the event ring has filled up. */
  advanced: 5,
  closed: 6,
  started: 7,
  /** Instead of the command's answer. Payload: u32 octets, u32 0, text: a code (LD_…), a space, a sentence. */
  refused: 8,
  /** Payload: luna_socket_info. */
  socket: 16,
  listed: 17,
  faultBegun: 18,
} as const

/** What a fault record asks for, by the names that scripts and the admin server have for it. */
export const FaultKind = {
  pollinghang: 1,
  linkdown: 2,
  linkup: 3,
  rxring: 4,
  mbufpool: 5,
  drop: 6,
  duplicate: 7,
  reorder: 8,
  corrupt: 9,
  delay: 10,
  clockjump: 11,
  allocfail: 12,
  clearfaults: 13,
} as const

/**
 * A fault record. `direction`: 1 to the stack, 2 from it, 3 both; `skip`, `count`, `burst`, `probability` and `seed` choose
 * packets (or allocations); `timeUs` is how long it lasts, Infinity without end; `amount` is the fault's own: microseconds
 * (clockjump, delay), frames (rxring, mbufpool), copies (duplicate), packets (reorder), an offset or -1 (corrupt);
 * `limitUs` how long reorder keeps a packet at most, and how much delay adds at most. corrupt: `mask` has the bits to turn
 * over, 0 for one by chance; with `repair` 1 the checksums are right again. What a fault does not have is 0.
 */
export const Fault = {
  kind: 0,
  direction: 4,
  burst: 8,
  seed: 12,
  skip: 16,
  count: 24,
  probability: 32,
  timeUs: 40,
  amount: 48,
  limitUs: 56,
  mask: 64,
  repair: 68,
  size: 72,
} as const

/** Bits: when `advance` stops before its time. */
export const AdvanceStop = { sniffed: 1, returned: 2 } as const

export const StackEntry = { none: 0, init: 1, poll: 2, call: 3, inspect: 4, shutdown: 5 } as const

/**
 * The progress page: a file shared by the supervisor and a run's process, so that the supervisor can name the script
 * line after the process has died, however it died. Behind the page's 4096 octets, the flight record.
 */
export const Progress = {
  magic: 0,
  runId: 4,
  eventIndex: 8,
  phase: 12,
  timeUs: 16,
  size: 4096,
} as const

/**
 * The flight record of a userspace stack, in the same file: what the host's thread and its signal handlers write there
 * (dpdk-native/native/recorder) outlives the process. Offsets from the start of the file; cleared when a run opens.
 *
 *   4096 u32 kind (FlightKind; 0: no fault; written last)      4120 u64 address (SIGSEGV, SIGBUS, SIGFPE, SIGILL)
 *   4100 u32 number: the signal, or exit()'s status            4128 u32 frames
 *   4104 i32 code: si_code                                     4132 u32 octets of words
 *   4108 u32 entry: StackEntry at that moment                  4136 u32 octets of maps
 *   4112 u32 onHost: 1 where the host's thread was at fault    4140 u32 packets since the run opened
 *   4116 u32 exactFirst: 1 where the first frame is no return address
 *
 * frames: u64 program counters, innermost first. packetSlots: rings of {u32 octets, u32 kept, u32 toStack, u32 0, f64 timeUs,
 * `kept` octets of the IP packet}; the n-th packet lies in slot n % slots. words: what the C library or a sanitizer said of
 * the fault. maps: the lines of /proc/self/maps with executable mappings.
 */
export const Flight = {
  kind: 4096,
  number: 4100,
  code: 4104,
  entry: 4108,
  onHost: 4112,
  exactFirst: 4116,
  address: 4120,
  frames: 4128,
  words: 4132,
  maps: 4136,
  packets: 4140,
  frameList: 4160,
  frameRoom: 96,
  packetSlots: 8192,
  slots: 16,
  slotSize: 512,
  packetHead: 24,
  packetRoom: 256,
  wordList: 16384,
  wordRoom: 49152,
  mapList: 65536,
  mapRoom: 65536,
  size: 131072,
} as const

/** How a flight ended; `watched`: the watchdog asked where the host's thread is. */
export const FlightKind = { none: 0, signal: 1, exit: 2, watched: 3, report: 4 } as const
export const PROGRESS_MAGIC = 0x4c44_5052

export const RunPhase = { idle: 0, setup: 1, init: 2, events: 3, cleanup: 4, code: 5, teardown: 6 } as const
