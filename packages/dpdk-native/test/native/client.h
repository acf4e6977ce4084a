// The client's end of a channel for the tests of the rooms: plain steps, one thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "lunadrill/layout.h"

namespace lunadrill {

class Client {
 public:
  explicit Client(std::uint8_t* memory) : memory_(memory) {
    Word(layout::channel::kVersion).store(layout::kLayoutVersion);
  }

  struct Event {
    std::uint32_t kind;
    double time_us;
    std::vector<std::uint8_t> payload;
  };

  /// False where the ring is full.
  bool Give(std::uint32_t kind, double time_us, const std::vector<std::uint8_t>& payload = {}) {
    const auto length = static_cast<std::uint32_t>((layout::record_head::kPayload + payload.size() + 7) & ~7u);
    const std::uint32_t size = layout::channel::kCommandSize;
    std::uint32_t head = Word(layout::channel::kCommandHead).load(std::memory_order_relaxed);
    const std::uint32_t left = size - (head & (size - 1));
    const std::uint32_t pad = length > left ? left : 0;
    const std::uint32_t used = head - Word(layout::channel::kCommandTail).load(std::memory_order_acquire);
    if (used + pad + length > size) return false;
    if (pad > 0) {
      const std::uint32_t head_of_pad[2] = {pad, layout::command_kind::kPad};
      std::memcpy(memory_ + layout::channel::kRings + (head & (size - 1)), head_of_pad, sizeof head_of_pad);
      head += pad;
    }
    std::uint8_t* record = memory_ + layout::channel::kRings + (head & (size - 1));
    std::memcpy(record, &length, sizeof length);
    std::memcpy(record + 4, &kind, sizeof kind);
    std::memcpy(record + 8, &time_us, sizeof time_us);
    if (!payload.empty()) std::memcpy(record + 16, payload.data(), payload.size());
    Word(layout::channel::kCommandHead).store(head + length, std::memory_order_release);
    return true;
  }

  bool Take(Event* event) {
    const std::uint32_t size = layout::channel::kEventSize;
    for (;;) {
      const std::uint32_t tail = Word(layout::channel::kEventTail).load(std::memory_order_relaxed);
      if (Word(layout::channel::kEventHead).load(std::memory_order_acquire) == tail) return false;
      const std::uint8_t* record =
          memory_ + layout::channel::kRings + layout::channel::kCommandSize + (tail & (size - 1));
      std::uint32_t length = 0;
      std::memcpy(&length, record, sizeof length);
      std::memcpy(&event->kind, record + 4, sizeof event->kind);
      if ((tail & (size - 1)) + length > size || length % 8 != 0 || length == 0) std::abort();
      if (event->kind != layout::event_kind::kPad) {
        std::memcpy(&event->time_us, record + 8, sizeof event->time_us);
        event->payload.assign(record + 16, record + length);
      }
      Word(layout::channel::kEventTail).store(tail + length, std::memory_order_release);
      if (event->kind != layout::event_kind::kPad) return true;
    }
  }

 private:
  std::atomic<std::uint32_t>& Word(std::size_t offset) {
    return *reinterpret_cast<std::atomic<std::uint32_t>*>(memory_ + offset);
  }
  std::uint8_t* const memory_;
};

}  // namespace lunadrill
