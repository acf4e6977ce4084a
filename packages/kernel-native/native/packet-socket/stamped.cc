#include "packet-socket/stamped.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "clock/run-clock.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

// The stamp is CLOCK_REALTIME; it is carried over by sampling both clocks now, microseconds after the stamp.
std::int64_t ToMonotonic(const timespec& stamp) {
  const std::int64_t before = ClockNs(CLOCK_MONOTONIC);
  const std::int64_t real = ClockNs(CLOCK_REALTIME);
  const std::int64_t after = ClockNs(CLOCK_MONOTONIC);
  const std::int64_t stamp_ns = static_cast<std::int64_t>(stamp.tv_sec) * 1'000'000'000 + stamp.tv_nsec;
  return before + (after - before) / 2 - (real - stamp_ns);
}

}  // namespace

ssize_t ReceiveStamped(int fd, std::uint8_t* buffer, std::size_t capacity, sockaddr_ll* from,
                       std::int64_t* monotonic_ns) {
  for (;;) {
    iovec part{buffer, capacity};
    alignas(cmsghdr) std::uint8_t control[CMSG_SPACE(sizeof(timespec))];
    msghdr message{};
    message.msg_name = from;
    message.msg_namelen = sizeof *from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t length = ::recvmsg(fd, &message, MSG_DONTWAIT);
    // ENETDOWN is told once: a socket may be bound while its device is still down, so that nothing sent later is
    // missed.
    if (length < 0 && (errno == EINTR || errno == ENETDOWN)) continue;
    if (length < 0 && errno == EAGAIN) return -1;
    if (length < 0) throw Failure("LD_SNIFF", "cannot read from the packet socket", errno, "recvmsg");
    *monotonic_ns = 0;
    for (auto* item = CMSG_FIRSTHDR(&message); item != nullptr; item = CMSG_NXTHDR(&message, item)) {
      if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec stamp{};
      std::memcpy(&stamp, CMSG_DATA(item), sizeof stamp);
      *monotonic_ns = ToMonotonic(stamp);
    }
    if (*monotonic_ns == 0) *monotonic_ns = ClockNs(CLOCK_MONOTONIC);
    return length;
  }
}

Descriptor AskForStamps() {
  Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  // A refusal costs only what this saves.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  return socket;
}

}  // namespace lunadrill
