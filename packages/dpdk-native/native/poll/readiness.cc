#include "poll/readiness.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>

#include <cerrno>

#include "poll/socket-query.h"

namespace lunadrill {

bool Readiness::Opened(const struct ::luna_stack_v1& stack, int fd) const {
  return files_->Has(fd) || stack.fcntl(fd, F_GETFL, 0) >= 0;
}

int Readiness::Bits(const struct ::luna_stack_v1& stack, int fd) const {
  if (files_->Has(fd)) return files_->Ready(fd);
  const int bits = stack.ready(fd);
  // SO_RCVLOWAT, as tcp_poll(): too few octets are none, unless no more will come.
  const bool readable = bits > 0 && (bits & POLLIN) != 0 && (bits & (POLLRDHUP | POLLERR)) == 0;
  if (!readable || options_->LowWater(fd) <= 1) return bits;
  luna_socket_info info = {};
  const bool connection = FindSocket(stack, fd, &info) && info.protocol == IPPROTO_TCP && info.state != LUNA_LISTEN;
  return connection && info.recvq < options_->LowWater(fd) ? bits & ~(POLLIN | POLLRDNORM) : bits;
}

}  // namespace lunadrill
