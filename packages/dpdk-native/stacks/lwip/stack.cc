// libluna.so: Debian's unmodified lwIP behind luna_stack.h. One thread, run to completion, no tcpip_thread.
// Read first: include/luna_stack.h, ../../README.md.
#include <fcntl.h>
#include <lwip/init.h>
#include <lwip/timeouts.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "address.h"
#include "inspect.h"
#include "instance.h"
#include "interpose.h"
#include "luna_stack.h"
#include "message.h"
#include "options.h"
#include "socket.h"

namespace luna {
namespace {

bool IsTcp(const Socket* socket) { return socket->kind == Socket::Kind::kTcp; }

// Whether an address is one that OpenWire takes; family 0: none.
int CheckAddress(const luna_address& address, bool may_be_none) {
  switch (address.family) {
    case AF_INET:
      return address.prefix_length <= 32 ? 0 : -EINVAL;
    case AF_INET6:
      return address.prefix_length <= 128 ? 0 : -EINVAL;
    default:
      return may_be_none && address.family == 0 ? 0 : -ENOTSUP;
  }
}

int Init(const luna_config* given) {
  if (!LUNA_CONFIG_HAS(given, options)) return -EINVAL;
  luna_config config = {};
  std::memcpy(&config, given, std::min<std::size_t>(given->size, sizeof config));
  if (config.options != nullptr && config.options[0] != '\0') return -EINVAL;
  if (const int error = CheckAddress(FirstAddress(config), false); error < 0) return error;
  if (const int error = CheckAddress(config.other, true); error < 0) return error;
  clock_now_us = config.now_us;
  clock_context = config.now_context;
  lwip_init();
  return OpenWire(config);
}

void Shutdown() {
  CloseWire();
  FreeAllSockets();
  FreeAllMemory();
}

std::uint64_t Poll(std::uint64_t now) {
  const bool more = ReceiveFrames();
  sys_check_timeouts();
  if (more) return now;
  const u32_t sleep_ms = sys_timeouts_sleeptime();
  return sleep_ms == SYS_TIMEOUTS_SLEEPTIME_INFINITE ? UINT64_MAX : (now / 1000 + sleep_ms) * 1000;
}

int OpenSocket(int domain, int type, int protocol) {
  if (domain != AF_INET && domain != AF_INET6) return -EAFNOSUPPORT;
  const int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  const bool tcp = kind == SOCK_STREAM;
  if (kind < 0 || kind > SOCK_PACKET) return -EINVAL;  // as __sock_create()
  if (!tcp && kind != SOCK_DGRAM) return -ESOCKTNOSUPPORT;
  if (protocol != 0 && protocol != (tcp ? IPPROTO_TCP : IPPROTO_UDP)) return -EPROTONOSUPPORT;
  Socket* socket = NewSocket(tcp ? Socket::Kind::kTcp : Socket::Kind::kUdp);
  if (socket == nullptr) return -ENFILE;
  socket->ipv6 = domain == AF_INET6;
  socket->flags = O_RDWR | ((type & SOCK_NONBLOCK) != 0 ? O_NONBLOCK : 0);
  int result = GiveFd(socket) < 0 ? -EMFILE : tcp ? TcpOpen(socket) : UdpOpen(socket);
  if (result == 0) return socket->fd;
  FreeSocket(socket);
  return result;
}

bool OwnAddress(const ip_addr_t& ip) {
  if (ip_addr_isany_val(ip)) return true;
  if (IP_IS_V6_VAL(ip)) return netif_get_ip6_addr_match(const_cast<netif*>(Wire()), ip_2_ip6(&ip)) >= 0;
  return ip4_addr_cmp(ip_2_ip4(&ip), netif_ip4_addr(Wire()));
}

int Bind(int fd, const sockaddr* address, std::uint32_t length) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  ip_addr_t ip = {};
  u16_t port = 0;
  if (const int error = ParseAddress(*socket, address, length, Purpose::kBind, &ip, &port); error < 0) return error;
  if (!OwnAddress(ip)) return -EADDRNOTAVAIL;
  return IsTcp(socket) ? TcpBind(socket, ip, port) : UdpBind(socket, ip, port);
}

int Listen(int fd, int backlog) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  return IsTcp(socket) ? TcpListen(socket, backlog) : -EOPNOTSUPP;
}

int Accept(int fd, sockaddr* address, std::uint32_t* length) {
  Socket* listener = FindSocket(fd);
  if (listener == nullptr) return -EBADF;
  if (!IsTcp(listener)) return -EOPNOTSUPP;
  Socket* socket = nullptr;
  const int accepted = TcpAccept(listener, &socket);
  if (accepted < 0) return accepted;
  socket->flags = O_RDWR;
  if (const tcp_pcb* pcb = LivePcb(socket)) {
    GiveAddress(*socket, pcb->remote_ip, pcb->remote_port, address, length);
  } else if (length != nullptr) {
    *length = 0;
  }
  return accepted;
}

int Connect(int fd, const sockaddr* address, std::uint32_t length) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (address == nullptr) return -EFAULT;
  if (length < sizeof(sa_family_t)) return -EINVAL;
  if (address->sa_family == AF_UNSPEC) {
    if (IsTcp(socket)) return TcpDisconnect(socket);
    udp_disconnect(socket->udp);
    socket->connected = false;
    return 0;
  }
  ip_addr_t ip = {};
  u16_t port = 0;
  if (const int error = ParseAddress(*socket, address, length, Purpose::kDestination, &ip, &port); error < 0)
    return error;
  return IsTcp(socket) ? TcpConnect(socket, ip, port) : UdpConnect(socket, ip, port);
}

