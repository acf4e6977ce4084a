#include "syscall/capabilities.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lunadrill {
namespace {

struct Sets {
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> words{};

  bool Read() { return ::syscall(SYS_capget, &head, words.data()) == 0; }
  bool Write() { return ::syscall(SYS_capset, &head, words.data()) == 0; }
};

}  // namespace

Capabilities::Capabilities() : thread_(::gettid()) {}

int Capabilities::Change(std::int32_t capability, bool add) noexcept {
  Sets sets;
  if (!sets.Read()) return -1;
  if (::gettid() == thread_ && !changed_) {
    for (std::size_t i = 0; i < effective_.size(); ++i) effective_[i] = sets.words[i].effective;
    changed_ = true;
  }
  if (capability >= 0 && capability < 32 * static_cast<std::int32_t>(sets.words.size())) {
    std::uint32_t& word = sets.words[static_cast<std::size_t>(capability) / 32].effective;
    const std::uint32_t bit = std::uint32_t{1} << (capability % 32);
    word = add ? word | bit : word & ~bit;
  }
  return sets.Write() ? 0 : -1;
}

void Capabilities::Restore() noexcept {
  Sets sets;
  if (!changed_ || !sets.Read()) return;
  for (std::size_t i = 0; i < effective_.size(); ++i) sets.words[i].effective = effective_[i];
  sets.Write();
}

}  // namespace lunadrill
