#include "poll/epoll-table.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

namespace lunadrill {
namespace {

using Table = struct ::luna_stack_v1;

// Bits that say how to wait, not for what.
constexpr std::uint32_t kHow = EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE | EPOLLWAKEUP;

}  // namespace

int EpollTable::Create(int size) {
  if (size <= 0) return -EINVAL;
  sets_[next_];
  return next_++;
}

int EpollTable::Control(const Table& stack, int set, int op, int fd, const epoll_event& event) {
  const auto opened = [&](int each) { return Has(each) || stack.fcntl(each, F_GETFL, 0) >= 0; };
  if (!opened(set) || !opened(fd)) return -EBADF;
  if (!Has(set) || set == fd) return -EINVAL;
  std::vector<Interest>& interests = sets_[set];
  const auto found =
      std::find_if(interests.begin(), interests.end(), [fd](const Interest& each) { return each.fd == fd; });
  switch (op) {
    case EPOLL_CTL_ADD:
      if (found != interests.end()) return -EEXIST;
      interests.push_back({fd, event});
      return 0;
    case EPOLL_CTL_MOD:
      if (found == interests.end()) return -ENOENT;
      if ((event.events & EPOLLEXCLUSIVE) != 0) return -EINVAL;
      found->event = event;
      return 0;
    case EPOLL_CTL_DEL:
      if (found == interests.end()) return -ENOENT;
      interests.erase(found);
      return 0;
    default:
      return -EINVAL;
  }
}

// Errors and hang-ups are reported always, unless a one-shot has fired.
std::uint32_t EpollTable::Bits(const Table& stack, const Interest& interest) {
  const std::uint32_t wanted = interest.event.events & ~kHow;
  if (wanted == 0 && (interest.event.events & EPOLLONESHOT) != 0) return 0;
  const int ready = stack.ready(interest.fd);
  return ready < 0 ? 0 : static_cast<std::uint32_t>(ready) & (wanted | EPOLLERR | EPOLLHUP);
}

int EpollTable::Wait(const Table& stack, int set, int limit, epoll_event* first) {
  if (limit <= 0) return -EINVAL;
  if (!Has(set)) return stack.fcntl(set, F_GETFL, 0) < 0 ? -EBADF : -EINVAL;
  std::vector<Interest>& interests = sets_[set];
  std::vector<Interest> reported;
  for (auto each = interests.begin(); each != interests.end() && static_cast<int>(reported.size()) < limit;) {
    const std::uint32_t bits = Bits(stack, *each);
    if (bits == 0) {
      ++each;
      continue;
    }
    if (reported.empty()) {
      first->events = bits;
      first->data.u64 = each->event.data.u64;
    }
    if ((each->event.events & EPOLLONESHOT) != 0) each->event.events = EPOLLONESHOT;
    reported.push_back(*each);
    each = interests.erase(each);
  }
  interests.insert(interests.end(), reported.begin(), reported.end());
  return static_cast<int>(reported.size());
}

int EpollTable::Ready(const Table& stack, int set) const {
  const auto found = sets_.find(set);
  if (found == sets_.end()) return -EBADF;
  const bool any = std::any_of(found->second.begin(), found->second.end(),
                               [&](const Interest& each) { return Bits(stack, each) != 0; });
  return any ? EPOLLIN | EPOLLRDNORM : 0;
}

void EpollTable::Forget(int fd) {
  sets_.erase(fd);
  for (auto& [set, interests] : sets_) {
    interests.erase(
        std::remove_if(interests.begin(), interests.end(), [fd](const Interest& each) { return each.fd == fd; }),
        interests.end());
  }
}

}  // namespace lunadrill
