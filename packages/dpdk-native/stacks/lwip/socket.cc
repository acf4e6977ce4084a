#include "socket.h"

#include <lwip/priv/tcp_priv.h>

#include <cerrno>
#include <new>

namespace luna {

Socket sockets[kMaxSockets];

namespace {

Socket* descriptors[kMaxSockets];
// Apart from the sockets, so that loading the object touches none of it.
Datagram datagram_rings[kMaxSockets][kMaxDatagrams];
u16_t last_port = 49151;

bool Listed(const tcp_pcb* list, const tcp_pcb* pcb, const void* argument) {
  for (; list != nullptr; list = list->next) {
    if (list == pcb) return list->callback_arg == argument;
  }
  return false;
}

}  // namespace

Socket* NewSocket(Socket::Kind kind) {
  for (Socket& socket : sockets) {
    if (socket.kind != Socket::Kind::kFree) continue;
    socket.kind = kind;
    socket.datagrams = datagram_rings[&socket - sockets];
    return &socket;
  }
  return nullptr;
}

int GiveFd(Socket* socket) {
  for (int i = 0; i < kMaxSockets; ++i) {
    if (descriptors[i] != nullptr) continue;
    descriptors[i] = socket;
    socket->fd = kFirstFd + i;
    return socket->fd;
  }
  return -1;
}

Socket* FindSocket(int fd) {
  return fd < kFirstFd || fd >= kFirstFd + kMaxSockets ? nullptr : descriptors[fd - kFirstFd];
}

void FreeSocket(Socket* socket) {
  if (socket->fd >= 0) descriptors[socket->fd - kFirstFd] = nullptr;
  if (socket->received != nullptr) pbuf_free(socket->received);
  for (; socket->datagram_count > 0; --socket->datagram_count) {
    pbuf_free(socket->datagrams[socket->first_datagram].data);
    socket->first_datagram = (socket->first_datagram + 1) % kMaxDatagrams;
  }
  new (socket) Socket();
}

void FreeAllSockets() {
  EachSocket([](Socket* socket) { new (socket) Socket(); });
  for (Socket*& descriptor : descriptors) descriptor = nullptr;
  last_port = 49151;
}

tcp_pcb* LivePcb(Socket* socket) {
  // With both directions closed the pcb may be in TIME_WAIT, at whose end lwIP frees it without a callback.
  if (socket->tcp != nullptr && socket->peer_closed && socket->write_closed &&
      !Listed(tcp_tw_pcbs, socket->tcp, socket) && !Listed(tcp_active_pcbs, socket->tcp, socket)) {
    socket->tcp = nullptr;
  }
  return socket->tcp;
}

void ApplyOptions(Socket* socket, tcp_pcb* pcb) {
  pcb->so_options = socket->so_options;
  pcb->tos = TosTowards(*socket, pcb->remote_ip);
  pcb->ttl = TtlTowards(*socket, pcb->remote_ip);
  pcb->keep_idle = socket->keep_idle_ms;
  pcb->keep_intvl = socket->keep_interval_ms;
  pcb->keep_cnt = socket->keep_count;
  if (socket->no_delay) {
    tcp_nagle_disable(pcb);
  } else {
    tcp_nagle_enable(pcb);
  }
}

u8_t PcbType(const Socket& socket) {
  if (!socket.ipv6) return IPADDR_TYPE_V4;
  return socket.v6_only ? IPADDR_TYPE_V6 : IPADDR_TYPE_ANY;
}

u8_t TosTowards(const Socket& socket, const ip_addr_t& remote) {
  return IP_IS_V6_VAL(remote) ? socket.traffic_class : socket.tos;
}

u8_t TtlTowards(const Socket& socket, const ip_addr_t& remote) {
  return IP_IS_V6_VAL(remote) ? socket.hop_limit : socket.ttl;
}

int ErrnoOf(err_t error) {
  switch (error) {
    case ERR_OK:
      return 0;
    case ERR_MEM:
    case ERR_BUF:
      return ENOBUFS;
    case ERR_TIMEOUT:
      return ETIMEDOUT;
    case ERR_RTE:
      return ENETUNREACH;
    case ERR_INPROGRESS:
      return EINPROGRESS;
    case ERR_VAL:
    case ERR_ARG:
      return EINVAL;
    case ERR_WOULDBLOCK:
      return EAGAIN;
    case ERR_USE:
      return EADDRINUSE;
    case ERR_ALREADY:
      return EALREADY;
    case ERR_ISCONN:
      return EISCONN;
    case ERR_CONN:
      return ENOTCONN;
    case ERR_ABRT:
      return ECONNABORTED;
    case ERR_RST:
      return ECONNRESET;
    case ERR_CLSD:
      return ENOTCONN;
    default:
      return EIO;
  }
}

u16_t NextPort() {
  last_port = last_port == 65535 ? 49152 : static_cast<u16_t>(last_port + 1);
  return last_port;
}

}  // namespace luna
