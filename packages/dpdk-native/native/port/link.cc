#include "port/link.h"

#include "port/device-link.h"
#include "port/memif-link.h"
#include "port/pcap-link.h"
#include "port/ring-link.h"
#include "port/tap-link.h"
#include "port/veth-link.h"
#include "util/failure.h"

namespace lunadrill {

std::unique_ptr<Link> MakeLink(const PortChoice& choice, std::uint16_t mtu, const Link::Pools& pools) {
  switch (choice.kind) {
    case PortChoice::Kind::kRing:
      return std::make_unique<RingLink>(pools);
    case PortChoice::Kind::kTap:
      return std::make_unique<TapLink>(mtu, pools);
    case PortChoice::Kind::kAfPacket:
      if (choice.stack.empty()) return std::make_unique<VethLink>(mtu, pools);
      return std::make_unique<VethLink>(choice.stack, choice.tester, mtu, pools);
    case PortChoice::Kind::kMemif:
      return std::make_unique<MemifLink>(choice.stack, choice.program, pools);
    case PortChoice::Kind::kPcap:
      return std::make_unique<PcapLink>(choice.stack, choice.tester, choice.first_us, pools);
    case PortChoice::Kind::kDevice:
      return std::make_unique<DeviceLink>(choice.stack, choice.tester, mtu, pools);
    default:
      throw Failure("LD_ARGUMENT", "there is no such port");
  }
}

}  // namespace lunadrill
