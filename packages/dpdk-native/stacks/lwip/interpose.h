// The clock that lwIP is given. No lwIP header here: interpose.cc could not include it.
#pragma once
#include <cstdint>

namespace luna {

extern std::uint64_t (*clock_now_us)(void* context);
extern void* clock_context;

}  // namespace luna
