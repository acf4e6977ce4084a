// epoll(7) for a stack that has none: sets of descriptors, asked for their readiness when somebody waits.
// Level-triggered and one-shot; what became ready between two looks leaves no trace, so edges are not seen. Host
// thread. Read first: luna_stack.h on `ready`.
#pragma once
#include <sys/epoll.h>

#include <cstdint>
#include <map>
#include <vector>

#include "luna_stack.h"

namespace lunadrill {

class EpollTable {
 public:
  EpollTable() = default;
  EpollTable(const EpollTable&) = delete;
  EpollTable& operator=(const EpollTable&) = delete;

  /// Whether the descriptor is a set of this table; the stack's own numbers are smaller.
  bool Has(int fd) const { return sets_.count(fd) != 0; }
  // As the calls of these names; errors are negative errno numbers.
  int Create(int size);
  int Control(const struct ::luna_stack_v1& stack, int set, int op, int fd, const epoll_event& event);
  /// Never waits. The number of ready descriptors, `limit` at most; `first` is the first one's event.
  int Wait(const struct ::luna_stack_v1& stack, int set, int limit, epoll_event* first);
  /// poll(2)'s bits of a set.
  int Ready(const struct ::luna_stack_v1& stack, int set) const;
  /// The descriptor, a set or the stack's, is closed: no set has it any more.
  void Forget(int fd);

 private:
  struct Interest {
    int fd;
    epoll_event event;
  };
  static std::uint32_t Bits(const struct ::luna_stack_v1& stack, const Interest& interest);

  static constexpr int kFirst = 1 << 20;
  int next_ = kFirst;
  // Each in the order in which it was asked for; those that were reported go to the end.
  std::map<int, std::vector<Interest>> sets_;
};

}  // namespace lunadrill
