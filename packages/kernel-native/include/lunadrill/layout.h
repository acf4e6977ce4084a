// Written by tools/layout from packages/engine/src/host/layout.ts, where every field is explained. Do not edit.
#pragma once
#include <cstdint>

namespace lunadrill::layout {

namespace advance_stop {
inline constexpr std::uint32_t kSniffed = 1u;
inline constexpr std::uint32_t kReturned = 2u;
}  // namespace advance_stop

namespace call {
inline constexpr std::uint32_t kOp = 0u;
inline constexpr std::uint32_t kFlags = 4u;
inline constexpr std::uint32_t kFd = 8u;
inline constexpr std::uint32_t kArg0 = 12u;
inline constexpr std::uint32_t kArg1 = 16u;
inline constexpr std::uint32_t kArg2 = 20u;
inline constexpr std::uint32_t kArg3 = 24u;
inline constexpr std::uint32_t kInLength = 28u;
inline constexpr std::uint32_t kOutCapacity = 32u;
inline constexpr std::uint32_t kResult = 36u;
inline constexpr std::uint32_t kErrno = 40u;
inline constexpr std::uint32_t kOutLength = 44u;
inline constexpr std::uint32_t kStartUs = 48u;
inline constexpr std::uint32_t kReturnUs = 56u;
inline constexpr std::uint32_t kData = 64u;
inline constexpr std::uint32_t kSize = 16384u;
}  // namespace call

namespace call_flag {
inline constexpr std::uint32_t kBlocking = 1u;
}  // namespace call_flag

namespace call_op {
inline constexpr std::uint32_t kSocket = 1u;
inline constexpr std::uint32_t kBind = 2u;
inline constexpr std::uint32_t kListen = 3u;
inline constexpr std::uint32_t kAccept = 4u;
inline constexpr std::uint32_t kConnect = 5u;
inline constexpr std::uint32_t kRead = 6u;
inline constexpr std::uint32_t kReadv = 7u;
inline constexpr std::uint32_t kRecv = 8u;
inline constexpr std::uint32_t kRecvfrom = 9u;
inline constexpr std::uint32_t kWrite = 10u;
inline constexpr std::uint32_t kWritev = 11u;
inline constexpr std::uint32_t kSend = 12u;
inline constexpr std::uint32_t kSendto = 13u;
inline constexpr std::uint32_t kClose = 14u;
inline constexpr std::uint32_t kShutdown = 15u;
inline constexpr std::uint32_t kFcntl = 16u;
inline constexpr std::uint32_t kPoll = 17u;
inline constexpr std::uint32_t kGetsockopt = 18u;
inline constexpr std::uint32_t kSetsockopt = 19u;
inline constexpr std::uint32_t kRecvmsg = 20u;
inline constexpr std::uint32_t kSendmsg = 21u;
inline constexpr std::uint32_t kIoctl = 22u;
inline constexpr std::uint32_t kEpollCreate = 23u;
inline constexpr std::uint32_t kEpollCtl = 24u;
inline constexpr std::uint32_t kEpollWait = 25u;
inline constexpr std::uint32_t kPipe = 26u;
inline constexpr std::uint32_t kSplice = 27u;
inline constexpr std::uint32_t kOpen = 28u;
inline constexpr std::uint32_t kSendfile = 29u;
inline constexpr std::uint32_t kCapSet = 30u;
inline constexpr std::uint32_t kStackTcpInfo = 64u;
}  // namespace call_op

namespace channel {
inline constexpr std::uint32_t kVersion = 0u;
inline constexpr std::uint32_t kCommandHead = 64u;
inline constexpr std::uint32_t kCommandTail = 128u;
inline constexpr std::uint32_t kEventHead = 192u;
inline constexpr std::uint32_t kEventTail = 256u;
inline constexpr std::uint32_t kHostDoorbell = 320u;
inline constexpr std::uint32_t kHostParked = 324u;
inline constexpr std::uint32_t kClientDoorbell = 384u;
inline constexpr std::uint32_t kClientParked = 388u;
inline constexpr std::uint32_t kHeartbeat = 448u;
inline constexpr std::uint32_t kInStack = 452u;
inline constexpr std::uint32_t kRings = 512u;
inline constexpr std::uint32_t kCommandSize = 262144u;
inline constexpr std::uint32_t kEventSize = 4194304u;
inline constexpr std::uint32_t kSize = 4456960u;
}  // namespace channel

namespace command_kind {
inline constexpr std::uint32_t kPad = 0u;
inline constexpr std::uint32_t kCall = 1u;
inline constexpr std::uint32_t kInject = 2u;
inline constexpr std::uint32_t kAdvance = 3u;
inline constexpr std::uint32_t kClose = 4u;
inline constexpr std::uint32_t kStart = 5u;
inline constexpr std::uint32_t kListSockets = 16u;
inline constexpr std::uint32_t kFault = 17u;
}  // namespace command_kind

namespace event_kind {
inline constexpr std::uint32_t kPad = 0u;
inline constexpr std::uint32_t kReturned = 1u;
inline constexpr std::uint32_t kBlocked = 2u;
inline constexpr std::uint32_t kInjected = 3u;
inline constexpr std::uint32_t kSniffed = 4u;
inline constexpr std::uint32_t kAdvanced = 5u;
inline constexpr std::uint32_t kClosed = 6u;
inline constexpr std::uint32_t kStarted = 7u;
inline constexpr std::uint32_t kRefused = 8u;
inline constexpr std::uint32_t kSocket = 16u;
inline constexpr std::uint32_t kListed = 17u;
inline constexpr std::uint32_t kFaultBegun = 18u;
}  // namespace event_kind

namespace fault {
inline constexpr std::uint32_t kKind = 0u;
inline constexpr std::uint32_t kDirection = 4u;
inline constexpr std::uint32_t kBurst = 8u;
inline constexpr std::uint32_t kSeed = 12u;
inline constexpr std::uint32_t kSkip = 16u;
inline constexpr std::uint32_t kCount = 24u;
inline constexpr std::uint32_t kProbability = 32u;
inline constexpr std::uint32_t kTimeUs = 40u;
inline constexpr std::uint32_t kAmount = 48u;
inline constexpr std::uint32_t kLimitUs = 56u;
inline constexpr std::uint32_t kMask = 64u;
inline constexpr std::uint32_t kRepair = 68u;
inline constexpr std::uint32_t kSize = 72u;
}  // namespace fault

namespace fault_kind {
inline constexpr std::uint32_t kPollinghang = 1u;
inline constexpr std::uint32_t kLinkdown = 2u;
inline constexpr std::uint32_t kLinkup = 3u;
inline constexpr std::uint32_t kRxring = 4u;
inline constexpr std::uint32_t kMbufpool = 5u;
inline constexpr std::uint32_t kDrop = 6u;
inline constexpr std::uint32_t kDuplicate = 7u;
inline constexpr std::uint32_t kReorder = 8u;
inline constexpr std::uint32_t kCorrupt = 9u;
inline constexpr std::uint32_t kDelay = 10u;
inline constexpr std::uint32_t kClockjump = 11u;
inline constexpr std::uint32_t kAllocfail = 12u;
inline constexpr std::uint32_t kClearfaults = 13u;
}  // namespace fault_kind

namespace flight {
inline constexpr std::uint32_t kKind = 4096u;
inline constexpr std::uint32_t kNumber = 4100u;
inline constexpr std::uint32_t kCode = 4104u;
inline constexpr std::uint32_t kEntry = 4108u;
inline constexpr std::uint32_t kOnHost = 4112u;
inline constexpr std::uint32_t kExactFirst = 4116u;
inline constexpr std::uint32_t kAddress = 4120u;
inline constexpr std::uint32_t kFrames = 4128u;
inline constexpr std::uint32_t kWords = 4132u;
inline constexpr std::uint32_t kMaps = 4136u;
inline constexpr std::uint32_t kPackets = 4140u;
inline constexpr std::uint32_t kFrameList = 4160u;
inline constexpr std::uint32_t kFrameRoom = 96u;
inline constexpr std::uint32_t kPacketSlots = 8192u;
inline constexpr std::uint32_t kSlots = 16u;
inline constexpr std::uint32_t kSlotSize = 512u;
inline constexpr std::uint32_t kPacketHead = 24u;
inline constexpr std::uint32_t kPacketRoom = 256u;
inline constexpr std::uint32_t kWordList = 16384u;
inline constexpr std::uint32_t kWordRoom = 49152u;
inline constexpr std::uint32_t kMapList = 65536u;
inline constexpr std::uint32_t kMapRoom = 65536u;
inline constexpr std::uint32_t kSize = 131072u;
}  // namespace flight

namespace flight_kind {
inline constexpr std::uint32_t kNone = 0u;
inline constexpr std::uint32_t kSignal = 1u;
inline constexpr std::uint32_t kExit = 2u;
inline constexpr std::uint32_t kWatched = 3u;
inline constexpr std::uint32_t kReport = 4u;
}  // namespace flight_kind
inline constexpr std::uint32_t kLayoutVersion = 6u;
inline constexpr std::uint32_t kProgressMagic = 1279545426u;

namespace progress {
inline constexpr std::uint32_t kMagic = 0u;
inline constexpr std::uint32_t kRunId = 4u;
inline constexpr std::uint32_t kEventIndex = 8u;
inline constexpr std::uint32_t kPhase = 12u;
inline constexpr std::uint32_t kTimeUs = 16u;
inline constexpr std::uint32_t kSize = 4096u;
}  // namespace progress

namespace record_head {
inline constexpr std::uint32_t kLength = 0u;
inline constexpr std::uint32_t kKind = 4u;
inline constexpr std::uint32_t kTimeUs = 8u;
inline constexpr std::uint32_t kPayload = 16u;
}  // namespace record_head

namespace run_phase {
inline constexpr std::uint32_t kIdle = 0u;
inline constexpr std::uint32_t kSetup = 1u;
inline constexpr std::uint32_t kInit = 2u;
inline constexpr std::uint32_t kEvents = 3u;
inline constexpr std::uint32_t kCleanup = 4u;
inline constexpr std::uint32_t kCode = 5u;
inline constexpr std::uint32_t kTeardown = 6u;
}  // namespace run_phase

namespace stack_entry {
inline constexpr std::uint32_t kNone = 0u;
inline constexpr std::uint32_t kInit = 1u;
inline constexpr std::uint32_t kPoll = 2u;
inline constexpr std::uint32_t kCall = 3u;
inline constexpr std::uint32_t kInspect = 4u;
inline constexpr std::uint32_t kShutdown = 5u;
}  // namespace stack_entry

}  // namespace lunadrill::layout
