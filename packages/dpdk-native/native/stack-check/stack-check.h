// Holds a stack object against luna_stack.h, one function after the other. Host thread; the process may end in it, and
// what has been found until then has been told. Read first: report.h, groups.h.
#pragma once
#include <cstdint>
#include <string>

namespace lunadrill {

/// The number of the first group: the table. The next ones are an instance's each.
inline constexpr std::uint32_t kTableGroup = 0;
/// All groups have been done.
inline constexpr std::uint32_t kAllDone = UINT32_MAX;

/// Groups from `first` on, told on `fd`. `capabilities`: as the table's check has told them, where it is not among
/// them. Returns kAllDone, or the group to go on with in another process, since in this one no fresh instance can be
/// had. LD_STACK_NOT_FOUND, LD_STACK_NOT_ELF, LD_STACK_SYMBOL, LD_STACK_VERSION: there is nothing to check.
std::uint32_t CheckStack(const std::string& path, int fd, std::uint32_t first, std::uint64_t capabilities);

}  // namespace lunadrill
