#include "port/tap-end.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_pause.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "poll/stack-clock.h"
#include "port/frame-pool.h"
#include "port/tap-device.h"
#include "util/descriptor.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

// Scripts call it so: TUN's is.
constexpr char kInterface[] = "tun0";
constexpr unsigned kFrames = 511;
constexpr std::size_t kRoom = 9216;
constexpr std::size_t kEthernet = 14;
constexpr std::uint8_t kTester[] = {0x02, 0x4c, 0x44, 0, 0, 0x01};
// Frames that wait in the kernel for Sniff: more than any script sends before it looks.
constexpr int kQueue = 8192;
// Between the moment that the kernel tells of and the frame's arrival in the port's queue.
constexpr std::int64_t kUnderWayNs = 50'000'000;

bool IsIp(const std::uint8_t* frame) {
  const unsigned type = frame[12] << 8 | frame[13];
  return type == 0x0800 || type == 0x86dd;
}

// The driver asks the kernel to cut segments and to fill checksums in, TUN (tun/tun-device.cc) not to. That is the
// interface's, whichever of its queues it is said to: here to another one, which is closed at once.
void KeepSegmentsWhole() {
  const Descriptor queue(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  ifreq request{};
  std::memcpy(request.ifr_name, kInterface, sizeof kInterface);
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE;
  if (::ioctl(queue.get(), TUNSETIFF, &request) != 0 ||
      ::ioctl(queue.get(), TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN) != 0) {
    throw Failure("LD_TUN", "cannot set offloads of tun0", errno, "TUNSETOFFLOAD");
  }
}

void LengthenQueue() {
  const Descriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::memcpy(request.ifr_name, kInterface, sizeof kInterface);
  request.ifr_qlen = kQueue;
  // Refused, it has the driver's own length.
  [[maybe_unused]] const int refused = ::ioctl(any.get(), SIOCSIFTXQLEN, &request);
}

}  // namespace

TapEnd::TapEnd(std::uint16_t mtu)
    : mtu_(mtu),
      pool_(FramePool("luna_kernel", kFrames, kRoom)),
      device_(PlugTap(kInterface, mtu, {pool_})),
      index_(static_cast<int>(::if_nametoindex(kInterface))),
      stamps_(index_) {
  KeepSegmentsWhole();
  LengthenQueue();
  rte_ether_addr own{};
  rte_eth_macaddr_get(device_.port(), &own);
  std::memcpy(head_, own.addr_bytes, sizeof own.addr_bytes);
  std::memcpy(head_ + sizeof own.addr_bytes, kTester, sizeof kTester);
}

TapEnd::~TapEnd() { Drop(waiting_); }

void TapEnd::Inject(const std::uint8_t* packet, std::size_t length) {
  const unsigned version = length >= 20 ? packet[0] >> 4 : 0;
  if (version != 4 && version != 6) throw Failure("LD_INJECT", "this is no IP packet that fits into a frame");
  if (length > mtu_) {
    throw Failure("LD_INJECT",
                  "the packet is longer than this port's MTU (longer ones travel over TUN, without --port)");
  }
  rte_mbuf* frame = rte_pktmbuf_alloc(pool_);
  if (frame == nullptr) throw Failure("LD_PORT", "no memory for a frame");
  auto* octets =
      reinterpret_cast<std::uint8_t*>(rte_pktmbuf_append(frame, static_cast<std::uint16_t>(kEthernet + length)));
  std::memcpy(octets, head_, 12);
  octets[12] = version == 4 ? 0x08 : 0x86;
  octets[13] = version == 4 ? 0x00 : 0xdd;
  std::memcpy(octets + kEthernet, packet, length);
  if (rte_eth_tx_burst(device_.port(), 0, &frame, 1) == 1) return;
  rte_pktmbuf_free(frame);
  throw Failure("LD_PORT", "DPDK's net_tap does not take a frame");
}

std::size_t TapEnd::Sniff(std::uint8_t* into, std::int64_t deadline_ns) {
  for (;;) {
    const PacketSocket::Packet sent = stamps_.Next(sent_, sizeof sent_, deadline_ns, -1);
    if (sent.length == 0) return 0;
    const std::size_t length = Take(sent.length, into);
    if (length == 0) continue;
    sniffed_at_ns_ = sent.monotonic_ns;
    return length;
  }
}

// Of what the kernel's queue had no room for, the port knows nothing; of what was sent before the packet socket was
// there, the kernel has said nothing.
std::size_t TapEnd::Take(std::size_t length, std::uint8_t* into) {
  const std::int64_t give_up_ns = MonotonicNs() + kUnderWayNs;
  for (std::size_t at = 0;; ++at) {
    while (at == waiting_) {
      if (MonotonicNs() > give_up_ns) return 0;
      if (waiting_ == kWaiting) {
        Drop(1);
        at = waiting_;
      }
      waiting_ += rte_eth_rx_burst(device_.port(), 0, received_ + waiting_, 1);
      rte_pause();
    }
    if (!IsSent(received_[at], length)) continue;
    Drop(at + 1);
    if (length <= kEthernet || !IsIp(sent_)) return 0;
    std::memcpy(into, sent_ + kEthernet, length - kEthernet);
    return length - kEthernet;
  }
}

bool TapEnd::IsSent(rte_mbuf* frame, std::size_t length) {
  if (frame->pkt_len != length) return false;
  std::uint8_t in_one_piece[kLongest];
  const void* octets = rte_pktmbuf_read(frame, 0, static_cast<std::uint32_t>(length), in_one_piece);
  return std::memcmp(octets, sent_, length) == 0;
}

void TapEnd::Drop(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) rte_pktmbuf_free(received_[i]);
  waiting_ -= count;
  std::memmove(received_, received_ + count, waiting_ * sizeof received_[0]);
}

}  // namespace lunadrill
