#include "stack-check/stack-check.h"

#include <memory>
#include <optional>
#include <vector>

#include "luna_stack.h"
#include "stack-check/groups.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr std::uint16_t kMtu = 1500;

std::vector<CheckGroup> AllGroups() {
  std::vector<CheckGroup> all;
  for (const auto& part :
       {InstanceGroups(), SocketGroups(), TransferGroups(), OptionGroups(), InspectGroups(), MessageGroups()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

std::uint32_t CheckStack(const std::string& path, int fd, std::uint32_t first, std::uint64_t capabilities) {
  StackReport report(fd);
  if (first == kTableGroup) {
    report.Group(kTableGroup, "luna_stack_v1");
    const std::optional<std::uint64_t> declared = CheckTable(path, &report);
    if (!declared) return kAllDone;
    capabilities = *declared;
  }
  const std::vector<CheckGroup> groups = AllGroups();
  std::unique_ptr<LunaV1> kept;
  std::uint32_t number = kTableGroup;
  for (const bool ipv6 : {false, true}) {
    const bool declared = (capabilities & (ipv6 ? LUNA_CAP_IPV6 : LUNA_CAP_IPV4)) != 0;
    report.SetSuffix(ipv6 ? ", IPv6" : "");
    for (const CheckGroup& group : groups) {
      if (++number < first || !declared || (capabilities & group.needs) != group.needs) continue;
      report.Group(number, group.function);
      try {
        Trial trial(path, ipv6, kMtu, &report, &kept);
        group.run(trial);
      } catch (const Leave& leave) {
        report.GiveUp(leave.reason);
      } catch (const Failure& failure) {
        if (std::string(failure.code()) == "LD_STACK_STALE") return number;
        report.GiveUp(failure.what());
      }
    }
  }
  return kAllDone;
}

}  // namespace lunadrill
