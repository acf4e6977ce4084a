// What a stack without a capability means for scripts. Read first: dpdk-native/include/luna_stack.h, the capabilities.
import { type LunaCapabilityName, lunaCapabilities } from '@lunadrill/dpdk-native'
import type { StackLack } from './types.js'

/** Which scripts are skipped without it, "stack lacks …", or what becomes of them. */
const scripts: Readonly<Record<LunaCapabilityName, string>> = {
  TCP: 'scripts with SOCK_STREAM sockets are skipped',
  UDP: 'scripts with SOCK_DGRAM sockets are skipped',
  IPV4: 'scripts of --ip_version=ipv4, the usual one, are skipped',
  IPV6: 'scripts of --ip_version=ipv6 are skipped',
  CLOCK_HOOK: 'scripts run in wall time only; those with clockjump are skipped',
  RELOAD: 'no script needs it where RESET is there',
  RESET: 'no script needs it where RELOAD is there',
  DETERMINISTIC: 'scripts may see other packets in each run',
  DUAL_STACK: 'scripts of --ip_version=ipv4-mapped-ipv6 are skipped',
  ICMP_ERRORS: 'scripts that inject ICMP errors are skipped',
  URGENT: 'scripts with MSG_OOB, SO_OOBINLINE or POLLPRI are skipped',
  CONTROL: 'scripts whose sendmsg() or recvmsg() has control messages are skipped',
  ERROR_QUEUE: 'scripts with MSG_ERRQUEUE, IP_RECVERR or IPV6_RECVERR are skipped',
  IOCTL:
    'the host answers from list_sockets() and recv(); scripts with SIOCOUTQNSD need it where notsent_bytes is not known',
  ALLOC_FAULT: 'scripts that let allocations fail are skipped',
  TIMESTAMPING: 'scripts with SO_TIMESTAMP, SO_TIMESTAMPNS or SO_TIMESTAMPING are skipped',
  FASTOPEN: 'scripts with TCP_FASTOPEN, TCP_FASTOPEN_CONNECT or MSG_FASTOPEN are skipped',
  ZEROCOPY: 'scripts with SO_ZEROCOPY or MSG_ZEROCOPY are skipped',
  PING_SOCKETS: 'scripts with sockets of IPPROTO_ICMP or IPPROTO_ICMPV6 are skipped',
}

/** In the order of the header. */
export function lacksOf(capabilities: bigint): StackLack[] {
  const declared = new Set(declaredBy(capabilities))
  // One of the two ways to a fresh instance is enough.
  const spared = new Set<LunaCapabilityName>(
    declared.has('RESET') ? ['RELOAD'] : declared.has('RELOAD') ? ['RESET'] : [],
  )
  return lunaCapabilities
    .filter(({ name }) => !declared.has(name) && !spared.has(name))
    .map(({ name, words }) => ({ capability: name, words, scripts: scripts[name] }))
}

export const declaredBy = (capabilities: bigint): LunaCapabilityName[] =>
  lunaCapabilities.filter(({ bit }) => (capabilities & (1n << BigInt(bit))) !== 0n).map(({ name }) => name)
