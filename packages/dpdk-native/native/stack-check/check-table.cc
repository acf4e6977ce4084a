// The table: version, names, capabilities, and that what is declared is there. Nothing but luna_stack_v1() is called.
#include <algorithm>
#include <cstring>
#include <memory>

#include "luna_stack.h"
#include "stack-check/groups.h"
#include "stack/shared-object.h"

namespace lunadrill {
namespace {

using Table = struct ::luna_stack_v1;

constexpr const char* kEntry = "luna_stack_v1";
constexpr std::uint64_t kKnown = (LUNA_CAP_PING_SOCKETS << 1) - 1;

struct Slot {
  const char* name;
  bool there;
  std::uint64_t needs;  // 0: must be there in any case
};

std::vector<Slot> SlotsOf(const Table& t) {
  const auto there = [](auto function) { return function != nullptr; };
  return {{"init", there(t.init), 0},
          {"shutdown", there(t.shutdown), 0},
          {"reset", there(t.reset), LUNA_CAP_RESET},
          {"poll", there(t.poll), 0},
          {"socket", there(t.socket), 0},
          {"bind", there(t.bind), 0},
          {"listen", there(t.listen), 0},
          {"accept", there(t.accept), 0},
          {"connect", there(t.connect), 0},
          {"read", there(t.read), 0},
          {"readv", there(t.readv), 0},
          {"recv", there(t.recv), 0},
          {"recvfrom", there(t.recvfrom), 0},
          {"write", there(t.write), 0},
          {"writev", there(t.writev), 0},
          {"send", there(t.send), 0},
          {"sendto", there(t.sendto), 0},
          {"close", there(t.close), 0},
          {"shutdown_socket", there(t.shutdown_socket), 0},
          {"fcntl", there(t.fcntl), 0},
          {"getsockopt", there(t.getsockopt), 0},
          {"setsockopt", there(t.setsockopt), 0},
          {"ready", there(t.ready), 0},
          {"tcp_info", there(t.tcp_info), 0},
          {"list_sockets", there(t.list_sockets), 0},
          {"sendmsg", there(t.sendmsg), LUNA_CAP_CONTROL},
          {"recvmsg", there(t.recvmsg), LUNA_CAP_CONTROL},
          {"ioctl", there(t.ioctl), LUNA_CAP_IOCTL},
          {"fail_allocations", there(t.fail_allocations), LUNA_CAP_ALLOC_FAULT}};
}

bool Printable(const char* text) { return text != nullptr && std::strpbrk(text, "\t\n\r") == nullptr; }

void CheckIdentity(const Table& t, StackReport* report) {
  report->That(kEntry, "name is the stack's", Printable(t.name) && t.name[0] != '\0', "a line of text, not \"\"",
               t.name == nullptr   ? "NULL"
               : t.name[0] == '\0' ? "\"\""
                                   : "more than a line");
  report->That(kEntry, "version is there", Printable(t.version), "a line of text",
               t.version == nullptr ? "NULL" : "more than a line");
  report->That(kEntry, "reserved fields are 0", t.reserved == 0 && t.reserved_1 == 0, "0",
               std::to_string(t.reserved != 0 ? t.reserved : t.reserved_1));
  const bool whole = t.abi_minor != LUNA_ABI_MINOR || t.size == sizeof(Table);
  report->That(kEntry, "size is that of its version", whole, std::to_string(sizeof(Table)), std::to_string(t.size));
  const bool room = t.max_mtu == 0 || t.max_mtu >= ((t.capabilities & LUNA_CAP_IPV6) != 0 ? 1280 : 68);
  report->That(kEntry, "max_mtu is one that a network can have", room, "0, 68 or more; with IPv6 1280 or more",
               std::to_string(t.max_mtu));
}

void CheckCapabilities(const Table& t, StackReport* report) {
  const auto has = [&](std::uint64_t bits) { return (t.capabilities & bits) == bits; };
  const auto any = [&](std::uint64_t bits, const char* text) {
    report->That(kEntry, std::string("capabilities: ") + text, (t.capabilities & bits) != 0, text, "neither");
  };
  any(LUNA_CAP_TCP | LUNA_CAP_UDP, "TCP or UDP");
  any(LUNA_CAP_IPV4 | LUNA_CAP_IPV6, "IPV4 or IPV6");
  any(LUNA_CAP_RELOAD | LUNA_CAP_RESET, "RELOAD or RESET");
  const auto with = [&](std::uint64_t bit, const char* name, std::uint64_t needs, const char* text) {
    if (has(bit)) report->That(kEntry, std::string("capabilities: ") + name, has(needs), text, "without");
  };
  with(LUNA_CAP_DUAL_STACK, "DUAL_STACK", LUNA_CAP_IPV4 | LUNA_CAP_IPV6, "with IPV4 and IPV6");
  with(LUNA_CAP_ERROR_QUEUE, "ERROR_QUEUE", LUNA_CAP_CONTROL, "with CONTROL");
  with(LUNA_CAP_TIMESTAMPING, "TIMESTAMPING", LUNA_CAP_CONTROL, "with CONTROL");
  with(LUNA_CAP_ZEROCOPY, "ZEROCOPY", LUNA_CAP_ERROR_QUEUE, "with ERROR_QUEUE");
  if (t.abi_minor <= LUNA_ABI_MINOR) {
    report->That(kEntry, "capabilities: bits of its version alone", (t.capabilities & ~kKnown) == 0, "no other bits",
                 "others");
  }
}

}  // namespace

std::optional<std::uint64_t> CheckTable(const std::string& path, StackReport* report) {
  std::unique_ptr<SharedObject> object;
  report->ByTheWay("dlopen", [&] { return object = std::make_unique<SharedObject>(path), 0; });
  Table t{};
  report->ByTheWay(kEntry, [&] { return t = TableOf(*object), 0; });
  report->Stack(t);
  const auto entry = reinterpret_cast<const Table* (*)()>(object->Symbol(kEntry));
  report->That(kEntry, "returns the same table each time", entry() == entry(), "the same", "another");
  CheckIdentity(t, report);
  CheckCapabilities(t, report);
  bool complete = true;
  for (const Slot& slot : SlotsOf(t)) {
    const bool wanted = slot.needs == 0 || (t.capabilities & slot.needs) != 0;
    complete = complete && (slot.there || !wanted);
    if (wanted || slot.there) {
      report->That(slot.name, "is in the table where it has to be, and nowhere else", slot.there == wanted,
                   wanted ? "a function" : "NULL, since its capability is not declared",
                   wanted ? "NULL" : "a function");
    }
  }
  report->ByTheWay("dlclose", [&] { return object.reset(), 0; });
  const bool usable = complete && (t.capabilities & (LUNA_CAP_IPV4 | LUNA_CAP_IPV6)) != 0 &&
                      (t.capabilities & (LUNA_CAP_TCP | LUNA_CAP_UDP)) != 0;
  if (!usable) report->GiveUp("a table with a hole, or without a family or a type, is not called");
  return usable ? std::optional(t.capabilities) : std::nullopt;
}

}  // namespace lunadrill
