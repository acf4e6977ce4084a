#include "inspect.h"

#include <lwip/priv/tcp_priv.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "address.h"

namespace luna {
namespace {

constexpr std::uint32_t kTickUs = TCP_SLOW_INTERVAL * 1000;
// Ticks between two probes of a closed window, by backoff: lwIP's tcp_persist_backoff, which no header names.
constexpr std::uint8_t kPersistTicks[] = {3, 6, 12, 24, 48, 96, 120};

// Numbers of the fields of luna_tcp_info that lwIP can fill.
constexpr int kConnectionFields[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 12, 21, 23,
                                     24, 25, 26, 27, 28, 36, 42, 43, 44, 45, 46, 47, 48, 49};
constexpr int kListenerFields[] = {0, 12, 13};

template <std::size_t kCount>
std::uint64_t Bits(const int (&fields)[kCount]) {
  std::uint64_t bits = 0;
  for (const int field : fields) bits |= std::uint64_t{1} << field;
  return bits;
}

std::uint32_t StateOf(tcp_state state) {
  switch (state) {
    case CLOSED:
      return LUNA_CLOSED;
    case LISTEN:
      return LUNA_LISTEN;
    case SYN_SENT:
      return LUNA_SYN_SENT;
    case SYN_RCVD:
      return LUNA_SYN_RCVD;
    case ESTABLISHED:
      return LUNA_ESTABLISHED;
    case FIN_WAIT_1:
      return LUNA_FIN_WAIT_1;
    case FIN_WAIT_2:
      return LUNA_FIN_WAIT_2;
    case CLOSE_WAIT:
      return LUNA_CLOSE_WAIT;
    case CLOSING:
      return LUNA_CLOSING;
    case LAST_ACK:
      return LUNA_LAST_ACK;
    case TIME_WAIT:
      return LUNA_TIME_WAIT;
  }
  return LUNA_CLOSED;
}

void FillListener(const Socket* socket, luna_tcp_info* info) {
  info->known = Bits(kListenerFields);
  info->state = LUNA_LISTEN;
  info->unacked = static_cast<std::uint32_t>(socket->queued);
  info->sacked = static_cast<std::uint32_t>(socket->backlog);
}

// Debian's build has neither timestamps nor SACK, stacks/lwip-sack has both.
std::uint32_t OptionsOf(const tcp_pcb* pcb) {
  std::uint32_t options = (pcb->flags & TF_WND_SCALE) != 0 ? 4 : 0;
#if LWIP_TCP_TIMESTAMPS
  if ((pcb->flags & TF_TIMESTAMP) != 0) options |= 1;
#endif
#if LWIP_TCP_SACK_OUT
  if ((pcb->flags & TF_SACK) != 0) options |= 2;
#endif
  return options;
}

void FillConnection(const tcp_pcb* pcb, luna_tcp_info* info) {
  const std::uint32_t mss = std::max<std::uint32_t>(pcb->mss, 1);
  info->known = Bits(kConnectionFields);
  info->state = StateOf(pcb->state);
  info->ca_state = (pcb->flags & TF_INFR) != 0 ? 3 : (pcb->flags & TF_RTO) != 0 ? 4 : pcb->dupacks > 0 ? 1 : 0;
  info->retransmits = pcb->nrtx;
  info->probes = pcb->persist_backoff > 0 ? pcb->persist_probe : pcb->keep_cnt_sent;
  info->backoff = pcb->persist_backoff > 0 ? pcb->persist_backoff : pcb->nrtx;
  const bool scaled = (pcb->flags & TF_WND_SCALE) != 0;
  info->options = OptionsOf(pcb);
  info->snd_wscale = scaled ? pcb->snd_scale : 0;
  info->rcv_wscale = scaled ? pcb->rcv_scale : 0;
  info->rto_us = static_cast<std::uint32_t>(std::max<int>(pcb->rto, 0)) * kTickUs;
  info->ato_us = TCP_FAST_INTERVAL * 1000;
  info->snd_mss = pcb->mss;
  for (const tcp_seg* segment = pcb->unacked; segment != nullptr; segment = segment->next) ++info->unacked;
  for (const tcp_seg* segment = pcb->unsent; segment != nullptr; segment = segment->next) {
    info->notsent_bytes += segment->len;
  }
  info->pmtu = netif_default == nullptr ? 0 : netif_default->mtu;
  // Van Jacobson's scaled averages: sa is eight times the mean, sv four times the deviation.
  info->rtt_us = static_cast<std::uint32_t>(std::max<int>(pcb->sa, 0)) * kTickUs / 8;
  info->rttvar_us = static_cast<std::uint32_t>(std::max<int>(pcb->sv, 0)) * kTickUs / 4;
  info->snd_ssthresh = pcb->ssthresh / mss;
  info->snd_cwnd = pcb->cwnd / mss;
  info->advmss = TCP_MSS;
  info->reordering = 3;  // so many duplicate acknowledgements make a retransmission
  info->snd_wnd = pcb->snd_wnd;
  info->rcv_wnd = pcb->rcv_ann_wnd;
  info->snd_una = pcb->lastack;
  info->snd_nxt = pcb->snd_nxt;
  info->rcv_nxt = pcb->rcv_nxt;
  info->dupacks = pcb->dupacks;
  info->cwnd_bytes = pcb->cwnd;
  info->ssthresh_bytes = pcb->ssthresh;
}

void Set(luna_socket_info* info, luna_timer timer, std::int64_t ticks, std::uint32_t retransmits) {
  info->timer = timer;
  info->timer_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(ticks, 0)) * TCP_SLOW_INTERVAL;
  info->timer_retransmits = retransmits;
}

// Times are in lwIP's ticks of 500 ms, so up to one tick too long.
void FillTimer(const tcp_pcb* pcb, luna_socket_info* info) {
  const auto since = static_cast<std::int64_t>(static_cast<std::uint32_t>(tcp_ticks - pcb->tmr));
  if (pcb->state == TIME_WAIT) {
    Set(info, LUNA_TIMER_TIME_WAIT, static_cast<std::int64_t>(2 * TCP_MSL / TCP_SLOW_INTERVAL) - since, 0);
  } else if (pcb->persist_backoff > 0) {
    const std::size_t backoff = std::min<std::size_t>(pcb->persist_backoff, std::size(kPersistTicks));
    Set(info, LUNA_TIMER_PERSIST, kPersistTicks[backoff - 1] - pcb->persist_cnt, pcb->persist_probe);
  } else if (pcb->rtime >= 0 && (pcb->unacked != nullptr || (pcb->flags & TF_RTO) != 0)) {
    Set(info, LUNA_TIMER_RETRANSMIT, pcb->rto - pcb->rtime, pcb->nrtx);
  } else if (pcb->state == FIN_WAIT_2 && (pcb->flags & TF_RXCLOSED) != 0) {
    // Nobody reads any more: it is given up after a while, which Linux shows as the same timer.
    Set(info, LUNA_TIMER_TIME_WAIT, static_cast<std::int64_t>(TCP_FIN_WAIT_TIMEOUT / TCP_SLOW_INTERVAL) - since, 0);
  } else if (ip_get_option(pcb, SOF_KEEPALIVE) && (pcb->state == ESTABLISHED || pcb->state == CLOSE_WAIT)) {
    const std::int64_t wait =
        static_cast<std::int64_t>(pcb->keep_idle) +
        static_cast<std::int64_t>(pcb->keep_cnt_sent) * static_cast<std::int64_t>(pcb->keep_intvl);
    Set(info, LUNA_TIMER_KEEPALIVE, wait / TCP_SLOW_INTERVAL - since, pcb->keep_cnt_sent);
  }
}

void VisitConnection(const tcp_pcb* pcb, luna_socket_visitor visit, void* context) {
  luna_socket_info info = {};
  // The argument of a SYN_RCVD pcb is still its listener.
  auto* socket = static_cast<Socket*>(pcb->callback_arg);
  const bool own = socket != nullptr && socket->tcp == pcb;
  info.fd = own ? socket->fd : -1;
  info.protocol = IPPROTO_TCP;
  const bool ipv6 = socket != nullptr ? socket->ipv6 : IP_IS_V6_VAL(pcb->remote_ip);
  info.family = ipv6 ? AF_INET6 : AF_INET;
  info.state = StateOf(pcb->state);
  PutAddress(ipv6, pcb->local_ip, info.local_ip);
  PutAddress(ipv6, pcb->remote_ip, info.remote_ip);
  info.local_port = pcb->local_port;
  info.remote_port = pcb->remote_port;
  info.recvq = own && socket->received != nullptr ? socket->received->tot_len : 0;
  // A SYN or FIN occupies a sequence number without being an octet.
  for (const tcp_seg* segment = pcb->unacked; segment != nullptr; segment = segment->next) info.sendq += segment->len;
  for (const tcp_seg* segment = pcb->unsent; segment != nullptr; segment = segment->next) info.sendq += segment->len;
  FillTimer(pcb, &info);
  info.flags = LUNA_SOCKET_HAS_TCP_INFO;
  FillConnection(pcb, &info.tcp);
  visit(context, &info);
}

// A TCP socket without a connection: not connected yet, or its connection has gone.
void VisitClosed(Socket* socket, luna_socket_visitor visit, void* context) {
  const tcp_pcb* pcb = LivePcb(socket);
  if (socket->listening || socket->fd < 0 || (pcb != nullptr && pcb->state != CLOSED)) return;
  luna_socket_info info = {};
  info.fd = socket->fd;
  info.protocol = IPPROTO_TCP;
  info.family = socket->ipv6 ? AF_INET6 : AF_INET;
  info.state = LUNA_CLOSED;
  if (pcb != nullptr) {
    PutAddress(socket->ipv6, pcb->local_ip, info.local_ip);
    info.local_port = pcb->local_port;
  }
  info.recvq = socket->received != nullptr ? socket->received->tot_len : 0;
  visit(context, &info);
}

}  // namespace

