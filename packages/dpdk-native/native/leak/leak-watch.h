// What a stack has not given back when its instance has ended: mbufs, and descriptors of the process. Tells at which of
// the script's events each came into its hands. Host thread. Read first: rte_mempool.h; proc(5), /proc/PID/fd.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

struct rte_mbuf;
struct rte_mempool;

namespace lunadrill {

class LeakWatch {
 public:
  /// An event's index in the script; this one where it is not known, or none had begun.
  static constexpr std::uint32_t kNoEvent = UINT32_MAX;

  struct Frame {
    std::uint32_t event;
    std::vector<std::uint8_t> octets;  // from the header of the link on
  };
  struct Descriptor {
    int number;
    std::uint32_t event;
    std::string target;  // as readlink(2) has it: `/dev/null`, `socket:[123]`
  };

  /// Before the stack is loaded: what is open now is not the stack's.
  LeakWatch();
  LeakWatch(const LeakWatch&) = delete;
  LeakWatch& operator=(const LeakWatch&) = delete;
  ~LeakWatch();

  /// A frame is given to the stack at `event`: `data` is where it begins in its mbuf.
  void Gave(const std::uint8_t* data, std::size_t length, std::uint32_t event);
  /// Looks for descriptors that are new since the last look: they came at `event`. Does nothing after some hundred
  /// times, so that long scripts do not pay for it.
  void Look(std::uint32_t event);

  /// After the end of the instance, of a pool that frames are missing in: remembers the first of them.
  void Missing(rte_mempool* pool);
  /// After the object has left.
  void End();

  const std::vector<Frame>& frames() const { return frames_; }
  /// What is open and was not; other threads of the process may have opened it as well.
  const std::vector<Descriptor>& descriptors() const { return descriptors_; }

 private:
  static constexpr std::size_t kNumbers = 4096;
  static constexpr std::size_t kGiven = 4096;  // a power of two above the number of frames in the pools

  struct Given {
    const std::uint8_t* data = nullptr;
    std::uint32_t length = 0;
    std::uint32_t event = kNoEvent;
  };
  enum class State : std::uint8_t { kClosed, kBefore, kNew };

  template <typename Visit>
  void EachOpen(Visit visit);
  const Given* FindGiven(const std::uint8_t* data) const;

  int folder_;  // /proc/self/fd
  int looks_left_;
  std::vector<State> states_;
  std::vector<std::uint32_t> events_;
  std::vector<bool> seen_;
  std::vector<Given> given_;
  std::vector<Frame> frames_;
  std::vector<Descriptor> descriptors_;
};
static_assert(!std::is_copy_constructible_v<LeakWatch>);

}  // namespace lunadrill
