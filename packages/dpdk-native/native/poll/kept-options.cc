#include "poll/kept-options.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstring>

namespace lunadrill {
namespace {

// sock_set_timeout(): 0 is for ever, a negative time none at all.
int ReadTimeout(const void* value, std::uint32_t length, double* us) {
  timeval given;
  if (length < sizeof given) return -EINVAL;
  std::memcpy(&given, value, sizeof given);
  if (given.tv_usec < 0 || given.tv_usec >= 1'000'000) return -EDOM;
  const double all = static_cast<double>(given.tv_sec) * 1e6 + static_cast<double>(given.tv_usec);
  *us = given.tv_sec < 0 ? 0 : all > 0 ? all : KeptOptions::kForever;
  return 0;
}

int Put(void* value, std::uint32_t* length, const void* what, std::size_t size) {
  *length = std::min(*length, static_cast<std::uint32_t>(size));
  if (*length > 0) std::memcpy(value, what, *length);
  return 0;
}

int PutTimeout(void* value, std::uint32_t* length, double us) {
  timeval kept = {};
  if (!std::isinf(us)) {
    kept.tv_sec = static_cast<time_t>(us / 1e6);
    kept.tv_usec = static_cast<suseconds_t>(us - static_cast<double>(kept.tv_sec) * 1e6);
  }
  return Put(value, length, &kept, sizeof kept);
}

}  // namespace

bool KeptOptions::Has(int level, int name) {
  return level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO || name == SO_RCVLOWAT);
}

const KeptOptions::Kept& KeptOptions::Of(int fd) const {
  static const Kept kUnset;
  const auto found = kept_.find(fd);
  return found == kept_.end() ? kUnset : found->second;
}

int KeptOptions::Get(int fd, int name, void* value, std::uint32_t* length) const {
  if (*length > INT_MAX) return -EINVAL;
  if (value == nullptr) return -EFAULT;
  if (name != SO_RCVLOWAT) return PutTimeout(value, length, name == SO_RCVTIMEO ? ReceiveUs(fd) : SendUs(fd));
  const auto low_water = static_cast<int>(LowWater(fd));
  return Put(value, length, &low_water, sizeof low_water);
}

int KeptOptions::Set(int fd, int name, const void* value, std::uint32_t length) {
  int number = 0;
  if (length < sizeof number || length > INT_MAX) return -EINVAL;
  if (value == nullptr) return -EFAULT;
  Kept& kept = kept_[fd];
  if (name != SO_RCVLOWAT) {
    return ReadTimeout(value, length, name == SO_RCVTIMEO ? &kept.receive_us : &kept.send_us);
  }
  std::memcpy(&number, value, sizeof number);
  kept.low_water = number < 0 ? INT_MAX : std::max<std::uint32_t>(static_cast<std::uint32_t>(number), 1);
  return 0;
}

void KeptOptions::Accepted(int listener, int fd) {
  const Kept kept = Of(listener);
  kept_[fd] = kept;
  kept_[fd].close_on_exec = false;
}

}  // namespace lunadrill
