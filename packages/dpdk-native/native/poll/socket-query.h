// A stack's own words on one of its sockets. Host thread. Read first: luna_stack.h, `list_sockets`.
#pragma once
#include "luna_stack.h"

namespace lunadrill {

/// Whether the stack lists the descriptor.
inline bool FindSocket(const struct ::luna_stack_v1& stack, int fd, luna_socket_info* info) {
  struct Search {
    int fd;
    luna_socket_info* info;
    bool found;
  } search = {fd, info, false};
  const auto visit = [](void* context, const luna_socket_info* each) {
    auto* const to = static_cast<Search*>(context);
    if (each->fd != to->fd) return;
    *to->info = *each;
    to->found = true;
  };
  stack.list_sockets(visit, &search);
  return search.found;
}

}  // namespace lunadrill
