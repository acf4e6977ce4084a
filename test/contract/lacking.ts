// What a host's stack lacks of the contract, by name, with what was seen: its tests are skipped, and one looks whether it
// is lacking still. Timers, windows and congestion control are a stack's own and no matter of this suite.

export type Capability =
  | 'resets without ACK'
  | 'no answer from a full backlog'
  | 'simultaneous open'
  | 'ECN'
  | 'a look at ACK'
  | 'commands that take time'
  | 'a send buffer of known size'
  | 'flow labels'
  | 'SACK and time stamps'
  | Uncarried

/** What the stack does not declare, or the host has nothing for: scripts that need it are skipped, not failed. */
export type Uncarried =
  | 'an error queue'
  | 'urgent data'
  | 'ICMP errors'
  | 'ping sockets'
  | 'SO_TIMESTAMPING'
  | 'options of Linux alone'
  | 'capabilities(7)'
  | 'raw sockets'
  | 'duplicates of descriptors'
  | 'TCP Fast Open'
  | 'ioctl() of interfaces'

export const uncarried: ReadonlySet<Capability> = new Set<Uncarried>([
  'an error queue',
  'urgent data',
  'ICMP errors',
  'ping sockets',
  'SO_TIMESTAMPING',
  'options of Linux alone',
  'capabilities(7)',
  'raw sockets',
  'duplicates of descriptors',
  'TCP Fast Open',
  'ioctl() of interfaces',
])

export type HostName = 'kernel' | 'lwip' | 'lwip, wall clock'

type Lacks = Partial<Record<Capability, string>>

// Seen with Debian's liblwip0 2.1.3.
const lwip: Lacks = {
  'resets without ACK':
    'each of its resets carries ACK and a number, also where RFC 9293 3.10.7.1 wants <SEQ=SEG.ACK><CTL=RST>',
  'no answer from a full backlog': 'it answers the SYN, and resets the connection that nobody has room for',
  'simultaneous open': 'a SYN is dropped in SYN_SENT',
  'urgent data': 'an urgent octet is read like any other, and none can be sent',
  'a look at ACK': 'data are taken from a segment that has no ACK, or acknowledges what was never sent',
  'an error queue': 'it is told of no error',
  'ICMP errors': 'they are dropped',
  'ping sockets': 'SOCK_DGRAM is UDP',
  'flow labels': 'they are 0',
  'SACK and time stamps': 'Debian builds it without',
  'capabilities(7)': 'they are rights of a process towards the kernel',
  'raw sockets': 'luna_stack.h has none',
  'duplicates of descriptors': 'a script could not use them',
  'TCP Fast Open': 'it does not know RFC 7413',
  'ioctl() of interfaces': 'its interface is told by configuration',
  'options of Linux alone': 'setsockopt() says ENOPROTOOPT',
  SO_TIMESTAMPING: 'setsockopt() says ENOPROTOOPT',
  ECN: 'a SYN with ECE and CWR is answered without ECE',
}

const kernel: Lacks = {
  'a send buffer of known size': 'it grows by itself, with the memory of the machine',
}

export const lacking: Readonly<Record<HostName, Lacks>> = {
  kernel,
  lwip: { ...lwip, 'commands that take time': 'its time is virtual, and stands still meanwhile' },
  'lwip, wall clock': lwip,
}
