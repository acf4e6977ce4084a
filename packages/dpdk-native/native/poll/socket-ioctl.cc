#include "poll/socket-ioctl.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "poll/socket-query.h"

namespace lunadrill {
namespace {

using Table = struct ::luna_stack_v1;

constexpr int kNotSentBit = 36;  // luna_tcp_info::notsent_bytes

bool ByStack(const Table& stack, std::uint32_t request) {
  const bool known = request == SIOCINQ || request == SIOCOUTQ || request == SIOCOUTQNSD || request == SIOCATMARK;
  return known && (stack.capabilities & LUNA_CAP_IOCTL) != 0;
}

int SwitchFlag(const Table& stack, int fd, int flag, const void* value) {
  int on = 0;
  if (value == nullptr) return -EFAULT;
  std::memcpy(&on, value, sizeof on);
  const int kept = stack.fcntl(fd, F_GETFL, 0);
  return kept < 0 ? kept : stack.fcntl(fd, F_SETFL, on != 0 ? kept | flag : kept & ~flag);
}

// The size of the next datagram; 0 where there is none.
std::int32_t NextDatagram(const Table& stack, int fd) {
  std::uint8_t first = 0;
  const std::int64_t size = stack.recv(fd, &first, sizeof first, MSG_PEEK | MSG_TRUNC);
  return size < 0 ? 0 : static_cast<std::int32_t>(size);
}

// A negative errno number, or how much is queued.
std::int64_t Queued(const Table& stack, int fd, std::uint32_t request) {
  luna_socket_info info = {};
  FindSocket(stack, fd, &info);
  const bool tcp = info.protocol == IPPROTO_TCP;
  if (tcp && info.state == LUNA_LISTEN) return -EINVAL;
  switch (request) {
    case SIOCINQ:
      return tcp ? static_cast<std::int32_t>(info.recvq) : NextDatagram(stack, fd);
    case SIOCOUTQ:
      return static_cast<std::int32_t>(info.sendq);
    default:
      return tcp ? static_cast<std::int64_t>(info.tcp.notsent_bytes) : -ENOTTY;
  }
}

}  // namespace

const char* LackingIoctl(const Table& stack, int fd, std::uint32_t request) {
  if (ByStack(stack, request)) return nullptr;
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
    case FIONBIO:
    case FIOASYNC:
    case SIOCINQ:
    case SIOCOUTQ:
      return nullptr;
    case SIOCOUTQNSD: {
      luna_socket_info info = {};
      const bool untold = FindSocket(stack, fd, &info) && (info.flags & LUNA_SOCKET_HAS_TCP_INFO) != 0 &&
                          info.state != LUNA_LISTEN && (info.tcp.known >> kNotSentBit & 1) == 0;
      return untold ? "ioctl(SIOCOUTQNSD)" : nullptr;
    }
    case SIOCATMARK:
      return (stack.capabilities & LUNA_CAP_URGENT) != 0 ? nullptr : "urgent data (SIOCATMARK)";
    default:
      // Of interfaces, routes, neighbours.
      return (request & ~0xffu) == 0x8900 ? "ioctl() of interfaces" : nullptr;
  }
}

int SocketIoctl(const Table& stack, KeptOptions* options, int fd, std::uint32_t request, void* value) {
  if (stack.fcntl(fd, F_GETFL, 0) < 0) return -EBADF;
  if (ByStack(stack, request)) return stack.ioctl(fd, request, value);
  switch (request) {
    case FIOCLEX:
    case FIONCLEX:
      options->SetCloseOnExec(fd, request == FIOCLEX);
      return 0;
    case FIONBIO:
      return SwitchFlag(stack, fd, O_NONBLOCK, value);
    case FIOASYNC:
      return SwitchFlag(stack, fd, O_ASYNC, value);
    case SIOCINQ:
    case SIOCOUTQ:
    case SIOCOUTQNSD: {
      const std::int64_t queued = Queued(stack, fd, request);
      if (queued < 0) return static_cast<int>(queued);
      if (value == nullptr) return -EFAULT;
      const auto octets = static_cast<std::int32_t>(queued);
      std::memcpy(value, &octets, sizeof octets);
      return 0;
    }
    default:
      return -ENOTTY;
  }
}

}  // namespace lunadrill
