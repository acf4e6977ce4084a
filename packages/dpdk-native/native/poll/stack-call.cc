#include "poll/stack-call.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "util/failure.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
namespace at = layout::call;

using Table = struct ::luna_stack_v1;

// No datagram is longer.
constexpr std::uint64_t kDatagram = 65536;
constexpr double kForever = std::numeric_limits<double>::infinity();
static_assert(sizeof(luna_tcp_info) <= CallRecord::kDataSize);

}  // namespace

bool StackCall::OnlyInspects(const std::uint8_t* record, std::size_t length) {
  std::uint32_t op = 0;
  if (length < at::kData) return false;
  std::memcpy(&op, record + at::kOp, sizeof op);
  return op == op::kStackTcpInfo;
}

void StackCall::Take(const Table& stack, const std::uint8_t* record, std::size_t length, double now_us) {
  in_flight_ = false;
  if (length < at::kData || length > at::kSize) {
    CallRecord::Refuse(0, "it has " + std::to_string(length) + " octets");
  }
  std::memcpy(octets_, record, length);
  std::memset(octets_ + length, 0, sizeof octets_ - length);
  record_.Prepare(length);
  if (const char* lacking = Lacking(stack)) throw Failure("LD_UNSUPPORTED", std::string("stack lacks ") + lacking);
  done_ = 0;
  start_us_ = now_us;
  const bool waits = record_.op() == op::kPoll || record_.op() == op::kEpollWait;
  deadline_us_ = waits && record_.arg()[1] >= 0 ? now_us + record_.arg()[1] * 1000.0 : kForever;
  in_flight_ = true;
}

// What the stack does not declare, in words that end "stack lacks"; null for what it can, or the host does by itself.
const char* StackCall::Lacking(const Table& stack) const {
  const auto& arg = record_.arg();
  const auto can = [&](std::uint64_t capability) { return (stack.capabilities & capability) != 0; };
  switch (record_.op()) {
    case op::kSocket:
      return LackingSocket(stack);
    case op::kRecvmsg:
      if ((arg[0] & MSG_ERRQUEUE) != 0 && !can(LUNA_CAP_ERROR_QUEUE)) return "an error queue";
      [[fallthrough]];
    case op::kSendmsg:
      return arg[2] > 0 ? "control messages" : nullptr;
    case op::kIoctl:
      return arg[0] == FIONREAD && Stream(stack) ? nullptr : "ioctl()";
    case op::kPipe:
      return "pipe()";
    case op::kSplice:
      return "splice()";
    case op::kOpen:
      return "open()";
    case op::kSendfile:
      return "sendfile()";
    case op::kCapSet:
      return "capabilities(7)";
    default:
      return nullptr;
  }
}

// Families and types of Linux that a stack may do without; it refuses what Linux has not either by itself.
const char* StackCall::LackingSocket(const Table& stack) const {
  const auto can = [&](std::uint64_t capability) { return (stack.capabilities & capability) != 0; };
  const auto& arg = record_.arg();
  const int domain = arg[0];
  const int type = arg[1] & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (domain != AF_INET && domain != AF_INET6) return nullptr;
  if (!can(domain == AF_INET ? LUNA_CAP_IPV4 : LUNA_CAP_IPV6)) return domain == AF_INET ? "IPv4" : "IPv6";
  if (type == SOCK_STREAM && !can(LUNA_CAP_TCP)) return "TCP";
  if (type != SOCK_DGRAM) return nullptr;
  if (arg[2] == (domain == AF_INET ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6})) {
    return can(LUNA_CAP_PING_SOCKETS) ? nullptr : "ICMP sockets";
  }
  return can(LUNA_CAP_UDP) ? nullptr : "UDP";
}

StackCall::Outcome StackCall::Try(const Table& stack, double now_us) {
  const bool waits = record_.op() == op::kPoll || record_.op() == op::kEpollWait;
  std::int64_t result = Enter(stack);
  if (waits) {
    if (result == 0 && now_us < deadline_us_) return Outcome::kSleeps;
  } else if (Sleeps(stack, result)) {
    return Outcome::kSleeps;
  } else if (result > 0 && WantsMore(stack, result)) {
    done_ += static_cast<std::uint64_t>(result);
    return Outcome::kWentOn;
  } else if (done_ > 0) {
    // What has gone counts; an error that came behind it is the next call's.
    result = static_cast<std::int64_t>(done_) + std::max<std::int64_t>(result, 0);
  }
  record_.Finish(static_cast<std::int32_t>(result < 0 ? -1 : result),
                 static_cast<std::int32_t>(result < 0 ? -result : 0), start_us_, now_us);
  in_flight_ = false;
  return Outcome::kOver;
}

