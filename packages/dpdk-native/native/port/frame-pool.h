// Pools of frames, which DPDK keeps by name: the next one who asks in this process finds the same.
#pragma once
#include <cstddef>
#include <string>

struct rte_mempool;

namespace lunadrill {

/// `octets` is a frame's room. LD_PORT.
rte_mempool* FramePool(const std::string& name, unsigned frames, std::size_t octets);

/// Room for the frames of an MTU: the fewest classes, so that pools are shared by most runs.
std::size_t FrameRoom(std::size_t mtu);

}  // namespace lunadrill
