// A capture that is to be read: a pcap file of Ethernet frames, looked through before net_pcap gets it, whose own words
// tell little. Read first: pcap-savefile(5).
#pragma once
#include <string>

#include "util/descriptor.h"

namespace lunadrill {

/// LD_PORT: it cannot be read, is no such file, or is cut short.
Descriptor OpenCapture(const std::string& path);

/// A descriptor's name for who opens by name.
inline std::string PathOf(const Descriptor& file) { return "/proc/self/fd/" + std::to_string(file.get()); }

}  // namespace lunadrill