bool StackCall::Outgoing() const {
  const std::uint32_t op = record_.op();
  return op == op::kWrite || op == op::kWritev || op == op::kSend || op == op::kSendto || op == op::kSendmsg;
}

// MSG_… of the calls that take them.
std::int32_t StackCall::Flags() const {
  switch (record_.op()) {
    case op::kRecv:
    case op::kRecvfrom:
    case op::kSend:
    case op::kSendto:
      return record_.arg()[1];
    case op::kRecvmsg:
    case op::kSendmsg:
      return record_.arg()[0];
    default:
      return 0;
  }
}

bool StackCall::Stream(const Table& stack) const {
  int type = 0;
  std::uint32_t size = sizeof type;
  return stack.getsockopt(record_.fd(), SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type == SOCK_STREAM;
}

bool StackCall::Blocking(const Table& stack) const {
  if ((Flags() & MSG_DONTWAIT) != 0) return false;
  const int kept = stack.fcntl(record_.fd(), F_GETFL, 0);
  return kept >= 0 && (kept & O_NONBLOCK) == 0;
}

bool StackCall::Sleeps(const Table& stack, std::int64_t result) {
  switch (record_.op()) {
    case op::kConnect:
      return (result == -EINPROGRESS || result == -EALREADY) && Blocking(stack);
    case op::kAccept:
    case op::kRead:
    case op::kReadv:
    case op::kRecv:
    case op::kRecvfrom:
    case op::kWrite:
    case op::kWritev:
    case op::kSend:
    case op::kSendto:
    case op::kRecvmsg:
    case op::kSendmsg:
      return result == -EAGAIN && Blocking(stack);
    default:
      return false;
  }
}

// A blocking send returns when all has gone; a receive with MSG_WAITALL when all has come.
bool StackCall::WantsMore(const Table& stack, std::int64_t result) {
  if (done_ + static_cast<std::uint64_t>(result) >= record_.count()) return false;
  const std::int32_t flags = Flags();
  const bool all = Outgoing() || ((flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0);
  return all && Stream(stack) && Blocking(stack);
}

std::int64_t StackCall::Enter(const Table& stack) {
  const int fd = record_.fd();
  const auto& arg = record_.arg();
  sockaddr* const address = record_.address();
  std::uint8_t* const buffer = record_.buffer();
  const std::uint64_t count = record_.count() - done_;
  socklen_t& option_length = record_.option_length();
  switch (record_.op()) {
    case op::kSocket:
      return stack.socket(arg[0], arg[1], arg[2]);
    case op::kBind:
      return stack.bind(fd, address, record_.in_length());
    case op::kListen:
      return stack.listen(fd, arg[0]);
    case op::kAccept:
      option_length = CallRecord::kAddressSize;
      return stack.accept(fd, address, &option_length);
    case op::kConnect:
      return stack.connect(fd, address, record_.in_length());
    case op::kRead:
      return stack.read(fd, buffer, count);
    case op::kReadv:
      return EnterVector(stack, false);
    case op::kRecv:
      return stack.recv(fd, buffer, count, arg[1]);
    case op::kRecvfrom: {
      sockaddr_storage from;
      std::uint32_t length = sizeof from;
      return stack.recvfrom(fd, buffer, count, arg[1], reinterpret_cast<sockaddr*>(&from), &length);
    }
    case op::kWrite:
      return stack.write(fd, buffer, count);
    case op::kWritev:
      return EnterVector(stack, true);
    case op::kSend:
      return stack.send(fd, buffer, count, arg[1]);
    case op::kSendto:
      return stack.sendto(fd, buffer, count, arg[1], record_.in_length() == 0 ? nullptr : address, record_.in_length());
    case op::kSendmsg: {
      const msghdr& message = record_.message();
      const std::uint64_t part = std::min<std::uint64_t>(count, record_.whole());
      return stack.sendto(fd, buffer, part, arg[0], static_cast<const sockaddr*>(message.msg_name),
                          message.msg_namelen);
    }
    case op::kRecvmsg:
      return EnterReceive(stack);
    case op::kIoctl:
      return EnterUnread(stack);
    case op::kPoll:
      return EnterPoll(stack);
    case op::kEpollCreate:
      return epolls_->Create(arg[0]);
    case op::kEpollCtl:
      return epolls_->Control(stack, fd, arg[0], arg[1], record_.event());
    case op::kEpollWait:
      return epolls_->Wait(stack, fd, arg[0], &record_.event());
    case op::kClose: {
      const int result = epolls_->Has(fd) ? 0 : stack.close(fd);
      if (result == 0) epolls_->Forget(fd);
      return result;
    }
    case op::kShutdown: {
      const int result = stack.shutdown_socket(fd, arg[0]);
      if (result == 0) epolls_->Woken(fd);  // as inet_shutdown()
      return result;
    }
    case op::kFcntl:
      return stack.fcntl(fd, arg[0], arg[1] == 1 ? arg[2] : 0);
    case op::kGetsockopt:
      return stack.getsockopt(fd, arg[0], arg[1], buffer, &option_length);
    case op::kSetsockopt:
      return stack.setsockopt(fd, arg[0], arg[1], buffer, option_length);
    case op::kStackTcpInfo: {
      luna_tcp_info info = {};
      const int result = stack.tcp_info(fd, &info);
      option_length = result < 0 ? 0 : sizeof info;
      std::memcpy(record_.data(), &info, option_length);
      return result;
    }
    default:
      return -ENOSYS;
  }
}

// From the first part that has not gone, whose rest it is.
std::int64_t StackCall::EnterVector(const Table& stack, bool outgoing) {
  const int fd = record_.fd();
  std::vector<iovec>& vector = record_.vector();
  std::uint64_t skip = done_;
  std::size_t first = 0;
  while (first < vector.size() && skip > 0 && skip >= vector[first].iov_len) skip -= vector[first++].iov_len;
  iovec* parts = vector.data() + first;
  const int count = static_cast<int>(vector.size() - first);
  if (skip == 0) return outgoing ? stack.writev(fd, parts, count) : stack.readv(fd, parts, count);
  parts->iov_len -= skip;
  const std::int64_t result = outgoing ? stack.writev(fd, parts, count) : stack.readv(fd, parts, count);
  parts->iov_len += skip;
  return result;
}

// recvmsg without control messages. Of a datagram the whole is taken, to see what is cut off.
std::int64_t StackCall::EnterReceive(const Table& stack) {
  msghdr& message = record_.message();
  const std::int32_t flags = record_.arg()[0];
  const std::uint64_t wanted = record_.count() - done_;
  const bool stream = Stream(stack);
  std::uint32_t length = sizeof(sockaddr_storage);
  const std::uint64_t room =
      stream ? std::min<std::uint64_t>(wanted, record_.whole()) : std::max<std::uint64_t>(wanted, kDatagram);
  std::int64_t result = stack.recvfrom(record_.fd(), stream ? record_.buffer() : datagram_.AtLeast(room), room,
                                       flags & ~MSG_TRUNC, static_cast<sockaddr*>(message.msg_name), &length);
  if (result < 0) return result;
  message.msg_flags = 0;
  message.msg_controllen = 0;
  if (!stream && static_cast<std::uint64_t>(result) > wanted) {
    message.msg_flags = MSG_TRUNC;
    if ((flags & MSG_TRUNC) == 0) result = static_cast<std::int64_t>(wanted);
  }
  return result;
}

// FIONREAD of a stream.
std::int64_t StackCall::EnterUnread(const Table& stack) {
  if (stack.fcntl(record_.fd(), F_GETFL, 0) < 0) return -EBADF;
  struct Found {
    int fd;
    std::int32_t unread;
    bool listens;
  } found = {record_.fd(), 0, false};
  const auto visit = [](void* into, const luna_socket_info* info) {
    auto* of = static_cast<Found*>(into);
    if (info->fd != of->fd) return;
    of->unread = static_cast<std::int32_t>(info->recvq);
    of->listens = info->state == LUNA_LISTEN;
  };
  stack.list_sockets(visit, &found);
  if (found.listens) return -EINVAL;
  if (record_.arg()[1] != 1) return -EFAULT;
  std::memcpy(record_.buffer(), &found.unread, sizeof found.unread);
  return 0;
}

std::int64_t StackCall::EnterPoll(const Table& stack) {
  auto* elements = reinterpret_cast<pollfd*>(record_.data());
  std::int64_t hits = 0;
  for (std::int32_t i = 0; i < record_.arg()[0]; ++i) {
    pollfd& element = elements[i];
    element.revents = 0;
    if (element.fd < 0) continue;
    const int ready = epolls_->Has(element.fd) ? epolls_->Ready(stack, element.fd) : stack.ready(element.fd);
    element.revents = ready < 0 ? POLLNVAL : static_cast<short>(ready & (element.events | POLLERR | POLLHUP));
    if (element.revents != 0) ++hits;
  }
  return hits;
}

}  // namespace lunadrill
