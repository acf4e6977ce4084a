#include "poll/lacking.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "poll/socket-ioctl.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
using Kind = Descriptors::Kind;

bool Can(const struct ::luna_stack_v1& stack, std::uint64_t capability) {
  return (stack.capabilities & capability) != 0;
}

// Families and types of Linux that a stack may do without; it refuses what Linux has not either by itself.
const char* LackingSocket(const struct ::luna_stack_v1& stack, int domain, int given, int protocol) {
  const int type = given & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  const bool ipv4 = domain == AF_INET;
  if (domain == AF_PACKET) return "packet sockets";
  if (!ipv4 && domain != AF_INET6) return nullptr;
  if (!Can(stack, ipv4 ? LUNA_CAP_IPV4 : LUNA_CAP_IPV6)) return ipv4 ? "IPv4" : "IPv6";
  if (type == SOCK_RAW) return "raw sockets";
  if (type == SOCK_STREAM && !Can(stack, LUNA_CAP_TCP)) return "TCP";
  if (type != SOCK_DGRAM) return nullptr;
  if (protocol == (ipv4 ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6})) {
    return Can(stack, LUNA_CAP_PING_SOCKETS) ? nullptr : "ICMP sockets";
  }
  return Can(stack, LUNA_CAP_UDP) ? nullptr : "UDP";
}

const char* LackingFlag(const struct ::luna_stack_v1& stack, std::int32_t flags, bool outgoing) {
  if ((flags & MSG_OOB) != 0 && !Can(stack, LUNA_CAP_URGENT)) return "urgent data (MSG_OOB)";
  if (outgoing) {
    return (flags & MSG_FASTOPEN) != 0 && !Can(stack, LUNA_CAP_FASTOPEN) ? "TCP Fast Open" : nullptr;
  }
  return (flags & MSG_ERRQUEUE) != 0 && !Can(stack, LUNA_CAP_ERROR_QUEUE) ? "an error queue" : nullptr;
}

// Of Linux's commands those that neither a stack nor the host has.
const char* LackingCommand(std::int32_t command) {
  switch (command) {
    case F_DUPFD:
      return "fcntl(F_DUPFD)";
    case F_DUPFD_CLOEXEC:
      return "fcntl(F_DUPFD_CLOEXEC)";
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
      return "locks";
    case F_SETOWN:
    case F_GETOWN:
    case F_SETSIG:
    case F_GETSIG:
      return "signals for input and output";
    case F_SETLEASE:
    case F_GETLEASE:
    case F_NOTIFY:
      return "leases and notices of files";
    default:
      return nullptr;
  }
}

}  // namespace

const char* Lacking(const struct ::luna_stack_v1& stack, Descriptors* descriptors, CallRecord* record) {
  const auto& arg = record->arg();
  const bool socket = descriptors->KindOf(stack, record->fd()) == Kind::kSocket;
  switch (record->op()) {
    case op::kSocket:
      return LackingSocket(stack, arg[0], arg[1], arg[2]);
    case op::kRecv:
    case op::kRecvfrom:
      return socket ? LackingFlag(stack, arg[1], false) : nullptr;
    case op::kSend:
    case op::kSendto:
      return socket ? LackingFlag(stack, arg[1], true) : nullptr;
    case op::kRecvmsg:
    case op::kSendmsg: {
      if (!socket) return nullptr;
      if (const char* flag = LackingFlag(stack, arg[0], record->op() == op::kSendmsg)) return flag;
      return arg[2] > 0 && !Can(stack, LUNA_CAP_CONTROL) ? "control messages" : nullptr;
    }
    case op::kFcntl:
      return LackingCommand(arg[0]);
    case op::kIoctl:
      return socket ? LackingIoctl(stack, record->fd(), static_cast<std::uint32_t>(arg[0])) : nullptr;
    case op::kCapSet:
      return "capabilities(7)";
    default:
      return nullptr;
  }
}

}  // namespace lunadrill
