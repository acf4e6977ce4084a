#include "message.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "address.h"
#include "options.h"

namespace luna {
namespace {

constexpr int kMostParts = 1024;
// No datagram is longer, nor is lwIP's receive window.
constexpr std::uint64_t kWhole = 65536;

std::uint8_t whole[kWhole];

bool IsTcp(const Socket& socket) { return socket.kind == Socket::Kind::kTcp; }

// Octets of all parts; -EFAULT: one of them has no memory; -EINVAL: more than there can be.
std::int64_t Measure(const iovec* parts, std::size_t count) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (parts[i].iov_base == nullptr && parts[i].iov_len > 0) return -EFAULT;
    if (parts[i].iov_len > INT64_MAX - total) return -EINVAL;
    total += parts[i].iov_len;
  }
  return static_cast<std::int64_t>(total);
}

void Scatter(const std::uint8_t* octets, std::uint64_t length, const iovec* parts) {
  for (; length > 0; ++parts) {
    const std::uint64_t part = std::min<std::uint64_t>(length, parts->iov_len);
    if (part > 0) std::memcpy(parts->iov_base, octets, part);
    octets += part;
    length -= part;
  }
}

struct Received {
  std::int64_t result = 0;
  bool cut = false;  // a datagram was longer than all parts
  ip_addr_t from = {};
  u16_t port = 0;
  u8_t traffic_class = 0;  // of the packet, either family
  u8_t hop_limit = 0;
};

Received Receive(Socket* socket, const iovec* parts, std::size_t count, int flags) {
  Received received;
  const std::int64_t room = Measure(parts, count);
  if (room < 0) return {room};
  const auto wanted = std::min<std::uint64_t>(static_cast<std::uint64_t>(room), kWhole);
  if (IsTcp(*socket)) {
    received.result = TcpReceive(socket, whole, wanted, flags);
    if (received.result > 0 && (flags & MSG_TRUNC) == 0) {
      Scatter(whole, static_cast<std::uint64_t>(received.result), parts);
    }
    return received;
  }
  if (socket->datagram_count > 0) {
    const Datagram& first = socket->datagrams[socket->first_datagram];
    received.traffic_class = first.traffic_class;
    received.hop_limit = first.hop_limit;
  }
  const std::int64_t length = UdpReceive(socket, whole, kWhole, flags, &received.from, &received.port);
  received.result = length;
  if (length <= 0) return received;
  received.cut = length > room;
  Scatter(whole, static_cast<std::uint64_t>(std::min(length, room)), parts);
  if (received.cut && (flags & MSG_TRUNC) == 0) received.result = room;
  return received;
}

// What control messages say of a packet's header; -1: nothing.
struct Header {
  int traffic_class = -1;
  int hop_limit = -1;
};

int ReadNumber(const cmsghdr& message, int least, int most, bool may_be_octet, int* number) {
  const std::size_t length = message.cmsg_len - CMSG_LEN(0);
  if (length == sizeof *number) {
    std::memcpy(number, CMSG_DATA(&message), sizeof *number);
  } else if (length == 1 && may_be_octet) {
    *number = *CMSG_DATA(&message);
  } else {
    return -EINVAL;
  }
  return *number < least || *number > most ? -EINVAL : 0;
}

// As ip_cmsg_send() and ip6_datagram_send_ctl(); a connection's segments have the socket's header (sock_cmsg_send()).
int ReadControl(const Socket& socket, const msghdr& given, Header* header) {
  msghdr message = given;
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr; each = CMSG_NXTHDR(&message, each)) {
    const auto at = reinterpret_cast<const std::uint8_t*>(each) - static_cast<const std::uint8_t*>(given.msg_control);
    if (each->cmsg_len < sizeof(cmsghdr) || each->cmsg_len > given.msg_controllen - static_cast<std::size_t>(at)) {
      return -EINVAL;
    }
    if (each->cmsg_level == SOL_SOCKET) return -EINVAL;
    if (IsTcp(socket) || each->cmsg_level != (socket.ipv6 ? int{IPPROTO_IPV6} : int{IPPROTO_IP})) continue;
    int error = -EINVAL;
    if (socket.ipv6) {
      if (each->cmsg_type == IPV6_TCLASS) error = ReadNumber(*each, -1, 255, false, &header->traffic_class);
      if (each->cmsg_type == IPV6_HOPLIMIT) error = ReadNumber(*each, -1, 255, false, &header->hop_limit);
    } else {
      if (each->cmsg_type == IP_TOS) error = ReadNumber(*each, 0, 255, true, &header->traffic_class);
      if (each->cmsg_type == IP_TTL) error = ReadNumber(*each, 1, 255, false, &header->hop_limit);
    }
    if (error < 0) return error;
  }
  return 0;
}

// A connection's parts are queued one behind the other and sent together, so that segments do not follow the parts.
std::int64_t SendParts(Socket* socket, const iovec* parts, std::size_t count, int flags) {
  if (const std::int64_t all = Measure(parts, count); all < 0) return all;
  while (count > 1 && parts[count - 1].iov_len == 0) --count;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
    const iovec part = count == 0 ? iovec{} : parts[i];
    const auto* octets = static_cast<const std::uint8_t*>(part.iov_base);
    const std::int64_t sent = TcpSend(socket, octets, part.iov_len, flags, i + 1 < count);
    if (sent < 0) {
      if (total == 0) total = sent;
      break;
    }
    total += sent;
    if (static_cast<std::uint64_t>(sent) < part.iov_len) break;
  }
  if (total > 0) TcpPush(socket);
  return total;
}

