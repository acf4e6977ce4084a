#include "options.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

// netinet/tcp.h would collide with lwIP's names.
#define LINUX_TCP_NODELAY 1
#define LINUX_TCP_MAXSEG 2
#define LINUX_TCP_KEEPIDLE 4
#define LINUX_TCP_KEEPINTVL 5
#define LINUX_TCP_KEEPCNT 6

namespace luna {
namespace {

int Kept(void* value, std::uint32_t* length, const void* what, std::uint32_t size) {
  *length = std::min(*length, size);
  if (*length > 0) std::memcpy(value, what, *length);
  return 0;
}

int KeepNumber(void* value, std::uint32_t* length, int number) { return Kept(value, length, &number, sizeof number); }

void Switch(Socket* socket, u8_t option, bool on) {
  socket->so_options = static_cast<u8_t>(on ? socket->so_options | option : socket->so_options & ~option);
}

// What changed goes to the pcb too, listeners and pcbs that have none excepted.
int Applied(Socket* socket) {
  if (socket->kind == Socket::Kind::kUdp) {
    socket->udp->so_options = socket->so_options;
    return 0;
  }
  tcp_pcb* pcb = LivePcb(socket);
  if (pcb == nullptr) return 0;
  if (socket->listening) {
    // What answers a SYN has these, whatever its family: lwIP's listener has one of each.
    pcb->so_options = socket->so_options;
    pcb->tos = TosTowards(*socket, pcb->local_ip);
    pcb->ttl = TtlTowards(*socket, pcb->local_ip);
    return 0;
  }
  ApplyOptions(socket, pcb);
  return 0;
}

int SetSocketLevel(Socket* socket, int name, const void* value, std::uint32_t length, int number) {
  switch (name) {
    case SO_REUSEADDR:
      Switch(socket, SOF_REUSEADDR, number != 0);
      return Applied(socket);
    case SO_KEEPALIVE:
      Switch(socket, SOF_KEEPALIVE, number != 0);
      return Applied(socket);
    case SO_BROADCAST:
      Switch(socket, SOF_BROADCAST, number != 0);
      return Applied(socket);
    case SO_LINGER: {
      linger given;
      if (length < sizeof given) return -EINVAL;
      std::memcpy(&given, value, sizeof given);
      socket->linger_on = given.l_onoff != 0;
      socket->linger_s = given.l_linger;
      return 0;
    }
    default:
      return -ENOPROTOOPT;
  }
}

// SOL_IP, on sockets of either family (ipv6_setsockopt() passes it on).
int SetIpLevel(Socket* socket, int name, int number) {
  switch (name) {
    case IP_TOS:
      socket->tos = static_cast<u8_t>(number);
      return Applied(socket);
    case IP_TTL:
      if (number != -1 && (number < 1 || number > 255)) return -EINVAL;
      socket->ttl = number == -1 ? 255 : static_cast<u8_t>(number);
      return Applied(socket);
    case IP_RECVTOS:
      socket->tells_traffic_class = number != 0;
      return 0;
    case IP_RECVTTL:
      socket->tells_hop_limit = number != 0;
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

bool Bound(const Socket& socket) {
  if (socket.kind == Socket::Kind::kUdp) return socket.udp->local_port != 0;
  return socket.listening || socket.connected || socket.tcp == nullptr || socket.tcp->local_port != 0;
}

int SetIpv6Level(Socket* socket, int name, int number) {
  switch (name) {
    case IPV6_V6ONLY:
      if (Bound(*socket)) return -EINVAL;
      socket->v6_only = number != 0;
      if (socket->kind == Socket::Kind::kUdp) {
        IP_SET_TYPE_VAL(socket->udp->local_ip, PcbType(*socket));
      } else {
        IP_SET_TYPE_VAL(socket->tcp->local_ip, PcbType(*socket));
      }
      return 0;
    case IPV6_TCLASS:
      if (number < -1 || number > 255) return -EINVAL;
      socket->traffic_class = number == -1 ? 0 : static_cast<u8_t>(number);
      return Applied(socket);
    case IPV6_UNICAST_HOPS:
      if (number < -1 || number > 255) return -EINVAL;
      socket->hop_limit = number == -1 ? 255 : static_cast<u8_t>(number);
      return Applied(socket);
    case IPV6_RECVTCLASS:
      socket->tells_traffic_class = number != 0;
      return 0;
    case IPV6_RECVHOPLIMIT:
      socket->tells_hop_limit = number != 0;
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

int SetTcpLevel(Socket* socket, int name, int number) {
  switch (name) {
    case LINUX_TCP_NODELAY:
      socket->no_delay = number != 0;
      Applied(socket);
      if (tcp_pcb* pcb = LivePcb(socket); pcb != nullptr && socket->no_delay && !socket->listening) tcp_output(pcb);
      return 0;
    case LINUX_TCP_KEEPIDLE:
      if (number < 1 || number > 32767) return -EINVAL;
      socket->keep_idle_ms = static_cast<u32_t>(number) * 1000;
      return Applied(socket);
    case LINUX_TCP_KEEPINTVL:
      if (number < 1 || number > 32767) return -EINVAL;
      socket->keep_interval_ms = static_cast<u32_t>(number) * 1000;
      return Applied(socket);
    case LINUX_TCP_KEEPCNT:
      if (number < 1 || number > 127) return -EINVAL;
      socket->keep_count = static_cast<u32_t>(number);
      return Applied(socket);
    case kTcpInq:
      if (number < 0 || number > 1) return -EINVAL;
      socket->tells_unread = number != 0;
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

}  // namespace

int GetOption(Socket* socket, int level, int name, void* value, std::uint32_t* length) {
  if (*length > 0x7fffffff) return -EINVAL;
  if (value == nullptr && *length > 0) return -EFAULT;
  const bool tcp = socket->kind == Socket::Kind::kTcp;
  if (level == SOL_SOCKET) {
    switch (name) {
      case SO_ERROR: {
        const int error = socket->error;
        socket->error = 0;
        return KeepNumber(value, length, error);
      }
      case SO_TYPE:
        return KeepNumber(value, length, tcp ? SOCK_STREAM : SOCK_DGRAM);
      case SO_DOMAIN:
        return KeepNumber(value, length, socket->ipv6 ? AF_INET6 : AF_INET);
      case SO_PROTOCOL:
        return KeepNumber(value, length, tcp ? IPPROTO_TCP : IPPROTO_UDP);
      case SO_ACCEPTCONN:
        return KeepNumber(value, length, socket->listening ? 1 : 0);
      case SO_REUSEADDR:
        return KeepNumber(value, length, (socket->so_options & SOF_REUSEADDR) != 0);
      case SO_KEEPALIVE:
        return KeepNumber(value, length, (socket->so_options & SOF_KEEPALIVE) != 0);
      case SO_BROADCAST:
        return KeepNumber(value, length, (socket->so_options & SOF_BROADCAST) != 0);
      case SO_RCVBUF:
        return KeepNumber(value, length, TCP_WND);
      case SO_SNDBUF:
        return KeepNumber(value, length, TCP_SND_BUF);
      case SO_LINGER: {
        const linger kept = {socket->linger_on ? 1 : 0, socket->linger_s};
        return Kept(value, length, &kept, sizeof kept);
      }
      default:
        return -ENOPROTOOPT;
    }
  }
  if (level == IPPROTO_IP && name == IP_TOS) return KeepNumber(value, length, socket->tos);
  if (level == IPPROTO_IP && name == IP_TTL) return KeepNumber(value, length, socket->ttl);
  if (level == IPPROTO_IP && name == IP_RECVTOS) return KeepNumber(value, length, socket->tells_traffic_class ? 1 : 0);
  if (level == IPPROTO_IP && name == IP_RECVTTL) return KeepNumber(value, length, socket->tells_hop_limit ? 1 : 0);
  if (level == IPPROTO_IPV6 && socket->ipv6) {
    switch (name) {
      case IPV6_V6ONLY:
        return KeepNumber(value, length, socket->v6_only ? 1 : 0);
      case IPV6_TCLASS:
        return KeepNumber(value, length, socket->traffic_class);
      case IPV6_UNICAST_HOPS:
        return KeepNumber(value, length, socket->hop_limit);
      case IPV6_RECVTCLASS:
        return KeepNumber(value, length, socket->tells_traffic_class ? 1 : 0);
      case IPV6_RECVHOPLIMIT:
        return KeepNumber(value, length, socket->tells_hop_limit ? 1 : 0);
      default:
        return -ENOPROTOOPT;
    }
  }
  if (level != IPPROTO_TCP) return -ENOPROTOOPT;
  if (!tcp) return -EOPNOTSUPP;
  switch (name) {
    case LINUX_TCP_NODELAY:
      return KeepNumber(value, length, socket->no_delay ? 1 : 0);
    case LINUX_TCP_MAXSEG: {
      const tcp_pcb* pcb = LivePcb(socket);
      return KeepNumber(value, length, pcb == nullptr || socket->listening ? 536 : pcb->mss);
    }
    case LINUX_TCP_KEEPIDLE:
      return KeepNumber(value, length, static_cast<int>(socket->keep_idle_ms / 1000));
    case LINUX_TCP_KEEPINTVL:
      return KeepNumber(value, length, static_cast<int>(socket->keep_interval_ms / 1000));
    case LINUX_TCP_KEEPCNT:
      return KeepNumber(value, length, static_cast<int>(socket->keep_count));
    case kTcpInq:
      return KeepNumber(value, length, socket->tells_unread ? 1 : 0);
    default:
      return -ENOPROTOOPT;
  }
}

int SetOption(Socket* socket, int level, int name, const void* value, std::uint32_t length) {
  if (length < sizeof(int) || length > 0x7fffffff) return -EINVAL;
  if (value == nullptr) return -EFAULT;
  int number = 0;
  std::memcpy(&number, value, sizeof number);
  if (level == SOL_SOCKET) return SetSocketLevel(socket, name, value, length, number);
  if (level == IPPROTO_IP) return SetIpLevel(socket, name, number);
  if (level == IPPROTO_IPV6 && socket->ipv6) return SetIpv6Level(socket, name, number);
  if (level != IPPROTO_TCP) return -ENOPROTOOPT;
  if (socket->kind != Socket::Kind::kTcp) return -EOPNOTSUPP;
  return SetTcpLevel(socket, name, number);
}

}  // namespace luna
