// What cap_set() changes: the effective capabilities of the calling thread. The run's end gives back what its own
// thread had, since that thread serves further runs. Read first: capget(2); 3-calls.md 3.8.
#pragma once
#include <sys/types.h>

#include <array>
#include <cstdint>

namespace lunadrill {

class Capabilities {
 public:
  /// Belongs to the thread that constructs it.
  Capabilities();
  Capabilities(const Capabilities&) = delete;
  Capabilities& operator=(const Capabilities&) = delete;
  ~Capabilities() { Restore(); }

  /// Adds or takes away one of the calling thread's. 0, or -1 with errno. A number that is no capability's changes
  /// nothing.
  int Change(std::int32_t capability, bool add) noexcept;

 private:
  void Restore() noexcept;

  const pid_t thread_;
  bool changed_ = false;
  std::array<std::uint32_t, 2> effective_{};  // of thread_, before its first change
};

}  // namespace lunadrill
