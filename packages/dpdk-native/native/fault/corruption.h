// Turns bits of an IP packet over, and makes checksums right again. Octets only: no DPDK. Host thread.
// Read first: RFC 1071; RFC 9293 3.1; RFC 8200 8.1.
#pragma once
#include <cstddef>
#include <cstdint>

namespace lunadrill {

/// Writes the checksums of an IPv4 or IPv6 header and of the TCP, UDP, ICMP or ICMPv6 behind it, as far as the packet's
/// own lengths lie within `length` octets. IPv6 extension headers, fragments and what a tunnel carries stay as they
/// are.
void RepairChecksums(std::uint8_t* packet, std::size_t length);

}  // namespace lunadrill
