// One request at a time to a netlink protocol, and the kernel's word on it. Acts on the network namespace of the thread
// that constructs it. Read first: netlink(7).
#pragma once
#include <cstdint>

#include "netlink/answer.h"
#include "netlink/request.h"
#include "util/descriptor.h"

namespace lunadrill::netlink {

class Socket {
 public:
  /// `protocol`: NETLINK_ROUTE, …; `name`: what its refusals are said to come from, a literal. LD_NETLINK.
  Socket(int protocol, const char* name);
  /// Sends and waits for the kernel's acknowledgement; `what` goes into the error's message, LD_NETLINK. `answer`: gets
  /// the message that comes before it; null where none is wanted.
  void Transact(Request* request, const char* what, Answer* answer = nullptr);

  /// From here on it is told what happens in these groups (RTMGRP_…), so it is for nothing but Hear. LD_NETLINK.
  void Join(std::uint32_t groups);
  /// Fills `news` with the kernel's next message or messages; false: none in `ms` milliseconds. LD_NETLINK.
  bool Hear(Answer* news, int ms);

 private:
  /// Waits for the kernel's next datagram.
  void Receive(Answer* answer, const char* what);

  const char* const name_;
  Descriptor socket_;
  std::uint32_t sequence_ = 0;
};

}  // namespace lunadrill::netlink
