// The checks of a stack, in groups: one fresh instance each, named after the function that they are about. One file of
// them for each part of luna_stack.h. Host thread. Read first: trial.h.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack-check/trial.h"

namespace lunadrill {

struct CheckGroup {
  /// As luna_stack_v1 has it.
  const char* function;
  /// LUNA_CAP_…, all of them; a stack without them is not asked.
  std::uint64_t needs;
  void (*run)(Trial& trial);
};

std::vector<CheckGroup> InstanceGroups();
std::vector<CheckGroup> SocketGroups();
std::vector<CheckGroup> TransferGroups();
std::vector<CheckGroup> OptionGroups();
std::vector<CheckGroup> InspectGroups();
std::vector<CheckGroup> MessageGroups();

/// What the table says by itself: the capabilities that it declares, or nothing where none of its functions may be
/// called.
std::optional<std::uint64_t> CheckTable(const std::string& path, StackReport* report);

/// SOCK_STREAM and SOCK_DGRAM, as far as the stack declares them.
inline std::vector<int> TypesOf(const Trial& trial) {
  std::vector<int> types;
  if (trial.Can(LUNA_CAP_TCP)) types.push_back(SOCK_STREAM);
  if (trial.Can(LUNA_CAP_UDP)) types.push_back(SOCK_DGRAM);
  return types;
}
inline const char* TypeText(int type) { return type == SOCK_STREAM ? "a stream socket" : "a datagram socket"; }

/// A number that is no descriptor.
inline constexpr int kNoFd = 4000;

}  // namespace lunadrill