std::int64_t ReceiveFrom(int fd, void* buffer, std::uint64_t count, int flags, sockaddr* address,
                         std::uint32_t* length) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  auto* octets = static_cast<std::uint8_t*>(buffer);
  if (IsTcp(socket)) {
    if (length != nullptr) *length = 0;  // as Linux: a connection's recvfrom tells no address
    return TcpReceive(socket, octets, count, flags);
  }
  ip_addr_t from = {};
  u16_t port = 0;
  const std::int64_t result = UdpReceive(socket, octets, count, flags, &from, &port);
  if (result >= 0) GiveAddress(*socket, from, port, address, length);
  return result;
}

std::int64_t Receive(int fd, void* buffer, std::uint64_t count, int flags) {
  return ReceiveFrom(fd, buffer, count, flags, nullptr, nullptr);
}

std::int64_t Read(int fd, void* buffer, std::uint64_t count) {
  if (count == 0) return FindSocket(fd) == nullptr ? -EBADF : 0;  // sock_read_iter(): System V's way
  return ReceiveFrom(fd, buffer, count, 0, nullptr, nullptr);
}

std::int64_t SendTo(int fd, const void* buffer, std::uint64_t count, int flags, const sockaddr* address,
                    std::uint32_t length) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  const auto* octets = static_cast<const std::uint8_t*>(buffer);
  if (IsTcp(socket)) return TcpSend(socket, octets, count, flags, false);  // Linux ignores a connection's address
  if (address == nullptr) return UdpSend(socket, octets, count, nullptr, 0);
  ip_addr_t ip = {};
  u16_t port = 0;
  if (const int error = ParseAddress(*socket, address, length, Purpose::kDestination, &ip, &port); error < 0)
    return error;
  return UdpSend(socket, octets, count, &ip, port);
}

std::int64_t Send(int fd, const void* buffer, std::uint64_t count, int flags) {
  return SendTo(fd, buffer, count, flags, nullptr, 0);
}

std::int64_t Write(int fd, const void* buffer, std::uint64_t count) { return SendTo(fd, buffer, count, 0, nullptr, 0); }

int Close(int fd) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (IsTcp(socket)) {
    TcpClose(socket);
  } else {
    UdpClose(socket);
  }
  FreeSocket(socket);
  return 0;
}

int ShutdownSocket(int fd, int how) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (IsTcp(socket)) return TcpShutdown(socket, how);
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return -EINVAL;
  if (!socket->connected) return -ENOTCONN;
  if (how != SHUT_WR) socket->read_closed = true;
  if (how != SHUT_RD) socket->write_closed = true;
  return 0;
}

int Fcntl(int fd, int command, int argument) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  if (command == F_GETFL) return socket->flags;
  if (command != F_SETFL) return -EINVAL;
  constexpr int kSettable = O_NONBLOCK | O_APPEND | O_ASYNC;
  socket->flags = (socket->flags & ~kSettable) | (argument & kSettable);
  return 0;
}

int GetSocketOption(int fd, int level, int name, void* value, std::uint32_t* length) {
  Socket* socket = FindSocket(fd);
  return socket == nullptr ? -EBADF : GetOption(socket, level, name, value, length);
}

int SetSocketOption(int fd, int level, int name, const void* value, std::uint32_t length) {
  Socket* socket = FindSocket(fd);
  return socket == nullptr ? -EBADF : SetOption(socket, level, name, value, length);
}

int Ready(int fd) {
  Socket* socket = FindSocket(fd);
  if (socket == nullptr) return -EBADF;
  return IsTcp(socket) ? TcpReady(socket) : UdpReady(socket);
}

int TcpInfo(int fd, luna_tcp_info* info) {
  Socket* socket = FindSocket(fd);
  return socket == nullptr ? -EBADF : DescribeTcp(socket, info);
}

constexpr std::uint64_t kCapabilities = LUNA_CAP_TCP | LUNA_CAP_UDP | LUNA_CAP_IPV4 | LUNA_CAP_IPV6 |
                                        LUNA_CAP_DUAL_STACK | LUNA_CAP_CLOCK_HOOK | LUNA_CAP_RELOAD |
                                        LUNA_CAP_DETERMINISTIC | LUNA_CAP_CONTROL | LUNA_CAP_ALLOC_FAULT;

const struct ::luna_stack_v1 table = {
    LUNA_ABI_MAJOR,
    LUNA_ABI_MINOR,
    sizeof(struct ::luna_stack_v1),
    0,
    LWIP_TCP_SACK_OUT ? "lwIP-sack" : "lwIP",
    LWIP_VERSION_STRING,
    kCapabilities,
    Init,
    Shutdown,
    nullptr,
    Poll,
    OpenSocket,
    Bind,
    Listen,
    Accept,
    Connect,
    Read,
    ReadVector,
    Receive,
    ReceiveFrom,
    Write,
    WriteVector,
    Send,
    SendTo,
    Close,
    ShutdownSocket,
    Fcntl,
    GetSocketOption,
    SetSocketOption,
    Ready,
    TcpInfo,
    ListSockets,
    SendMessage,
    ReceiveMessage,
    nullptr,  // ioctl
    FailAllocations,
    0,  // max_mtu
    0,
};

}  // namespace
}  // namespace luna

extern "C" {

const struct luna_stack_v1* luna_stack_v1(void) { return &luna::table; }

}  // extern "C"
