// What outlives a stack that takes its process down: a few pages of the progress file (lunadrill/layout.h, `flight`),
// in which the last packets, the fault and the backtrace of the thread at fault are left for the supervisor to read.
// Host thread, but for `WatchHost`. Read first: engine/src/host/layout.ts, `Flight`; signal-safety(7).
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lunadrill::recorder {

/// Once per process: maps the file behind `fd`, and takes the signals of faults and the end of the process, which then
/// goes on as it would have. Without it the rest does nothing. LD_MAP: no such file, or one that is too small.
void Install(int fd);

/// A run opens on this thread: forgets the last one. `in_stack`: the word that says which entry of the stack runs, 0
/// outside; it lives until Close.
void Open(const std::atomic<std::uint32_t>* in_stack);
void Close();

/// A packet that is given to the stack, or taken from it.
void Keep(bool to_stack, double time_us, const std::uint8_t* packet, std::size_t length);

/// Any thread: what a sanitizer has found, just before it ends the process.
void Report(const char* text);

/// Any thread: has the host's thread leave its backtrace, for a stack that does not come back. False where it has not
/// within half a second (it blocks the signal).
bool WatchHost();

/// Index of the script's event that is being carried out (or was the last one); UINT32_MAX where no record is kept.
std::uint32_t Event();

/// The thread of the run that is open; 0 where none is.
int HostThread();

}  // namespace lunadrill::recorder
