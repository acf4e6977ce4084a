#include "remote/stream-socket.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <limits>

#include "clock/run-clock.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr int kPatienceMs = 10'000;
constexpr int kBuffer = 128 * 1024;

void Set(int fd, int level, int option, int value) {
  // None of them decides whether it works.
  ::setsockopt(fd, level, option, &value, sizeof value);
}

}  // namespace

StreamSocket::StreamSocket(const IpAddress& address, std::uint16_t port, int timeout_ms)
    : socket_(::socket(address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  const int fd = socket_.get();
  sockaddr_storage there{};
  const socklen_t length = address.ToSocket(port, &there);
  int error = 0;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&there), length) != 0) error = errno;
  if (error == EINPROGRESS) {
    pollfd ready{fd, POLLOUT, 0};
    socklen_t size = sizeof error;
    if (::poll(&ready, 1, timeout_ms) == 0) {
      error = ETIMEDOUT;
    } else if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) {
      error = errno;
    }
  }
  if (error != 0) throw Failure("LD_WIRE_CONNECT", "no connection to the wire server", error, "connect");
  Set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  Set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kPatienceMs);
  Set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  Set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 5);
  Set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 2);
  Set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  Set(fd, SOL_SOCKET, SO_RCVBUF, kBuffer);
  Set(fd, SOL_SOCKET, SO_SNDBUF, kBuffer);
}

bool StreamSocket::Send(const std::uint8_t* octets, std::size_t length) {
  while (length > 0) {
    const ssize_t sent = ::send(socket_.get(), octets, length, MSG_NOSIGNAL);
    if (sent >= 0) {
      octets += sent;
      length -= static_cast<std::size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return false;
    pollfd ready{socket_.get(), POLLOUT, 0};
    if (::poll(&ready, 1, kPatienceMs) == 0) return false;
  }
  return true;
}

std::ptrdiff_t StreamSocket::Receive(std::uint8_t* buffer, std::size_t capacity, std::int64_t deadline_ns) {
  const bool for_ever = deadline_ns == std::numeric_limits<std::int64_t>::max();
  for (;;) {
    const ssize_t length = ::recv(socket_.get(), buffer, capacity, 0);
    if (length > 0) return length;
    if (length == 0) return -1;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return -1;
    const std::int64_t left = for_ever ? 0 : deadline_ns - ClockNs(CLOCK_MONOTONIC);
    if (!for_ever && left <= 0) return 0;
    const timespec timeout{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    pollfd ready{socket_.get(), POLLIN, 0};
    ::ppoll(&ready, 1, for_ever ? nullptr : &timeout, nullptr);
  }
}

}  // namespace lunadrill
