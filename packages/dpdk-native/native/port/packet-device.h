// A net_af_packet port on an interface of the calling thread's network namespace. Read first: device.h, packet(7).
#pragma once
#include <string>

#include "port/device.h"

namespace lunadrill {

/// `number` keeps several apart. LD_NIC: no such interface, no Ethernet, or it is down. LD_PORT.
Device PlugPacketSocket(int number, const std::string& interface, std::uint16_t mtu, const Device::Queues& queues);

}  // namespace lunadrill
