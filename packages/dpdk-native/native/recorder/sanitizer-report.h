// AddressSanitizer's report, where its runtime is in this process (`lunadrill run --asan`): it goes into the flight
// record, instead of onto stderr. Read first: sanitizer/asan_interface.h; engine/src/flight/sanitizer.ts.
#pragma once

namespace lunadrill::recorder {

/// Once per process, after Install. Does nothing without the runtime.
void TakeSanitizerReports();

}  // namespace lunadrill::recorder
