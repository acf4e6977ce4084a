#include "nic/device.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "util/descriptor.h"
#include "util/failure.h"

namespace lunadrill {

Device FindDevice(const std::string& name) {
  ifreq request{};
  if (name.empty() || name.size() >= sizeof request.ifr_name) {
    throw Failure("LD_NIC", "'" + name + "' is no name of an interface");
  }
  std::copy(name.begin(), name.end(), request.ifr_name);
  const Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (::ioctl(control.get(), SIOCGIFHWADDR, &request) != 0) {
    throw Failure("LD_NIC", "no interface " + name, errno, "SIOCGIFHWADDR");
  }
  if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
    throw Failure("LD_NIC", "interface " + name + " is no Ethernet device");
  }
  Device device{name, static_cast<int>(::if_nametoindex(name.c_str())), {}};
  std::memcpy(device.mac.data(), request.ifr_hwaddr.sa_data, device.mac.size());
  if (device.index == 0) throw Failure("LD_NIC", "no interface " + name, errno, "if_nametoindex");
  return device;
}

}  // namespace lunadrill
