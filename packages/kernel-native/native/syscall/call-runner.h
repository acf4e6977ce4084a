// Runs the system call that a call record describes and fills the record in. One runner per record; each is used by one
// thread at a time.
#pragma once
#include <atomic>
#include <cstdint>

#include "clock/run-clock.h"
#include "syscall/call-record.h"
#include "syscall/capabilities.h"
#include "syscall/descriptor-set.h"

namespace lunadrill {

class CallRunner {
 public:
  /// `record`: call::kSize octets, alive as long as the runner.
  CallRunner(std::uint8_t* record, const RunClock& clock, DescriptorSet* descriptors, Capabilities* capabilities);

  /// Reads and checks the record and makes room for its buffers. Throws LD_CALL for a record that makes no sense.
  void Prepare();
  /// Enters the kernel, then fills the record. `inside`, if given, is set to `mark` right before the call.
  void Execute(std::atomic<std::uint32_t>* inside = nullptr, std::uint32_t mark = 0) noexcept;

 private:
  std::int64_t Enter() noexcept;
  void KeepDescriptors(std::int64_t result) noexcept;

  CallRecord record_;
  const RunClock& clock_;
  DescriptorSet* const descriptors_;
  Capabilities* const capabilities_;
};

}  // namespace lunadrill
