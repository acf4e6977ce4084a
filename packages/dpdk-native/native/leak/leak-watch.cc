#include "leak/leak-watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace lunadrill {
namespace {

constexpr int kLooks = 256;
constexpr std::size_t kShown = 16;

// What getdents64(2) writes.
struct Entry {
  std::uint64_t inode;
  std::int64_t next;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};
constexpr std::size_t kName = 19;

// A number of /proc/self/fd; -1 for `.` and `..`.
int NumberOf(const char* name) {
  int number = 0;
  for (; *name >= '0' && *name <= '9'; ++name) number = number * 10 + (*name - '0');
  return *name == '\0' ? number : -1;
}

std::size_t SlotOf(const std::uint8_t* data, std::size_t slots) {
  return (reinterpret_cast<std::uintptr_t>(data) >> 6) * 0x9e3779b97f4a7c15u >> 32 & (slots - 1);
}

}  // namespace

LeakWatch::LeakWatch()
    : folder_(::open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      looks_left_(kLooks),
      states_(kNumbers, State::kClosed),
      events_(kNumbers, kNoEvent),
      seen_(kNumbers),
      given_(kGiven) {
  EachOpen([this](std::size_t number) { states_[number] = State::kBefore; });
}

LeakWatch::~LeakWatch() {
  if (folder_ >= 0) ::close(folder_);
}

template <typename Visit>
void LeakWatch::EachOpen(Visit visit) {
  if (folder_ < 0 || ::lseek(folder_, 0, SEEK_SET) < 0) return;
  alignas(Entry) char room[8192];
  for (long got = ::syscall(SYS_getdents64, folder_, room, sizeof room); got > 0;
       got = ::syscall(SYS_getdents64, folder_, room, sizeof room)) {
    for (long at = 0; at < got;) {
      std::uint16_t length = 0;
      std::memcpy(&length, room + at + offsetof(Entry, length), sizeof length);
      const int number = NumberOf(room + at + kName);
      if (number >= 0 && static_cast<std::size_t>(number) < kNumbers) visit(static_cast<std::size_t>(number));
      at += length;
    }
  }
}

// Open addressing, and the newest of too many wins: a mbuf's data always begin at the same place.
void LeakWatch::Gave(const std::uint8_t* data, std::size_t length, std::uint32_t event) {
  std::size_t slot = SlotOf(data, kGiven);
  for (std::size_t tries = 0; tries < 16 && given_[slot].data != nullptr && given_[slot].data != data; ++tries) {
    slot = (slot + 1) & (kGiven - 1);
  }
  given_[slot] = {data, static_cast<std::uint32_t>(length), event};
}

const LeakWatch::Given* LeakWatch::FindGiven(const std::uint8_t* data) const {
  std::size_t slot = SlotOf(data, kGiven);
  for (std::size_t tries = 0; tries <= 16; ++tries, slot = (slot + 1) & (kGiven - 1)) {
    if (given_[slot].data == data) return &given_[slot];
  }
  return nullptr;
}

void LeakWatch::Look(std::uint32_t event) {
  if (looks_left_ == 0) return;
  --looks_left_;
  std::fill(seen_.begin(), seen_.end(), false);
  EachOpen([&](std::size_t number) {
    seen_[number] = true;
    if (states_[number] != State::kClosed) return;
    states_[number] = State::kNew;
    events_[number] = event;
  });
  for (std::size_t number = 0; number < kNumbers; ++number) {
    if (states_[number] == State::kNew && !seen_[number]) states_[number] = State::kClosed;
  }
}

void LeakWatch::Missing(rte_mempool* pool) {
  std::unordered_set<const void*> there;
  for (void* one = nullptr; rte_mempool_get(pool, &one) == 0;) there.insert(one);
  struct Visit {
    const std::unordered_set<const void*>* there;
    LeakWatch* watch;
  } context{&there, this};
  rte_mempool_obj_iter(
      pool,
      [](rte_mempool*, void* into, void* object, unsigned) {
        const auto* visit = static_cast<const Visit*>(into);
        LeakWatch* const watch = visit->watch;
        if (visit->there->count(object) != 0 || watch->frames_.size() == kShown) return;
        const auto* mbuf = static_cast<const rte_mbuf*>(object);
        const auto* start = static_cast<const std::uint8_t*>(mbuf->buf_addr) + RTE_PKTMBUF_HEADROOM;
        Frame frame{kNoEvent, {}};
        if (const Given* given = watch->FindGiven(start)) {
          frame.event = given->event;
          frame.octets.assign(start, start + given->length);
        } else if (mbuf->data_len > 0 && mbuf->data_off + mbuf->data_len <= mbuf->buf_len) {
          // One of the stack's own.
          const auto* data = static_cast<const std::uint8_t*>(mbuf->buf_addr) + mbuf->data_off;
          frame.octets.assign(data, data + mbuf->data_len);
        }
        watch->frames_.push_back(std::move(frame));
      },
      &context);
  for (const void* one : there) rte_mempool_put(pool, const_cast<void*>(one));
}

void LeakWatch::End() {
  looks_left_ = std::max(looks_left_, 1);
  Look(kNoEvent);
  for (std::size_t number = 0; number < kNumbers && descriptors_.size() < kShown; ++number) {
    if (states_[number] != State::kNew) continue;
    char target[256];
    const std::string link = "/proc/self/fd/" + std::to_string(number);
    const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
    if (length <= 0) continue;
    descriptors_.push_back(
        {static_cast<int>(number), events_[number], std::string(target, static_cast<std::size_t>(length))});
  }
}

}  // namespace lunadrill
