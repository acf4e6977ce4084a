// Runs the system call that a call record describes (layout.h, namespace call) and fills the record's right column.
// One runner per record; each is used by one thread at a time. Payload: zeros out, whatever comes in is dropped.
#pragma once
#include <sys/uio.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "clock/run-clock.h"
#include "syscall/descriptor-set.h"
#include "util/region.h"

namespace lunadrill {

class CallRunner {
 public:
  /// `record`: call::kSize octets, alive as long as the runner.
  CallRunner(std::uint8_t* record, const RunClock& clock, DescriptorSet* descriptors);

  /// Reads and checks the record and makes room for its buffers. Throws LD_CALL for a record that makes no sense.
  void Prepare();
  /// Enters the kernel, then fills the record. `inside`, if given, is set to `mark` right before the call.
  void Execute(std::atomic<std::uint32_t>* inside = nullptr, std::uint32_t mark = 0) noexcept;

 private:
  std::int64_t Enter() noexcept;
  void PrepareVector(bool outgoing);
  void Finish(std::int64_t result) noexcept;
  template <typename Value>
  Value Get(std::size_t at) const;
  template <typename Value>
  void Put(std::size_t at, Value value);

  std::uint8_t* const record_;
  const RunClock& clock_;
  DescriptorSet* const descriptors_;
  Region zeros_;
  Region scratch_;
  Region options_;
  std::vector<iovec> vector_;

  std::uint32_t op_ = 0;
  int fd_ = -1;
  std::int32_t arg_[4] = {};
  std::uint32_t in_length_ = 0;
  std::uint32_t out_capacity_ = 0;
  std::uint8_t* buffer_ = nullptr;   // payload of this call; null where the script says so
  std::uint32_t option_length_ = 0;  // socklen_t in and out
};

}  // namespace lunadrill
