// The link in memory: two cross-connected ports over two rings. It outlives a run: DPDK keeps rings and ports by name,
// so the next one of this process finds them again. Host thread. Read first: rte_eth_ring.h.
#pragma once
#include <rte_ring.h>

#include "port/link.h"

namespace lunadrill {

class RingLink : public Link {
 public:
  explicit RingLink(const Pools& pools);  // LD_PORT

  std::uint16_t stack_port() const override { return stack_port_; }
  std::uint16_t tester_port() const override { return tester_port_; }
  unsigned FramesForStack() const override { return rte_ring_count(to_stack_); }
  bool travels() const override { return false; }
  /// By the rings and not the ports: a stack may have stopped its own.
  void Drain() override;

 private:
  rte_ring* to_stack_;
  rte_ring* to_tester_;
  std::uint16_t stack_port_;
  std::uint16_t tester_port_;
};

}  // namespace lunadrill
