#include "channel/host-end.h"

#include <cstring>
#include <string>

#include "util/failure.h"

namespace lunadrill {
namespace {

namespace at = layout::channel;
namespace head = layout::record_head;

constexpr std::size_t kEvents = at::kRings + at::kCommandSize;
static_assert((at::kCommandSize & (at::kCommandSize - 1)) == 0 && (at::kEventSize & (at::kEventSize - 1)) == 0);

}  // namespace

HostEnd::HostEnd(std::uint8_t* memory)
    : memory_(memory),
      command_tail_(Word(at::kCommandTail).load(std::memory_order_relaxed)),
      event_head_(Word(at::kEventHead).load(std::memory_order_relaxed)) {
  const std::uint32_t version = Word(at::kVersion).load(std::memory_order_acquire);
  if (version != layout::kLayoutVersion) {
    throw Failure("LD_LAYOUT", "the channel has layout " + std::to_string(version) + ", the addon has " +
                                   std::to_string(layout::kLayoutVersion) + ": build both anew");
  }
}

bool HostEnd::HasCommand() const {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return Word(at::kCommandHead).load(std::memory_order_acquire) != command_tail_;
}

bool HostEnd::Next(Command* command) {
  for (;;) {
    const std::uint32_t available = Word(at::kCommandHead).load(std::memory_order_acquire) - command_tail_;
    if (available == 0) return false;
    const std::size_t position = command_tail_ & (at::kCommandSize - 1);
    const std::uint8_t* record = memory_ + at::kRings + position;
    std::uint32_t length = 0;
    std::memcpy(&length, record + head::kLength, sizeof length);
    std::memcpy(&command->kind, record + head::kKind, sizeof command->kind);
    const bool pad = command->kind == layout::command_kind::kPad;
    if (length % 8 != 0 || length < (pad ? 8 : head::kPayload) || length > available ||
        position + length > at::kCommandSize) {
      throw Failure("LD_CHANNEL", "a command record of " + std::to_string(length) + " octets makes no sense");
    }
    opened_ = length;
    if (pad) {
      Release();
      continue;
    }
    std::memcpy(&command->time_us, record + head::kTimeUs, sizeof command->time_us);
    command->payload = record + head::kPayload;
    command->length = length - head::kPayload;
    return true;
  }
}

void HostEnd::Release() {
  command_tail_ += static_cast<std::uint32_t>(opened_);
  opened_ = 0;
  Word(at::kCommandTail).store(command_tail_, std::memory_order_release);
}

std::size_t HostEnd::FreeOctets() const {
  return at::kEventSize - (event_head_ - Word(at::kEventTail).load(std::memory_order_acquire));
}

void HostEnd::PutHead(std::uint8_t* record, std::size_t length, std::uint32_t kind, double time_us) {
  const auto octets = static_cast<std::uint32_t>(length);
  std::memcpy(record + head::kLength, &octets, sizeof octets);
  std::memcpy(record + head::kKind, &kind, sizeof kind);
  // A pad of 8 octets has no more than that.
  if (length >= head::kPayload) std::memcpy(record + head::kTimeUs, &time_us, sizeof time_us);
}

std::uint8_t* HostEnd::Begin(std::uint32_t kind, double time_us, std::size_t octets, std::size_t reserve) {
  const std::size_t length = (head::kPayload + octets + 7) & ~std::size_t{7};
  const std::size_t left = at::kEventSize - (event_head_ & (at::kEventSize - 1));
  const std::size_t pad = length > left ? left : 0;
  if (FreeOctets() < pad + length + reserve) return nullptr;
  if (pad > 0) {
    PutHead(memory_ + kEvents + (event_head_ & (at::kEventSize - 1)), pad, layout::event_kind::kPad, 0);
    event_head_ += static_cast<std::uint32_t>(pad);
  }
  std::uint8_t* record = memory_ + kEvents + (event_head_ & (at::kEventSize - 1));
  std::memset(record + length - 8, 0, 8);
  PutHead(record, length, kind, time_us);
  event_head_ += static_cast<std::uint32_t>(length);
  return record + head::kPayload;
}

void HostEnd::Commit() {
  Word(at::kEventHead).store(event_head_, std::memory_order_release);
  committed_ = true;
}

void HostEnd::Say(std::uint32_t kind, double time_us) {
  if (Begin(kind, time_us, 0) != nullptr) Commit();
}

bool HostEnd::MustNotify() {
  if (!committed_) return false;
  committed_ = false;
  // Against the client's: announce that it parks, then look at the ring.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return Word(at::kClientParked).load(std::memory_order_relaxed) != 0;
}

void HostEnd::Beat() { Word(at::kHeartbeat).store(++beats_, std::memory_order_relaxed); }

std::uint32_t HostEnd::SetInStack(std::uint32_t entry) {
  const std::uint32_t before = in_stack_;
  in_stack_ = entry;
  Word(at::kInStack).store(entry, std::memory_order_relaxed);
  return before;
}

}  // namespace lunadrill
