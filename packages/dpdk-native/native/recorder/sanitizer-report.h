// What a sanitizer's runtime says, where one is in this process (AddressSanitizer by `lunadrill run --asan`, UBSan): it
// is kept in memory instead of going onto stderr, and from there into the flight record. Read first:
// sanitizer/asan_interface.h; engine/src/flight/sanitizer-report.ts.
#pragma once
#include <cstddef>
#include <string>

namespace lunadrill::recorder {

/// Once per process, after Install. Does nothing without a runtime.
void TakeSanitizerReports();

/// What has been said since ForgetSaid; "" for nothing.
std::string Said();
void ForgetSaid();

/// The same into `room`, at most `octets`, for a signal handler: async-signal-safe. Returns how many octets it has.
std::size_t SaidInto(void* room, std::size_t octets);

}  // namespace lunadrill::recorder
