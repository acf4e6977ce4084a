// UDP sockets over lwIP's raw API. lwIP tells its udp_pcbs nothing of ICMP errors, so there is no ECONNREFUSED here.
#include <lwip/ip.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "address.h"
#include "socket.h"

namespace luna {
namespace {

constexpr std::uint64_t kLongestOverIpv4 = 65507;
constexpr std::uint64_t kLongestOverIpv6 = 65527;

void OnDatagram(void* argument, udp_pcb*, pbuf* data, const ip_addr_t* from, u16_t port) {
  auto* socket = static_cast<Socket*>(argument);
  if (socket->datagram_count == kMaxDatagrams || socket->read_closed) {
    pbuf_free(data);
    return;
  }
  Datagram& last = socket->datagrams[(socket->first_datagram + socket->datagram_count++) % kMaxDatagrams];
  last.data = data;
  ip_addr_copy(last.from, *from);
  last.port = port;
  const bool ipv6 = ip_current_is_v6();
  last.traffic_class = static_cast<u8_t>(ipv6 ? IP6H_TC(ip6_current_header()) : IPH_TOS(ip4_current_header()));
  last.hop_limit = static_cast<u8_t>(ipv6 ? IP6H_HOPLIM(ip6_current_header()) : IPH_TTL(ip4_current_header()));
}

int BindAnyPort(Socket* socket, const ip_addr_t& address) {
  for (int tries = 0; tries < 16384; ++tries) {
    const err_t error = udp_bind(socket->udp, &address, NextPort());
    if (error != ERR_USE) return -ErrnoOf(error);
  }
  return -EADDRINUSE;
}

}  // namespace

int UdpOpen(Socket* socket) {
  socket->udp = udp_new_ip_type(PcbType(*socket));
  if (socket->udp == nullptr) return -ENOBUFS;
  socket->ttl = socket->hop_limit = socket->udp->ttl;
  udp_recv(socket->udp, OnDatagram, socket);
  return 0;
}

int UdpBind(Socket* socket, const ip_addr_t& address, u16_t port) {
  if (socket->udp->local_port != 0) return -EINVAL;
  socket->udp->so_options = socket->so_options;
  if (port == 0) return BindAnyPort(socket, address);
  return -ErrnoOf(udp_bind(socket->udp, &address, port));
}

int UdpConnect(Socket* socket, const ip_addr_t& address, u16_t port) {
  if (socket->udp->local_port == 0) {
    if (const int error = BindAnyPort(socket, *AnyAddress(*socket)); error < 0) return error;
  }
  const err_t error = udp_connect(socket->udp, &address, port);
  socket->connected = error == ERR_OK;
  return -ErrnoOf(error);
}

std::int64_t UdpReceive(Socket* socket, std::uint8_t* buffer, std::uint64_t count, int flags, ip_addr_t* from,
                        u16_t* port) {
  if (socket->datagram_count == 0) return socket->read_closed ? 0 : -EAGAIN;
  Datagram& first = socket->datagrams[socket->first_datagram];
  const u16_t total = first.data->tot_len;
  const auto length = static_cast<u16_t>(std::min<std::uint64_t>(count, total));
  if (length > 0) {
    if (buffer == nullptr) return -EFAULT;
    pbuf_copy_partial(first.data, buffer, length, 0);
  }
  ip_addr_copy(*from, first.from);
  *port = first.port;
  if ((flags & MSG_PEEK) == 0) {
    pbuf_free(first.data);
    socket->first_datagram = (socket->first_datagram + 1) % kMaxDatagrams;
    --socket->datagram_count;
  }
  return (flags & MSG_TRUNC) != 0 ? total : length;
}

std::int64_t UdpSend(Socket* socket, const std::uint8_t* buffer, std::uint64_t count, const ip_addr_t* address,
                     u16_t port) {
  if (socket->write_closed) return -EPIPE;
  if (address == nullptr && !socket->connected) return -EDESTADDRREQ;
  const ip_addr_t& remote = address == nullptr ? socket->udp->remote_ip : *address;
  if (count > (IP_IS_V6_VAL(remote) ? kLongestOverIpv6 : kLongestOverIpv4)) return -EMSGSIZE;
  if (count > 0 && buffer == nullptr) return -EFAULT;
  if (socket->udp->local_port == 0) {
    if (const int error = BindAnyPort(socket, *AnyAddress(*socket)); error < 0) return error;
  }
  pbuf* data = pbuf_alloc(PBUF_TRANSPORT, static_cast<u16_t>(count), PBUF_RAM);
  if (data == nullptr) return -ENOBUFS;
  if (count > 0) pbuf_take(data, buffer, static_cast<u16_t>(count));
  socket->udp->tos = TosTowards(*socket, remote);
  socket->udp->ttl = TtlTowards(*socket, remote);
  const err_t error = address == nullptr ? udp_send(socket->udp, data) : udp_sendto(socket->udp, data, address, port);
  pbuf_free(data);
  return error == ERR_OK ? static_cast<std::int64_t>(count) : -ErrnoOf(error);
}

void UdpClose(Socket* socket) { udp_remove(socket->udp); }

int UdpReady(Socket* socket) {
  int bits = POLLOUT | POLLWRNORM;
  if (socket->datagram_count > 0 || socket->read_closed) bits |= POLLIN | POLLRDNORM;
  return bits;
}

}  // namespace luna
