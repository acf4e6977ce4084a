// The one instance in a loaded object: lwIP keeps its state in globals, so the object is loaded afresh for each run.
#pragma once
#include <lwip/netif.h>

#include <cstdint>

#include "luna_stack.h"

namespace luna {

/// memory.cc: gives all of lwIP's memory back.
void FreeAllMemory();
/// memory.cc: luna_stack_v1.fail_allocations. Frames that are received are allocations of lwIP's, too.
int FailAllocations(std::uint64_t skip, std::uint64_t count);

/// wire.cc: lwIP's netif over the DPDK port. 0 or a negative errno.
int OpenWire(const luna_config& config);
void CloseWire();
/// Takes up to a burst of frames in; says whether there may be more.
bool ReceiveFrames();
const netif* Wire();

/// The address that luna_config has in fields of its own.
luna_address FirstAddress(const luna_config& config);

/// ipv6.cc: gives an open netif its link-local address and this one, and its router.
void OpenIpv6(netif* interface, const luna_address& address);

}  // namespace luna
