#include "tun/tun-device.h"

#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <string>

#include "clock/run-clock.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr char kPath[] = "/dev/net/tun";
constexpr char kName[] = "tun0";
constexpr std::int64_t kDrainNs = 50'000'000;

// virtio_net_hdr and its constants: linux/virtio_net.h of Debian 12 does not compile as C++ (a field called class).
struct VirtioNetHead {
  std::uint8_t flags;
  std::uint8_t gso_type;
  std::uint16_t hdr_len;
  std::uint16_t gso_size;
  std::uint16_t csum_start;
  std::uint16_t csum_offset;
};
static_assert(sizeof(VirtioNetHead) == 10);
constexpr std::uint8_t kGsoTcpV4 = 1;
constexpr std::uint8_t kGsoTcpV6 = 4;

[[noreturn]] void RefuseOpen(int error, const char* call) {
  if (error == ENOENT || error == ENODEV || error == ENXIO) {
    throw Failure("LD_TUN_MISSING",
                  "no /dev/net/tun: load it with 'modprobe tun', or make it with 'mkdir -p /dev/net && mknod -m 0666 "
                  "/dev/net/tun c 10 200'",
                  error, call);
  }
  if (error == EACCES || error == EPERM) {
    throw Failure("LD_TUN_PERMISSION",
                  "no permission for /dev/net/tun: 'chmod 0666 /dev/net/tun' as root, or run as root", error, call);
  }
  throw Failure("LD_TUN", "no TUN device", error, call);
}

bool IsTcp(const std::uint8_t* packet, std::size_t length) {
  if (length >= 20 && packet[0] >> 4 == 4) return packet[9] == IPPROTO_TCP;
  return length >= 40 && packet[0] >> 4 == 6 && packet[6] == IPPROTO_TCP;
}

}  // namespace

TunDevice::TunDevice(std::uint16_t gso_size, std::uint32_t speed_mbps)
    : file_(::open(kPath, O_RDWR | O_NONBLOCK | O_CLOEXEC)), gso_size_(gso_size) {
  if (!file_.open()) RefuseOpen(errno, "open");
  ifreq request{};
  std::copy(std::begin(kName), std::end(kName), request.ifr_name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
  if (::ioctl(file_.get(), TUNSETIFF, &request) != 0) RefuseOpen(errno, "TUNSETIFF");
  if (::ioctl(file_.get(), TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN) != 0) {
    throw Failure("LD_TUN", "cannot set offloads of tun0", errno, "TUNSETOFFLOAD");
  }
  index_ = static_cast<int>(::if_nametoindex(kName));
  if (index_ == 0) throw Failure("LD_TUN", "tun0 has no index", errno, "if_nametoindex");
  if (speed_mbps != 0) SetSpeed(speed_mbps);
}

TunDevice::~TunDevice() { ::ioctl(file_.get(), TUNSETPERSIST, 1); }

// What `ethtool -s tun0 speed N autoneg off` does. The older request is enough: a TUN device stores what it is given.
void TunDevice::SetSpeed(std::uint32_t mbps) {
  const Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ethtool_cmd settings{};
  settings.cmd = ETHTOOL_GSET;
  ifreq request{};
  std::copy(std::begin(kName), std::end(kName), request.ifr_name);
  request.ifr_data = reinterpret_cast<char*>(&settings);
  if (::ioctl(control.get(), SIOCETHTOOL, &request) == 0) {
    settings.cmd = ETHTOOL_SSET;
    settings.autoneg = AUTONEG_DISABLE;
    ethtool_cmd_speed_set(&settings, mbps);
    if (::ioctl(control.get(), SIOCETHTOOL, &request) == 0) return;
  }
  throw Failure("LD_TUN", "cannot set the speed of tun0 to " + std::to_string(mbps) + " Mbit/s", errno, "SIOCETHTOOL");
}

void TunDevice::Inject(const std::uint8_t* packet, std::size_t length) {
  VirtioNetHead head{};
  if (gso_size_ != 0 && IsTcp(packet, length)) {
    head.gso_type = packet[0] >> 4 == 6 ? kGsoTcpV6 : kGsoTcpV4;
    head.gso_size = gso_size_;
  }
  const iovec parts[] = {{&head, sizeof head}, {const_cast<std::uint8_t*>(packet), length}};
  ssize_t written = 0;
  do {
    written = ::writev(file_.get(), parts, 2);
  } while (written < 0 && errno == EINTR);
  if (written < 0) {
    throw Failure("LD_TUN_WRITE", "cannot inject a packet of " + std::to_string(length) + " octets", errno, "writev");
  }
}

void TunDevice::Rehearse() {
  std::uint8_t short_head[4] = {};
  const iovec parts[] = {{short_head, 2}, {short_head + 2, 2}};
  [[maybe_unused]] const ssize_t refused = ::writev(file_.get(), parts, 2);
}

void TunDevice::Drain(std::uint64_t count) {
  const std::int64_t give_up = ClockNs(CLOCK_MONOTONIC) + kDrainNs;
  std::uint8_t start[sizeof(VirtioNetHead) + 1];  // the rest of the packet is dropped
  while (count > 0) {
    if (::read(file_.get(), start, sizeof start) >= 0) {
      --count;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) throw Failure("LD_TUN", "cannot read from tun0", errno, "read");
    const std::int64_t left = give_up - ClockNs(CLOCK_MONOTONIC);
    if (left <= 0) return;
    pollfd ready{file_.get(), POLLIN, 0};
    ::poll(&ready, 1, static_cast<int>(left / 1'000'000) + 1);
  }
}

}  // namespace lunadrill
