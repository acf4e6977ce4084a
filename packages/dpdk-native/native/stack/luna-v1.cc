#include "stack/luna-v1.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "util/failure.h"

namespace lunadrill {
namespace {

using Table = struct ::luna_stack_v1;

std::uint64_t NowUs(void* context) { return static_cast<const StackClock*>(context)->StackUs(); }

std::string Version(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

const Table* FindTable(const SharedObject& object) {
  const auto entry = reinterpret_cast<const Table* (*)()>(object.Symbol("luna_stack_v1"));
  if (entry == nullptr) {
    throw Failure("LD_STACK_SYMBOL",
                  object.path() + " exports no luna_stack_v1, and no packetdrill_interface_init either");
  }
  const Table* table = entry();
  if (table == nullptr) throw Failure("LD_STACK_SYMBOL", object.path() + ": luna_stack_v1() returned no table");
  return table;
}

// As much of the object's table as both sides know; what an older one does not have reads as null and 0.
Table Copy(const Table& given) {
  Table table = {};
  std::memcpy(&table, &given, std::min<std::size_t>(given.size, sizeof table));
  return table;
}

void CheckVersion(const SharedObject& object, const Table& given) {
  if (given.abi_major != LUNA_ABI_MAJOR) {
    throw Failure("LD_STACK_VERSION", object.path() + " has version " + Version(given.abi_major, given.abi_minor) +
                                          " of luna_stack_v1's interface, lunadrill has " +
                                          Version(LUNA_ABI_MAJOR, LUNA_ABI_MINOR) + ": build it with its luna_stack.h");
  }
  if (given.size < LUNA_STACK_V1_0_SIZE) {
    throw Failure("LD_STACK_VERSION", object.path() + ": its table has " + std::to_string(given.size) +
                                          " octets instead of " + std::to_string(LUNA_STACK_V1_0_SIZE) + " or more");
  }
}

template <typename... Functions>
bool AllSet(Functions... functions) {
  return (... && (functions != nullptr));
}

bool Complete(const Table& t) {
  return AllSet(t.name, t.version, t.init, t.shutdown, t.poll, t.socket, t.bind, t.listen, t.accept, t.connect, t.read,
                t.readv, t.recv, t.recvfrom, t.write, t.writev, t.send, t.sendto, t.close, t.shutdown_socket, t.fcntl,
                t.getsockopt, t.setsockopt, t.ready, t.tcp_info, t.list_sockets);
}

// What is declared and not there, or null.
const char* Hole(const Table& t) {
  const auto has = [&](std::uint64_t bit) { return (t.capabilities & bit) != 0; };
  if (!Complete(t)) return "its table has a null where a function should be";
  if (has(LUNA_CAP_RESET) && t.reset == nullptr) return "it declares LUNA_CAP_RESET, and reset is null";
  if (has(LUNA_CAP_CONTROL) && !AllSet(t.sendmsg, t.recvmsg)) {
    return "it declares LUNA_CAP_CONTROL, and sendmsg or recvmsg is null";
  }
  if (has(LUNA_CAP_IOCTL) && t.ioctl == nullptr) return "it declares LUNA_CAP_IOCTL, and ioctl is null";
  if (has(LUNA_CAP_ALLOC_FAULT) && t.fail_allocations == nullptr) {
    return "it declares LUNA_CAP_ALLOC_FAULT, and fail_allocations is null";
  }
  return nullptr;
}

}  // namespace

Table TableOf(const SharedObject& object) {
  const Table* given = FindTable(object);
  CheckVersion(object, *given);
  return Copy(*given);
}

LunaV1::LunaV1(const std::string& path, bool virtual_clock) : StackObject(virtual_clock), object_(path) {
  table_ = TableOf(object_);
  if (const char* hole = Hole(table_)) throw Failure("LD_STACK_SYMBOL", object_.path() + ": " + hole);
  if (virtual_clock && !Can(LUNA_CAP_CLOCK_HOOK)) {
    throw Failure("LD_STACK_CLOCK", std::string(table_.name) +
                                        " has a clock of its own (no LUNA_CAP_CLOCK_HOOK), so it cannot run in virtual "
                                        "time: use --clock=wall");
  }
}

void LunaV1::Init(const LunaSetup& setup) {
  const bool ipv6 = setup.family == AF_INET6;
  if (!Can(ipv6 ? LUNA_CAP_IPV6 : LUNA_CAP_IPV4)) {
    throw Failure("LD_UNSUPPORTED", ipv6 ? "stack lacks IPv6" : "stack lacks IPv4");
  }
  if (table_.max_mtu != 0 && setup.mtu > table_.max_mtu) {
    throw Failure("LD_UNSUPPORTED", "stack lacks room for an MTU of " + std::to_string(setup.mtu) + ": it takes " +
                                        std::to_string(table_.max_mtu) + " at most");
  }
  setup_ = setup;
  luna_config config = {};
  config.size = sizeof config;
  config.port_id = setup.port_id;
  config.mtu = setup.mtu;
  std::copy(setup.mac.begin(), setup.mac.end(), config.mac);
  config.prefix_length = setup.prefix_length;
  config.family = setup.family;
  std::copy(setup.local_ip.begin(), setup.local_ip.end(), config.local_ip);
  std::copy(setup.gateway_ip.begin(), setup.gateway_ip.end(), config.gateway_ip);
  config.pool = setup.pool;
  config.now_us = NowUs;
  config.now_context = &clock_;
  config.options = setup_.options.c_str();
  const int error = table_.init(&config);
  if (error < 0) throw Failure("LD_STACK_INIT", std::string(table_.name) + " refuses to start", -error, "init");
  alive_ = true;
}

bool LunaV1::CanReset(const std::string& path, const LunaSetup& setup, bool virtual_clock) const {
  const bool clock_fits = !virtual_clock || Can(LUNA_CAP_CLOCK_HOOK);
  return keeps_loaded() && alive_ && object_.path() == path && setup_ == setup && clock_fits;
}

void LunaV1::Reset(bool virtual_clock) {
  clock_ = StackClock(virtual_clock);
  const int error = table_.reset();
  if (error < 0) {
    alive_ = false;
    throw Failure("LD_STACK_INIT", std::string(table_.name) + " refuses to reset", -error, "reset");
  }
}

void LunaV1::Shutdown() {
  if (std::exchange(alive_, false)) table_.shutdown();
}

}  // namespace lunadrill
