#include "poll/epoll-table.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace lunadrill {
namespace {

using Table = struct ::luna_stack_v1;

// Bits that say how to wait, not for what (EP_PRIVATE_BITS).
constexpr std::uint32_t kHow = EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE | EPOLLWAKEUP;
constexpr std::uint32_t kExclusiveMay =
    EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;
constexpr std::uint32_t kReadable = EPOLLIN | EPOLLRDNORM;
// Their wake-ups name no bit, so that they reach whoever waits for anything (sock_def_wakeup()).
constexpr std::uint32_t kNamesNone = EPOLLHUP | EPOLLRDHUP | EPOLLERR;
constexpr int kMostEvents = INT_MAX / static_cast<int>(sizeof(epoll_event));
// EP_MAX_NESTS
constexpr int kDeepest = 4;

// Errors and hang-ups are reported unasked.
epoll_event Always(epoll_event event) {
  event.events |= EPOLLERR | EPOLLHUP;
  return event;
}

}  // namespace

int EpollTable::Create(int size) {
  if (size <= 0) return -EINVAL;
  sets_[next_];
  return next_++;
}

// In do_epoll_ctl()'s order.
int EpollTable::Control(const Table& stack, int set, int op, int fd, const epoll_event& event) {
  const auto opened = [&](int each) { return Has(each) || readiness_->Opened(stack, each); };
  HostFiles& files = readiness_->files();
  if (!opened(set) || !opened(fd)) return -EBADF;
  if (files.Has(fd)) {
    if (const int error = files.Watch(fd); error < 0) return error;
  }
  if (!Has(set) || set == fd) return -EINVAL;
  const bool exclusive = op != EPOLL_CTL_DEL && (event.events & EPOLLEXCLUSIVE) != 0;
  if (exclusive && (op == EPOLL_CTL_MOD || Has(fd) || (event.events & ~kExclusiveMay) != 0)) return -EINVAL;
  if (op == EPOLL_CTL_ADD && Has(fd) && Loops(set, fd)) return -ELOOP;
  Set& into = sets_[set];
  Item* const item = Find(into, fd);
  switch (op) {
    case EPOLL_CTL_ADD:
      return item != nullptr ? -EEXIST : Add(stack, set, fd, event);
    case EPOLL_CTL_MOD:
      if (item == nullptr) return -ENOENT;
      if ((item->event.events & EPOLLEXCLUSIVE) != 0) return -EINVAL;
      item->event = Always(event);
      Arm(stack, set, item);
      return 0;
    case EPOLL_CTL_DEL:
      if (item == nullptr) return -ENOENT;
      Unlist(into, item);
      into.items.erase(into.items.begin() + (item - into.items.data()));
      if (!InAnySet(fd)) seen_.erase(fd);
      return 0;
    default:
      return -EINVAL;
  }
}

int EpollTable::Add(const Table& stack, int set, int fd, const epoll_event& event) {
  Set& into = sets_[set];
  into.items.push_back({fd, Always(event), false});
  into.ready.reserve(into.items.size());
  if (!Has(fd) && seen_.count(fd) == 0) {
    seen_[fd] = {0, 0};
    Look(stack);  // what was before is nobody's edge
  }
  Arm(stack, set, &into.items.back());
  return 0;
}

// What is ready already counts as having become so.
void EpollTable::Arm(const Table& stack, int set, Item* item) {
  if (item->listed || Bits(stack, *item) == 0) return;
  List(sets_[set], item);
  Wake(set, kReadable);
}

int EpollTable::Wait(const Table& stack, int set, int limit, epoll_event* first) {
  if (limit <= 0 || limit > kMostEvents) return -EINVAL;
  if (!Has(set)) return readiness_->Opened(stack, set) ? -EINVAL : -EBADF;
  Set& from = sets_[set];
  ListOverlooked(stack, from);
  int count = 0;
  // Each is asked once; level-triggered ones go to the end, those beyond the limit stay in front of them.
  for (std::size_t left = from.ready.size(), at = 0; left > 0 && count < limit; --left) {
    Item* const item = Find(from, from.ready[at]);
    const std::uint32_t bits = Bits(stack, *item);
    Unlist(from, item);
    if (bits == 0) continue;
    if (count++ == 0) {
      first->events = bits;
      first->data.u64 = item->event.data.u64;
    }
    if ((item->event.events & EPOLLONESHOT) != 0) {
      item->event.events &= kHow;
    } else if ((item->event.events & EPOLLET) == 0) {
      List(from, item);
    }
  }
  return count;
}

int EpollTable::Ready(const Table& stack, int set) {
  const auto found = sets_.find(set);
  if (found == sets_.end()) return -EBADF;
  Set& of = found->second;
  ListOverlooked(stack, of);
  while (!of.ready.empty()) {
    Item* const item = Find(of, of.ready.front());
    if (Bits(stack, *item) != 0) return static_cast<int>(kReadable);
    Unlist(of, item);
  }
  return 0;
}

int EpollTable::Flags(int set) const { return O_RDWR | sets_.at(set).flags; }

