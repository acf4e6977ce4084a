#include "port/frame-pool.h"

#include <rte_errno.h>
#include <rte_mbuf.h>

#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr unsigned kCache = 64;
constexpr std::size_t kEthernet = 14;

}  // namespace

rte_mempool* FramePool(const std::string& name, unsigned frames, std::size_t octets) {
  rte_mempool* pool = rte_mempool_lookup(name.c_str());
  if (pool != nullptr) return pool;
  pool = rte_pktmbuf_pool_create(name.c_str(), frames, kCache, 0,
                                 static_cast<std::uint16_t>(octets + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY);
  if (pool == nullptr) throw Failure("LD_PORT", "no memory for the frames", rte_errno, "rte_pktmbuf_pool_create");
  return pool;
}

std::size_t FrameRoom(std::size_t mtu) { return mtu + kEthernet <= 2048 ? 2048 : 9216; }

}  // namespace lunadrill
