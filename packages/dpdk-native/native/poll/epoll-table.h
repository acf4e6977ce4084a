// epoll(7) for a stack that has none: sets of descriptors, each with a list of those that are ready, in the order in
// which they became so. What happened to a descriptor is seen by comparing its readiness and its queue before and after
// each poll and each call, so that edges are told as Linux tells them. Host thread.
// Read first: luna_stack.h on `ready` and `list_sockets`; Linux's fs/eventpoll.c.
#pragma once
#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "luna_stack.h"
#include "poll/readiness.h"

namespace lunadrill {

class EpollTable {
 public:
  /// `readiness` outlives it.
  explicit EpollTable(const Readiness* readiness) : readiness_(readiness) {}
  EpollTable(const EpollTable&) = delete;
  EpollTable& operator=(const EpollTable&) = delete;

  /// Whether the descriptor is a set of this table; the stack's own numbers are smaller, those of files greater.
  bool Has(int fd) const { return sets_.count(fd) != 0; }
  // As the calls of these names; errors are negative errno numbers.
  int Create(int size);
  int Control(const struct ::luna_stack_v1& stack, int set, int op, int fd, const epoll_event& event);
  /// Never waits. The number of ready descriptors, `limit` at most; `first` is the first one's event.
  int Wait(const struct ::luna_stack_v1& stack, int set, int limit, epoll_event* first);
  /// poll(2)'s bits of a set.
  int Ready(const struct ::luna_stack_v1& stack, int set);
  /// fcntl(2)'s F_GETFL and F_SETFL of a set.
  int Flags(int set) const;
  void SetFlags(int set, int flags);
  /// The descriptor, a set or another, is closed: no set has it any more.
  void Forget(int fd);

  /// Whether any descriptor is in a set: then Look must be called after each poll of the stack and each call.
  bool watches() const { return !seen_.empty(); }
  /// Sees what has become ready, or more so, since the last look.
  void Look(const struct ::luna_stack_v1& stack);
  /// Something has happened to the descriptor that leaves no trace in its readiness.
  void Woken(int fd) { Wake(fd, kEverything); }

 private:
  struct Item {
    int fd;
    epoll_event event;
    bool listed;
  };
  struct Set {
    int flags = 0;            // O_NONBLOCK and its kin, without effect
    std::vector<Item> items;  // in the order in which they were asked for
    std::vector<int> ready;   // the descriptors of listed items
  };
  struct Seen {
    std::uint32_t bits;
    std::uint32_t queue;  // octets to read; of a listener, connections
  };

  Item* Find(Set& set, int fd);
  std::uint32_t Bits(const struct ::luna_stack_v1& stack, const Item& item);
  int Add(const struct ::luna_stack_v1& stack, int set, int fd, const epoll_event& event);
  void Arm(const struct ::luna_stack_v1& stack, int set, Item* item);
  void ListOverlooked(const struct ::luna_stack_v1& stack, Set& set);
  void Wake(int fd, std::uint32_t key);
  bool Loops(int into, int fd) const;
  int DepthBelow(int set, int into, int depth) const;
  int DepthAbove(int set) const;
  bool InAnySet(int fd) const;

  static void List(Set& set, Item* item);
  static void Unlist(Set& set, Item* item);

  const Readiness* const readiness_;
  static constexpr std::uint32_t kEverything = UINT32_MAX;
  static constexpr int kFirst = 1 << 20;
  int next_ = kFirst;
  std::map<int, Set> sets_;
  std::map<int, Seen> seen_;  // what is no set and in one
};

}  // namespace lunadrill
