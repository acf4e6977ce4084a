// Ports of this machine that its kernel stays silent on: segments to a port that nobody has are answered with a reset,
// datagrams with an ICMP error. A socket holds the port and drops all that comes. For a wire server whose remote
// address is its machine's own; goes with the process, however that ends. Read first: socket(7) (SO_ATTACH_FILTER).
#pragma once
#include <cstdint>
#include <vector>

#include "util/descriptor.h"
#include "util/ip-address.h"

namespace lunadrill {

class SilentPorts {
 public:
  /// `port` 0: an ephemeral one. Returns the port, now silent for TCP and UDP. LD_WIRE_PORT.
  std::uint16_t Hold(const IpAddress& address, std::uint16_t port);

 private:
  std::vector<Descriptor> sockets_;
};

}  // namespace lunadrill