void EpollTable::SetFlags(int set, int flags) { sets_.at(set).flags = flags & (O_NONBLOCK | O_APPEND | O_ASYNC); }

void EpollTable::Forget(int fd) {
  sets_.erase(fd);
  seen_.erase(fd);
  for (auto& [number, set] : sets_) {
    Item* const item = Find(set, fd);
    if (item == nullptr) continue;
    Unlist(set, item);
    set.items.erase(set.items.begin() + (item - set.items.data()));
  }
  // Of a set that is gone.
  for (auto each = seen_.begin(); each != seen_.end();) {
    each = InAnySet(each->first) ? std::next(each) : seen_.erase(each);
  }
}

void EpollTable::Look(const Table& stack) {
  if (seen_.empty()) return;
  struct Queues {
    std::map<int, Seen>* seen;
    std::vector<int> grown;
  } queues = {&seen_, {}};
  const auto visit = [](void* into, const luna_socket_info* info) {
    auto* of = static_cast<Queues*>(into);
    const auto found = of->seen->find(info->fd);
    if (found == of->seen->end()) return;
    if (info->recvq > found->second.queue) of->grown.push_back(info->fd);
    found->second.queue = info->recvq;
  };
  stack.list_sockets(visit, &queues);
  for (auto& [fd, seen] : seen_) {
    if (readiness_->files().Has(fd)) {
      if (const std::uint32_t edge = readiness_->files().Edge(fd); edge != 0) Wake(fd, edge);
      continue;
    }
    const int now = readiness_->Bits(stack, fd);
    const std::uint32_t bits = now < 0 ? 0 : static_cast<std::uint32_t>(now);
    const std::uint32_t fresh = bits & ~seen.bits;
    seen.bits = bits;
    const bool grown = std::find(queues.grown.begin(), queues.grown.end(), fd) != queues.grown.end();
    const std::uint32_t key = (fresh & kNamesNone) != 0 ? kEverything : fresh | (grown ? kReadable : 0);
    if (key != 0) Wake(fd, key);
  }
}

// ep_poll_callback(): whoever waits for a bit of the key is listed, and the set is readable then.
void EpollTable::Wake(int fd, std::uint32_t key) {
  for (auto& [number, set] : sets_) {
    Item* const item = Find(set, fd);
    if (item == nullptr || (item->event.events & ~kHow) == 0) continue;
    if ((key & item->event.events) == 0) continue;
    List(set, item);
    Wake(number, kReadable);
  }
}

EpollTable::Item* EpollTable::Find(Set& set, int fd) {
  const auto found = std::find_if(set.items.begin(), set.items.end(), [fd](const Item& each) { return each.fd == fd; });
  return found == set.items.end() ? nullptr : &*found;
}

// Nothing where a one-shot has fired.
std::uint32_t EpollTable::Bits(const Table& stack, const Item& item) {
  const std::uint32_t wanted = item.event.events & ~kHow;
  if (wanted == 0) return 0;
  const int ready = Has(item.fd) ? Ready(stack, item.fd) : readiness_->Bits(stack, item.fd);
  return ready < 0 ? 0 : static_cast<std::uint32_t>(ready) & wanted;
}

// A level is told whether its rise was seen or not.
void EpollTable::ListOverlooked(const Table& stack, Set& set) {
  for (Item& item : set.items) {
    if (!item.listed && (item.event.events & EPOLLET) == 0 && Bits(stack, item) != 0) List(set, &item);
  }
}

void EpollTable::List(Set& set, Item* item) {
  if (item->listed) return;
  item->listed = true;
  set.ready.push_back(item->fd);
}

void EpollTable::Unlist(Set& set, Item* item) {
  if (!item->listed) return;
  item->listed = false;
  set.ready.erase(std::find(set.ready.begin(), set.ready.end(), item->fd));
}

bool EpollTable::InAnySet(int fd) const {
  return std::any_of(sets_.begin(), sets_.end(), [fd](const auto& set) {
    const auto& items = set.second.items;
    return std::any_of(items.begin(), items.end(), [fd](const Item& each) { return each.fd == fd; });
  });
}

// ep_loop_check(): a set that would hold itself, or more than four levels.
bool EpollTable::Loops(int into, int fd) const { return DepthBelow(fd, into, 0) + 1 + DepthAbove(into) > kDeepest; }

int EpollTable::DepthBelow(int set, int into, int depth) const {
  int deepest = 0;
  for (const Item& item : sets_.at(set).items) {
    if (!Has(item.fd)) continue;
    if (item.fd == into || depth > kDeepest) return kDeepest + 1;
    deepest = std::max(deepest, DepthBelow(item.fd, into, depth + 1) + 1);
  }
  return deepest;
}

int EpollTable::DepthAbove(int set) const {
  int highest = 0;
  for (const auto& [number, above] : sets_) {
    const bool holds =
        std::any_of(above.items.begin(), above.items.end(), [set](const Item& each) { return each.fd == set; });
    if (holds) highest = std::max(highest, DepthAbove(number) + 1);
  }
  return highest;
}

}  // namespace lunadrill
