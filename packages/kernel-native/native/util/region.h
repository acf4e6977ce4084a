// Anonymous memory that grows on demand and never moves while a call uses it (the caller sees to that: each call runner
// has its own). Zeros are mapped read-only, so they stay one shared page of the kernel's however many are sent.
#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "util/failure.h"

namespace lunadrill {

class Region {
 public:
  explicit Region(int protection) : protection_(protection) {}
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  ~Region() { Unmap(); }

  /// At least `octets` of memory (never null).
  std::uint8_t* AtLeast(std::size_t octets) {
    if (octets > size_ || data_ == nullptr) {
      std::size_t size = kFirst;
      while (size < octets) size *= 2;
      void* fresh = ::mmap(nullptr, size, protection_, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
      if (fresh == MAP_FAILED) {
        throw Failure("LD_MEMORY", "no memory for a buffer of " + std::to_string(octets) + " octets", errno, "mmap");
      }
      Unmap();
      data_ = static_cast<std::uint8_t*>(fresh);
      size_ = size;
    }
    return data_;
  }

 private:
  static constexpr std::size_t kFirst = 65536;
  void Unmap() {
    if (data_ != nullptr) ::munmap(data_, size_);
    data_ = nullptr;
    size_ = 0;
  }
  int protection_;
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};
static_assert(!std::is_copy_constructible_v<Region>);

}  // namespace lunadrill
