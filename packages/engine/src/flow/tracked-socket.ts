// One socket as the script sees it: how far the script has come with it, and what ties its numbers to live ones.
// Read first: language/2-packets.md 3.1 and 4.1.
import { type Family, type IpAddress, unspecified } from '../wire/address.js'
import { FlowLabels } from './flow-labels.js'

/** How far the *script* has come (the stack may be elsewhere). */
export type SocketState =
  | 'new'
  | 'listening'
  | 'packet-received'
  | 'synack-sent'
  | 'synack-acked'
  | 'connecting'
  | 'syn-sent'
  | 'syn-acked'

export interface TrackedSocket {
  state: SocketState
  /** IPPROTO number as the script wrote it; 6 for a passive child. */
  readonly protocol: number
  /** Descriptor that calls use; -1 until accepted. */
  liveFd: number
  /** Of the family on the wire; nobody's where not known yet. */
  localIp: IpAddress
  localPort: number
  remoteIp: IpAddress
  remotePort: number
  scriptLocalIsn: number
  /** Learnt from the first packet of the stack. */
  liveLocalIsn: number
  /** The tester's own: script and live are the same. */
  remoteIsn: number
  /** Outbound timestamp values: script → live, and the first pair. */
  readonly timestamps: Map<number, number>
  firstTimestamp: { readonly script: number; readonly live: number } | null
  readonly flowLabels: FlowLabels
}

/** `family`: of the packets on the wire. */
export function newSocket(protocol: number, state: SocketState, family: Family): TrackedSocket {
  return {
    state,
    protocol,
    liveFd: -1,
    localIp: unspecified[family],
    localPort: 0,
    remoteIp: unspecified[family],
    remotePort: 0,
    scriptLocalIsn: 0,
    liveLocalIsn: 0,
    remoteIsn: 0,
    timestamps: new Map(),
    firstTimestamp: null,
    flowLabels: new FlowLabels(),
  }
}
