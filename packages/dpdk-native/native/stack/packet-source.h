// The thread in netdev_receive: each packet that it gives becomes a frame on the stack's port, with the moment at which
// the object says that it was sent. Waits where the wire is full; nothing is lost. It lives as long as netdev_receive
// keeps it, and touches nothing but the object any more once it has been told to stop.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

#include "port/sent-time.h"
#include "stack/object-table.h"

struct rte_mempool;

namespace lunadrill {

class PacketSource {
 public:
  /// Starts the thread. LD_THREAD. `mac`: what the frames come from.
  static std::shared_ptr<PacketSource> Start(std::shared_ptr<ObjectTable> table, std::uint16_t port_id,
                                             rte_mempool* pool, const std::uint8_t* mac);
  PacketSource(const PacketSource&) = delete;
  PacketSource& operator=(const PacketSource&) = delete;

  /// From its return on the thread uses neither port nor pool. Waits a little for it to come out of the object, and
  /// says whether it has.
  bool Stop();
  /// Whether it has been given a packet without octets.
  bool empty_packet() const { return empty_.load(std::memory_order_relaxed); }

 private:
  enum class Place { kOutside, kInObject, kEnded };

  PacketSource(std::shared_ptr<ObjectTable> table, std::uint16_t port_id, rte_mempool* pool, const std::uint8_t* mac);
  void Run();
  void Give(std::size_t octets, std::int64_t sent_ns);
  std::int64_t SentNs(long long time_us) const;

  const std::shared_ptr<ObjectTable> table_;
  const std::uint16_t port_id_;
  rte_mempool* const pool_;
  const SentTime sent_time_;
  std::uint8_t mac_[6];
  std::atomic<bool> stop_{false};
  std::atomic<Place> place_{Place::kOutside};
  std::atomic<bool> empty_{false};
  std::uint8_t packet_[65536];
};
static_assert(!std::is_copy_constructible_v<PacketSource>);

}  // namespace lunadrill
