// The arguments of a net_memif device, at either end. Read first: DPDK's guide of net_memif.
#pragma once
#include <string>

namespace lunadrill::memif {

enum class Role { kServer, kClient };

/// `socket`: a path, or `@NAME`, an abstract one.
inline std::string Arguments(Role role, int id, const std::string& socket) {
  const bool is_abstract = socket.rfind('@', 0) == 0;
  return std::string("role=") + (role == Role::kServer ? "server" : "client") + ",id=" + std::to_string(id) +
         ",socket=" + (is_abstract ? socket.substr(1) : socket) + ",socket-abstract=" + (is_abstract ? "yes" : "no");
}

}  // namespace lunadrill::memif
