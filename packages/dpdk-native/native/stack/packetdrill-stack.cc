#include "stack/packetdrill-stack.h"

#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <string>

#include "neighbour/gateway.h"
#include "stack/object-call.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr std::uint16_t kBurst = 32;
// It cannot say what it lacks: whatever a script needs is tried.
constexpr std::uint64_t kCapabilities =
    LUNA_CAP_TCP | LUNA_CAP_UDP | LUNA_CAP_IPV4 | LUNA_CAP_IPV6 | LUNA_CAP_DUAL_STACK | LUNA_CAP_ICMP_ERRORS |
    LUNA_CAP_URGENT | LUNA_CAP_CONTROL | LUNA_CAP_ERROR_QUEUE | LUNA_CAP_IOCTL | LUNA_CAP_TIMESTAMPING |
    LUNA_CAP_FASTOPEN | LUNA_CAP_ZEROCOPY | LUNA_CAP_PING_SOCKETS;

// Before the object is loaded, which would be for good.
std::string Checked(const std::string& path, bool virtual_clock) {
  if (virtual_clock) {
    throw Failure("LD_STACK_CLOCK", path +
                                        " has a clock of its own (packetdrill_interface_init), so it cannot run in "
                                        "virtual time: use --clock=wall");
  }
  return path;
}

// What nothing can be run without; null where it is all there.
const char* Hole(const packetdrill_interface& table) {
  if (table.netdev_send == nullptr) return "netdev_send";
  if (table.netdev_receive == nullptr) return "netdev_receive";
  if (table.gettimeofday == nullptr) return "gettimeofday";
  if (table.usleep == nullptr) return "usleep";
  return table.socket == nullptr ? "socket" : nullptr;
}

bool Empty(const packetdrill_interface& table) {
  return table.netdev_send == nullptr && table.netdev_receive == nullptr && table.gettimeofday == nullptr &&
         table.usleep == nullptr && table.socket == nullptr;
}

}  // namespace

PacketdrillStack::PacketdrillStack(const std::string& path, bool virtual_clock)
    : StackObject(virtual_clock),
      object_(Checked(path, virtual_clock), true),
      name_(path.substr(path.rfind('/') + 1)),
      functions_(std::make_shared<ObjectTable>()) {
  table_.abi_major = LUNA_ABI_MAJOR;
  table_.size = sizeof table_;
  table_.name = name_.c_str();
  table_.version = "";
  table_.capabilities = kCapabilities;
}

void PacketdrillStack::Init(const LunaSetup& setup) {
  using Entry = int (*)(const char*, packetdrill_interface*);
  const auto init = reinterpret_cast<Entry>(object_.Symbol("packetdrill_interface_init"));
  packetdrill_interface& table = functions_->functions;
  init(setup.options.empty() ? nullptr : setup.options.c_str(), &table);
  if (Empty(table)) {
    throw Failure("LD_STACK_INIT", object_.path() +
                                       ": packetdrill_interface_init has filled in nothing, so it has failed "
                                       "(does it want other --so_flags?)");
  }
  if (const char* hole = Hole(table)) {
    throw Failure("LD_STACK_INIT", object_.path() + ": packetdrill_interface_init has left " + hole + " null");
  }
  timeval now{};
  if (table.gettimeofday(functions_->data(), &now, nullptr) < 0) {
    throw Failure("LD_STACK_INIT", object_.path() + ": its clock fails", errno, "gettimeofday");
  }
  port_id_ = setup.port_id;
  source_ = PacketSource::Start(functions_, setup.port_id, setup.pool, setup.mac.data());
  alive_ = true;
}

void PacketdrillStack::Shutdown() {
  if (!alive_) return;
  alive_ = false;
  const bool quiet = source_->Stop() && functions_->asleep.load() == 0;
  const packetdrill_interface& table = functions_->functions;
  if (quiet && table.free != nullptr) table.free(functions_->data());
}

std::uint64_t PacketdrillStack::Poll(std::uint64_t) {
  rte_mbuf* burst[kBurst];
  const std::uint16_t count = rte_eth_rx_burst(port_id_, 0, burst, kBurst);
  for (std::uint16_t i = 0; i < count; ++i) {
    const std::uint8_t* frame = rte_pktmbuf_mtod(burst[i], const std::uint8_t*);
    const std::size_t length = rte_pktmbuf_data_len(burst[i]);
    const bool ip = length > Gateway::kHeader &&
                    ((frame[12] == 0x08 && frame[13] == 0x00) || (frame[12] == 0x86 && frame[13] == 0xdd));
    // ARP and its like are the wire's, and such a stack has none.
    if (ip && functions_->functions.netdev_send(functions_->data(), frame + Gateway::kHeader,
                                                length - Gateway::kHeader) != 0) {
      trouble_ = "the stack's netdev_send refuses a packet";
    }
    rte_pktmbuf_free(burst[i]);
  }
  return count == kBurst ? 0 : UINT64_MAX;
}

std::unique_ptr<ScriptCall> PacketdrillStack::OwnCall() { return std::make_unique<ObjectCall>(functions_, &clock_); }

const char* PacketdrillStack::Trouble() const {
  if (source_ != nullptr && source_->empty_packet()) return "the stack's netdev_receive gives a packet of 0 octets";
  return trouble_;
}

}  // namespace lunadrill
