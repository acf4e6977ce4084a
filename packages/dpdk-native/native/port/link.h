// What a wire runs over: two DPDK ports that are joined somehow, one for the stack, one for the tester. One file per
// kind. Host thread. Read first: port-choice.h, docs/ports.md.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "port/port-choice.h"

struct rte_mempool;

namespace lunadrill {

class Capture;

class Link {
 public:
  struct Pools {
    /// What the stack sends from, and receives into.
    rte_mempool* stack;
    rte_mempool* tester;
  };

  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() = default;

  virtual std::uint16_t stack_port() const = 0;
  virtual std::uint16_t tester_port() const = 0;
  /// How many frames wait for the stack; 0 where that cannot be known.
  virtual unsigned FramesForStack() const { return 0; }
  /// Whether frames travel by themselves, in time that nobody here can stop: then FramesForStack knows nothing, and the
  /// stack has to be polled to see them.
  virtual bool travels() const { return true; }
  /// Captures beside the link; null where there are none.
  virtual Capture* capture() { return nullptr; }
  /// The child process that carries the frames; 0: there is none.
  virtual pid_t carrier() const { return 0; }
  /// Drops what is under way in memory.
  virtual void Drain() {}
};
static_assert(!std::is_copy_constructible_v<Link>);

/// `mtu`: of the IP packets that the link is to carry. LD_PORT, LD_NETNS…: see docs/errors.md.
std::unique_ptr<Link> MakeLink(const PortChoice& choice, std::uint16_t mtu, const Link::Pools& pools);

}  // namespace lunadrill
