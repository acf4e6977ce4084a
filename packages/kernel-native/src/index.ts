import { native } from './load.js'
import type {
  KernelHost as KernelHostFace,
  WireDevice as WireDeviceFace,
  WireNic as WireNicFace,
  WirePort as WirePortFace,
  WireStream as WireStreamFace,
} from './native.js'

export { guardPath } from './guard.js'
export type {
  ChildOrder,
  KernelHostOptions,
  NativeError,
  Pace,
  Schedule,
  WireNicOptions,
  WirePortOptions,
} from './native.js'

/**
 * Constructing enters a fresh network namespace on this thread, with lo and tun0 up, addressed and routed. LD_ARGUMENT,
 * LD_NETNS_PERMISSION, LD_TUN_MISSING, LD_TUN_PERMISSION, LD_NETLINK; a failed construction leaves nothing behind.
 */
export const KernelHost = native.KernelHost
export type KernelHost = KernelHostFace

/**
 * Real-time priority (SCHED_FIFO 2, not inherited by children) for this thread and the mapped program files (Node,
 * libraries) locked into memory, each where it is allowed; always a timer slack of 1 ns. Never throws: the answer says what
 * was granted. The heap is not locked: V8 aborts under mlockall.
 */
export const raisePriority = native.raisePriority

/** Schedules this thread otherwise; false where that is not allowed, and nothing has changed then. sched(7). */
export const setSchedule = native.setSchedule

/** Sets the pace of this thread and process; what is not allowed is left out. native/clock/pacemaker.h. */
export const setPace = native.setPace

/** What the thread that keeps a processor awake has used so far, microseconds of CPU. */
export const pacemakerCpuUs = native.pacemakerCpuUs

/**
 * Maps `length` octets (1 to 2^30) of an inherited descriptor, shared and writable, until the buffer is collected. The
 * descriptor may be closed afterwards. LD_MAP.
 */
export const mapShared = native.mapShared

/**
 * Runs a program to its end, as a child of this thread that leads a session of its own; after `timeoutMs` (-1: never) its
 * process group is killed. `waitStatus`: wait(2)'s. LD_ARGUMENT, LD_SPAWN (errno).
 */
export const runChild = native.runChild

/** CPU time (user and system) of this process's ended children, microseconds: getrusage(2) RUSAGE_CHILDREN. */
export const childrenCpuUs = native.childrenCpuUs

// A run over the wire: native.ts documents them.
export const WireStream = native.WireStream
export type WireStream = WireStreamFace
export const WireNic = native.WireNic
export type WireNic = WireNicFace
export const WireDevice = native.WireDevice
export type WireDevice = WireDeviceFace
export const WirePort = native.WirePort
export type WirePort = WirePortFace

/** Whether an address (IPv4 or IPv6 text) is one of this thread's network namespace. LD_ARGUMENT, LD_NETLINK. */
export const isLocalAddress = native.isLocalAddress

/**
 * In a guest of ours: lays a layer in memory over all files, for the whole process; its working folder becomes the root.
 * LD_GUEST_LAYER. native/guest/layer.h.
 */
export const enterLayer = native.enterLayer

/** Takes it away, with all that was written there. Nothing where there is none. */
export const leaveLayer = native.leaveLayer
