#include "stack/packet-source.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "neighbour/gateway.h"
#include "poll/stack-clock.h"
#include "stack/quiet-thread.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

// Between two questions that the object has no answer to. Upstream asks without a pause.
constexpr useconds_t kPauseUs = 50;
// How long Stop waits for an object that does not sleep in netdev_receive for long.
constexpr std::int64_t kPatienceNs = 20'000'000;

}  // namespace

std::shared_ptr<PacketSource> PacketSource::Start(std::shared_ptr<ObjectTable> table, std::uint16_t port_id,
                                                  rte_mempool* pool, const std::uint8_t* mac) {
  std::shared_ptr<PacketSource> source(new PacketSource(std::move(table), port_id, pool, mac));
  StartQuietThread([source] { source->Run(); });
  return source;
}

PacketSource::PacketSource(std::shared_ptr<ObjectTable> table, std::uint16_t port_id, rte_mempool* pool,
                           const std::uint8_t* mac)
    : table_(std::move(table)), port_id_(port_id), pool_(pool) {
  std::copy_n(mac, sizeof mac_, mac_);
}

// Each store of a place is followed by a look at stop_, and Stop's other way round: one of the two sees the other.
void PacketSource::Run() {
  const packetdrill_interface& object = table_->functions;
  while (!stop_.load()) {
    place_.store(Place::kInObject);
    std::size_t octets = sizeof packet_;
    long long time_us = 0;
    const bool given = !stop_.load() && object.netdev_receive(table_->data(), packet_, &octets, &time_us) == 0;
    const std::int64_t sent_ns = given ? SentNs(time_us) : 0;
    place_.store(Place::kOutside);
    if (stop_.load()) break;
    if (given && octets > 0) {
      Give(octets, sent_ns);
      continue;
    }
    if (given) empty_.store(true, std::memory_order_relaxed);
    place_.store(Place::kInObject);
    if (!stop_.load()) object.usleep(table_->data(), kPauseUs);
    place_.store(Place::kOutside);
  }
  place_.store(Place::kEnded);
}

// By its age, so that it does not matter when the object's clock began.
std::int64_t PacketSource::SentNs(long long time_us) const {
  timeval now{};
  if (table_->functions.gettimeofday(table_->data(), &now, nullptr) < 0) return 0;
  const long long age_us = now.tv_sec * 1'000'000LL + now.tv_usec - time_us;
  return MonotonicNs() - std::max(age_us, 0LL) * 1000;
}

// In as many mbufs as it takes: an object's MTU is its own.
void PacketSource::Give(std::size_t octets, std::int64_t sent_ns) {
  const std::uint16_t type = packet_[0] >> 4 == 6 ? 0x86dd : 0x0800;
  std::uint8_t head[Gateway::kHeader];
  std::copy(Gateway::kOwnMac.begin(), Gateway::kOwnMac.end(), head);
  std::copy_n(mac_, sizeof mac_, head + 6);
  head[12] = static_cast<std::uint8_t>(type >> 8);
  head[13] = static_cast<std::uint8_t>(type);

  rte_mbuf* frame = nullptr;
  for (std::size_t done = 0; done < octets;) {
    rte_mbuf* part = rte_pktmbuf_alloc(pool_);
    if (part == nullptr) break;
    if (frame == nullptr) {
      frame = part;
      std::memcpy(rte_pktmbuf_append(part, sizeof head), head, sizeof head);
    } else if (rte_pktmbuf_chain(frame, part) != 0) {
      rte_pktmbuf_free(part);
      break;
    }
    const std::size_t count = std::min<std::size_t>(octets - done, rte_pktmbuf_tailroom(part));
    std::memcpy(rte_pktmbuf_append(frame, static_cast<std::uint16_t>(count)), packet_ + done, count);
    done += count;
  }
  if (frame == nullptr || frame->pkt_len != octets + sizeof head) {
    // Without memory it is lost, as on any wire.
    if (frame != nullptr) rte_pktmbuf_free(frame);
    return;
  }
  sent_time_.Set(frame, sent_ns);
  while (rte_eth_tx_burst(port_id_, 0, &frame, 1) != 1) {
    if (stop_.load()) {
      rte_pktmbuf_free(frame);
      return;
    }
    ::usleep(kPauseUs);
  }
}

bool PacketSource::Stop() {
  stop_.store(true);
  const std::int64_t until_ns = MonotonicNs() + kPatienceNs;
  for (;;) {
    const Place place = place_.load();
    if (place == Place::kEnded) return true;
    if (place == Place::kInObject && MonotonicNs() > until_ns) return false;
    ::usleep(kPauseUs);
  }
}

}  // namespace lunadrill