int DescribeTcp(Socket* socket, luna_tcp_info* info) {
  std::memset(info, 0, sizeof *info);
  if (socket->kind != Socket::Kind::kTcp) return -EINVAL;
  const tcp_pcb* pcb = LivePcb(socket);
  if (pcb == nullptr) {
    info->known = 1;
    info->state = LUNA_CLOSED;
  } else if (socket->listening) {
    FillListener(socket, info);
  } else {
    FillConnection(pcb, info);
  }
  return 0;
}

void ListSockets(luna_socket_visitor visit, void* context) {
  for (const tcp_pcb_listen* pcb = tcp_listen_pcbs.listen_pcbs; pcb != nullptr; pcb = pcb->next) {
    luna_socket_info info = {};
    const auto* socket = static_cast<const Socket*>(pcb->callback_arg);
    info.fd = socket == nullptr ? -1 : socket->fd;
    info.protocol = IPPROTO_TCP;
    const bool ipv6 = !IP_IS_V4_VAL(pcb->local_ip) || (socket != nullptr && socket->ipv6);
    info.family = ipv6 ? AF_INET6 : AF_INET;
    info.state = LUNA_LISTEN;
    PutAddress(ipv6, pcb->local_ip, info.local_ip);
    info.local_port = pcb->local_port;
    if (socket != nullptr) {
      info.recvq = static_cast<std::uint32_t>(socket->queued);
      info.sendq = static_cast<std::uint32_t>(socket->backlog);
      info.flags = LUNA_SOCKET_HAS_TCP_INFO;
      FillListener(socket, &info.tcp);
    }
    visit(context, &info);
  }
  for (const tcp_pcb* pcb = tcp_active_pcbs; pcb != nullptr; pcb = pcb->next) VisitConnection(pcb, visit, context);
  for (const tcp_pcb* pcb = tcp_tw_pcbs; pcb != nullptr; pcb = pcb->next) VisitConnection(pcb, visit, context);
  EachSocket([&](Socket* socket) {
    if (socket->kind == Socket::Kind::kTcp) VisitClosed(socket, visit, context);
    if (socket->kind != Socket::Kind::kUdp || socket->udp->local_port == 0) return;
    luna_socket_info info = {};
    info.fd = socket->fd;
    info.protocol = IPPROTO_UDP;
    info.family = socket->ipv6 ? AF_INET6 : AF_INET;
    info.state = socket->connected ? LUNA_ESTABLISHED : LUNA_CLOSED;
    PutAddress(socket->ipv6, socket->udp->local_ip, info.local_ip);
    if (socket->connected) PutAddress(socket->ipv6, socket->udp->remote_ip, info.remote_ip);
    info.local_port = socket->udp->local_port;
    info.remote_port = socket->udp->remote_port;
    for (int i = 0; i < socket->datagram_count; ++i) {
      info.recvq += socket->datagrams[(socket->first_datagram + i) % kMaxDatagrams].data->tot_len;
    }
    visit(context, &info);
  });
}

}  // namespace luna
