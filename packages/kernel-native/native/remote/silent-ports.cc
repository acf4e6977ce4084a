#include "remote/silent-ports.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "util/failure.h"

namespace lunadrill {
namespace {

Descriptor Deaf(const IpAddress& address, int type, std::uint16_t port) {
  Descriptor socket(::socket(address.family, type | SOCK_CLOEXEC, 0));
  sock_filter nothing[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
  const sock_fprog program{1, nothing};
  sockaddr_storage here{};
  const socklen_t length = address.ToSocket(port, &here);
  if (!socket.open() || ::setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0 ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&here), length) != 0 ||
      (type == SOCK_STREAM && ::listen(socket.get(), 1) != 0)) {
    throw Failure("LD_WIRE_PORT", "cannot keep port " + std::to_string(port) + " of this machine silent", errno,
                  "bind");
  }
  return socket;
}

std::uint16_t PortOf(const Descriptor& socket) {
  sockaddr_storage here{};
  socklen_t length = sizeof here;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&here), &length) != 0) {
    throw Failure("LD_WIRE_PORT", "a port without a number", errno, "getsockname");
  }
  // The port lies at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&here)->sin_port);
}

}  // namespace

std::uint16_t SilentPorts::Hold(const IpAddress& address, std::uint16_t port) {
  Descriptor stream = Deaf(address, SOCK_STREAM, port);
  const std::uint16_t held = PortOf(stream);
  Descriptor datagrams = Deaf(address, SOCK_DGRAM, held);
  sockets_.push_back(std::move(stream));
  sockets_.push_back(std::move(datagrams));
  return held;
}

}  // namespace lunadrill
