// One packet off a packet socket with the kernel's time stamp (SO_TIMESTAMPNS, which the owner has switched on),
// carried over to CLOCK_MONOTONIC. Read first: packet(7), socket(7).
#pragma once
#include <linux/if_packet.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

#include "util/descriptor.h"

namespace lunadrill {

/// Never waits: -1 where nothing is there. `from` and `monotonic_ns` are filled otherwise. LD_SNIFF.
ssize_t ReceiveStamped(int fd, std::uint8_t* buffer, std::size_t capacity, sockaddr_ll* from,
                       std::int64_t* monotonic_ns);

/// A socket that asks for time stamps, and so keeps them switched on for the machine while it is open: the switch
/// patches kernel code, and the first packets after it would have no stamp of their own.
Descriptor AskForStamps();

}  // namespace lunadrill
