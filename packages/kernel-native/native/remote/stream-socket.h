// The wire client's TCP connection, for a thread without an event loop: each call waits in the kernel, no longer than
// it is told. Read first: tcp(7) (TCP_USER_TIMEOUT), socket(7).
#pragma once
#include <cstddef>
#include <cstdint>

#include "util/descriptor.h"
#include "util/ip-address.h"

namespace lunadrill {

class StreamSocket {
 public:
  /// LD_WIRE_CONNECT, ETIMEDOUT after `timeout_ms`.
  StreamSocket(const IpAddress& address, std::uint16_t port, int timeout_ms);
  StreamSocket(const StreamSocket&) = delete;
  StreamSocket& operator=(const StreamSocket&) = delete;

  /// All of it. False where the other end is gone, or takes nothing for 10 s.
  bool Send(const std::uint8_t* octets, std::size_t length);
  /// What is there, as soon as something is: its length; 0 after `deadline_ns` of CLOCK_MONOTONIC without; -1 where the
  /// other end has closed or is gone.
  std::ptrdiff_t Receive(std::uint8_t* buffer, std::size_t capacity, std::int64_t deadline_ns);

 private:
  Descriptor socket_;
};

}  // namespace lunadrill
