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
  const auto is_end = [&](const nlmsghdr* message) {
    if (message->nlmsg_seq != sequence_) return false;
    if (message->nlmsg_type == NLMSG_ERROR) {
      const auto* verdict = static_cast<const nlmsgerr*>(NLMSG_DATA(message));
      if (verdict->error == 0) return true;
      throw Failure("LD_NETLINK", what, -verdict->error, name_);
    }
    if (answer == nullptr) return false;
    std::memcpy(answer->octets, message, message->nlmsg_len);
    answer->length = message->nlmsg_len;
    return false;
  };
  Answer part;
  do {
    Receive(&part, what);
  } while (!part.Any(is_end));
}

void Socket::Receive(Answer* answer, const char* what) {
  ssize_t length = 0;
  do {
    length = ::recv(socket_.get(), answer->octets, sizeof answer->octets, 0);
  } while (length < 0 && errno == EINTR);
  if (length < 0) throw Failure("LD_NETLINK", what, errno, "recv");
  answer->length = static_cast<std::size_t>(length);
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
  Receive(news, "no news of the kernel's");
  return true;
}

}  // namespace lunadrill::netlink