std::int64_t SendDatagram(Socket* socket, const iovec* parts, std::size_t count, const ip_addr_t* to, u16_t port) {
  const std::int64_t total = Measure(parts, count);
  if (total < 0) return total;
  if (static_cast<std::uint64_t>(total) > kWhole) return -EMSGSIZE;
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (parts[i].iov_len > 0) std::memcpy(whole + at, parts[i].iov_base, parts[i].iov_len);
    at += parts[i].iov_len;
  }
  return UdpSend(socket, whole, at, to, port);
}

// The end of a message's control data, as put_cmsg() fills it.
class Control {
 public:
  explicit Control(msghdr* message)
      : message_(message), at_(static_cast<std::uint8_t*>(message->msg_control)), room_(message->msg_controllen) {}
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  template <typename Value>
  void Put(int level, int type, Value value) {
    if (at_ == nullptr || room_ < sizeof(cmsghdr)) {
      message_->msg_flags |= MSG_CTRUNC;
      return;
    }
    std::size_t length = CMSG_LEN(sizeof value);
    if (room_ < length) {
      message_->msg_flags |= MSG_CTRUNC;
      length = room_;
    }
    cmsghdr head = {};
    head.cmsg_len = length;
    head.cmsg_level = level;
    head.cmsg_type = type;
    std::memcpy(at_, &head, sizeof head);
    std::memcpy(at_ + sizeof head, &value, length - sizeof head);
    const std::size_t space = std::min<std::size_t>(room_, CMSG_SPACE(sizeof value));
    at_ += space;
    room_ -= space;
    used_ += space;
  }
  void End() { message_->msg_controllen = used_; }

 private:
  msghdr* const message_;
  std::uint8_t* at_;
  std::size_t room_;
  std::size_t used_ = 0;
};

void DescribePacket(const Socket& socket, const Received& received, Control* control) {
  if (IsTcp(socket)) {
    if (!socket.tells_unread) return;
    // tcp_inq_hint(): with nothing left, a FIN counts.
    const int left = socket.received != nullptr ? socket.received->tot_len : socket.peer_closed ? 1 : 0;
    control->Put<int>(IPPROTO_TCP, kTcpInq, left);
    return;
  }
  if (socket.ipv6) {
    if (socket.tells_hop_limit) control->Put<int>(IPPROTO_IPV6, IPV6_HOPLIMIT, received.hop_limit);
    if (socket.tells_traffic_class) control->Put<int>(IPPROTO_IPV6, IPV6_TCLASS, received.traffic_class);
  } else {
    if (socket.tells_hop_limit) control->Put<int>(IPPROTO_IP, IP_TTL, received.hop_limit);
    if (socket.tells_traffic_class) control->Put<u8_t>(IPPROTO_IP, IP_TOS, received.traffic_class);
  }
}

}  // namespace

std::int64_t ReadVector(int fd, const iovec* parts, int count) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (count < 0 || count > kMostParts) return -EINVAL;
  const auto parts_count = static_cast<std::size_t>(count);
  if (Measure(parts, parts_count) == 0) return 0;  // sock_read_iter(): System V's way
  return Receive(socket, parts, parts_count, 0).result;
}

std::int64_t WriteVector(int fd, const iovec* parts, int count) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (count < 0 || count > kMostParts) return -EINVAL;
  const auto parts_count = static_cast<std::size_t>(count);
  return IsTcp(*socket) ? SendParts(socket, parts, parts_count, 0)
                        : SendDatagram(socket, parts, parts_count, nullptr, 0);
}

std::int64_t SendMessage(int fd, const msghdr* message, int flags) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (message->msg_iovlen > kMostParts) return -EMSGSIZE;
  Header header;
  if (const int error = ReadControl(*socket, *message, &header); error < 0) return error;
  if (IsTcp(*socket)) return SendParts(socket, message->msg_iov, message->msg_iovlen, flags);
  ip_addr_t ip = {};
  u16_t port = 0;
  const bool named = message->msg_name != nullptr && message->msg_namelen > 0;
  if (named) {
    const auto* address = static_cast<const sockaddr*>(message->msg_name);
    const int error = ParseAddress(*socket, address, message->msg_namelen, Purpose::kDestination, &ip, &port);
    if (error < 0) return error;
  }
  // For this datagram alone.
  const Socket kept = *socket;
  u8_t& traffic_class = socket->ipv6 ? socket->traffic_class : socket->tos;
  u8_t& hop_limit = socket->ipv6 ? socket->hop_limit : socket->ttl;
  if (header.traffic_class >= 0) traffic_class = static_cast<u8_t>(header.traffic_class);
  if (header.hop_limit >= 0) hop_limit = static_cast<u8_t>(header.hop_limit);
  const std::int64_t sent = SendDatagram(socket, message->msg_iov, message->msg_iovlen, named ? &ip : nullptr, port);
  socket->traffic_class = kept.traffic_class;
  socket->tos = kept.tos;
  socket->hop_limit = kept.hop_limit;
  socket->ttl = kept.ttl;
  return sent;
}

std::int64_t ReceiveMessage(int fd, msghdr* message, int flags) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (message->msg_iovlen > kMostParts) return -EMSGSIZE;
  const Received received = Receive(socket, message->msg_iov, message->msg_iovlen, flags);
  if (received.result < 0) return received.result;
  message->msg_flags = received.cut ? MSG_TRUNC : 0;
  if (IsTcp(*socket)) {
    message->msg_namelen = 0;
  } else if (message->msg_name != nullptr) {
    GiveAddress(*socket, received.from, received.port, static_cast<sockaddr*>(message->msg_name),
                &message->msg_namelen);
  }
  Control control(message);
  DescribePacket(*socket, received, &control);
  control.End();
  return received.result;
}

}  // namespace luna
