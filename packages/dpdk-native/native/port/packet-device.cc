#include "port/packet-device.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "util/descriptor.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

// The driver's own words tell none of this.
void Check(const std::string& interface) {
  const Descriptor any(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  if (interface.empty() || interface.size() >= sizeof request.ifr_name) {
    throw Failure("LD_NIC", "no interface can be called '" + interface + "' (ip link lists them)");
  }
  std::memcpy(request.ifr_name, interface.data(), interface.size());
  if (::ioctl(any.get(), SIOCGIFHWADDR, &request) != 0) {
    if (errno == ENODEV) throw Failure("LD_NIC", "there is no interface " + interface + " (ip link lists them)");
    throw Failure("LD_NIC", "cannot use the interface " + interface, errno, "SIOCGIFHWADDR");
  }
  if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
    throw Failure("LD_NIC", interface + " is no Ethernet interface");
  }
  if (::ioctl(any.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) == 0) {
    throw Failure("LD_NIC", "the interface " + interface + " is down: ip link set " + interface + " up");
  }
  const Descriptor packets(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!packets.open()) {
    throw Failure("LD_PORT", "no packet socket on " + interface + ": run as root, or with CAP_NET_RAW", errno,
                  "socket");
  }
}

}  // namespace

Device PlugPacketSocket(int number, const std::string& interface, std::uint16_t mtu, const Device::Queues& queues) {
  Check(interface);
  std::string arguments = "iface=" + interface;
  // The driver's own frames have 2048 octets.
  if (mtu > 1500) arguments += ",framesz=16384,blocksz=65536,framecnt=256";
  return Device::Plug("net_af_packet" + std::to_string(number), arguments, queues,
                      "DPDK's net_af_packet cannot be made on " + interface);
}

}  // namespace lunadrill
