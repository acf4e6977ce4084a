// DPDK's environment abstraction layer: initialised once per process, by the thread that will poll.
// Read first: doc.dpdk.org, "EAL parameters" (no hugepages, no PCI, no shared configuration, no telemetry).
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace lunadrill {

/// `extra` comes behind our own arguments. A second call with the same ones does nothing; LD_EAL with others, or where
/// EAL refuses (its own words are in the message). The affinity of the calling thread stays as it is.
void InitEal(const std::vector<std::string>& extra);

/// Its runtime folder as $RUNTIME_DIRECTORY named it then, for a process that is to do the same.
std::string EalRuntimeFolder();

/// What EAL has to give out where nobody wants hugepages, octets.
constexpr std::size_t kEalMemory = 128 << 20;

/// Octets that are taken of the memory EAL gives out, whoever took them (rte_malloc.h).
std::size_t EalHeapTaken();

/// Whether some thread of this process has done so.
bool EalReady();

}  // namespace lunadrill
