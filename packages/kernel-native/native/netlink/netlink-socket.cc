#include "netlink/netlink-socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "util/failure.h"

namespace lunadrill::netlink {

Socket::Socket(int protocol, const char* name)
    : name_(name), socket_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol)) {
  if (!socket_.open()) throw Failure("LD_NETLINK", std::string("no ") + name_ + " socket", errno, "socket");
}

void Socket::Transact(Request* request, const char* what, Answer* answer) {
  request->head()->nlmsg_seq = ++sequence_;
  if (::send(socket_.get(), request->octets, request->head()->nlmsg_len, 0) < 0) {
    throw Failure("LD_NETLINK", what, errno, "send");
  }
  Answer part;
  for (;;) {
    const ssize_t length = ::recv(socket_.get(), part.octets, sizeof part.octets, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) throw Failure("LD_NETLINK", what, errno, "recv");
    auto left = static_cast<std::size_t>(length);
    for (auto* head = reinterpret_cast<nlmsghdr*>(part.octets); NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
      if (head->nlmsg_seq != sequence_) continue;
      if (head->nlmsg_type == NLMSG_ERROR) {
        const auto* verdict = static_cast<const nlmsgerr*>(NLMSG_DATA(head));
        if (verdict->error == 0) return;
        throw Failure("LD_NETLINK", what, -verdict->error, name_);
      }
      if (answer == nullptr) continue;
      std::memcpy(answer->octets, head, head->nlmsg_len);
      answer->length = head->nlmsg_len;
    }
  }
}

void Socket::Join(std::uint32_t groups) {
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  own.nl_groups = groups;
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) {
    throw Failure("LD_NETLINK", std::string("no news of ") + name_, errno, "bind");
  }
}

bool Socket::Hear(Answer* news, int ms) {
  pollfd ready{socket_.get(), POLLIN, 0};
  if (::poll(&ready, 1, ms) == 0) return false;
  const ssize_t length = ::recv(socket_.get(), news->octets, sizeof news->octets, MSG_DONTWAIT);
  if (length < 0 && errno != EINTR && errno != EAGAIN) {
    throw Failure("LD_NETLINK", std::string("no news of ") + name_, errno, "recv");
  }
  news->length = length < 0 ? 0 : static_cast<std::size_t>(length);
  return true;
}

}  // namespace lunadrill::netlink
