#include "nic/offloads.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>

#include "util/descriptor.h"

namespace lunadrill {
namespace {

// The command's answer, or 0 where the device refuses it.
std::uint32_t Ethtool(const std::string& device, std::uint32_t command, std::uint32_t data) {
  const Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ethtool_value value{};
  value.cmd = command;
  value.data = data;
  ifreq request{};
  std::copy(device.begin(), device.end(), request.ifr_name);
  request.ifr_data = reinterpret_cast<char*>(&value);
  return ::ioctl(control.get(), SIOCETHTOOL, &request) == 0 ? value.data : 0;
}

void SetLro(const std::string& device, bool on) {
  const std::uint32_t flags = Ethtool(device, ETHTOOL_GFLAGS, 0);
  Ethtool(device, ETHTOOL_SFLAGS, on ? flags | ETH_FLAG_LRO : flags & ~static_cast<std::uint32_t>(ETH_FLAG_LRO));
}

}  // namespace

Offloads::Offloads(const Device& device) : name_(device.name) {
  gro_ = Ethtool(name_, ETHTOOL_GGRO, 0) != 0;
  lro_ = (Ethtool(name_, ETHTOOL_GFLAGS, 0) & ETH_FLAG_LRO) != 0;
  if (gro_) Ethtool(name_, ETHTOOL_SGRO, 0);
  if (lro_) SetLro(name_, false);
}

Offloads::~Offloads() {
  if (gro_) Ethtool(name_, ETHTOOL_SGRO, 1);
  if (lro_) SetLro(name_, true);
}

}  // namespace lunadrill
