// TCP sockets over lwIP's raw API: callbacks put what happens into the Socket, calls look there and never wait.
// Read first: lwip/tcp.h; for what Linux answers when, net/ipv4/tcp.c (tcp_recvmsg_locked, tcp_sendmsg_locked,
// tcp_poll).
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "address.h"
#include "socket.h"

namespace luna {
namespace {

Socket* Of(void* argument) { return static_cast<Socket*>(argument); }

err_t OnReceived(void* argument, tcp_pcb* pcb, pbuf* data, err_t) {
  Socket* socket = Of(argument);
  if (data == nullptr) {
    socket->peer_closed = true;
  } else if (socket->read_closed) {
    tcp_recved(pcb, data->tot_len);
    pbuf_free(data);
  } else if (socket->received == nullptr) {
    socket->received = data;
  } else {
    pbuf_cat(socket->received, data);  // at most a receive window in all, so tot_len holds it
  }
  return ERR_OK;
}

// The pcb is gone already.
void OnError(void* argument, err_t error) {
  Socket* socket = Of(argument);
  socket->tcp = nullptr;
  const bool closed_by_peer = socket->peer_closed;
  socket->peer_closed = true;
  socket->write_closed = true;
  if (error == ERR_CLSD) return;  // LAST_ACK is over
  if (socket->connecting) {
    socket->connecting = false;
    socket->error = error == ERR_RST ? ECONNREFUSED : ETIMEDOUT;
  } else if (error == ERR_RST) {
    socket->error = closed_by_peer ? EPIPE : ECONNRESET;  // as tcp_reset() of Linux in CLOSE_WAIT
  } else {
    socket->error = ETIMEDOUT;
  }
}

err_t OnConnected(void* argument, tcp_pcb*, err_t) {
  Socket* socket = Of(argument);
  socket->connecting = false;
  socket->connected = true;
  return ERR_OK;
}

void Attach(Socket* socket, tcp_pcb* pcb) {
  socket->tcp = pcb;
  tcp_arg(pcb, socket);
  tcp_recv(pcb, OnReceived);
  tcp_err(pcb, OnError);
  ApplyOptions(socket, pcb);
}

err_t OnAccepted(void* argument, tcp_pcb* pcb, err_t error) {
  Socket* listener = Of(argument);
  if (error != ERR_OK || pcb == nullptr || listener == nullptr) return ERR_VAL;
  // Linux lets one more than the backlog wait, then drops the ACK; lwIP can only reset.
  if (listener->queued > listener->backlog) return ERR_MEM;
  Socket* socket = NewSocket(Socket::Kind::kTcp);
  if (socket == nullptr) return ERR_MEM;
  socket->connected = socket->decided = true;
  socket->so_options = static_cast<u8_t>(listener->so_options & SOF_INHERITED);
  socket->no_delay = listener->no_delay;
  socket->linger_on = listener->linger_on;
  socket->linger_s = listener->linger_s;
  socket->tells_unread = listener->tells_unread;
  socket->ipv6 = listener->ipv6;
  socket->v6_only = listener->v6_only;
  socket->tos = listener->tos;
  socket->ttl = listener->ttl;
  socket->traffic_class = listener->traffic_class;
  socket->hop_limit = listener->hop_limit;
  socket->keep_idle_ms = listener->keep_idle_ms;
  socket->keep_interval_ms = listener->keep_interval_ms;
  socket->keep_count = listener->keep_count;
  socket->listener = listener;
  Attach(socket, pcb);
  Socket** last = &listener->queue;
  while (*last != nullptr) last = &(*last)->next;
  *last = socket;
  ++listener->queued;
  return ERR_OK;
}

int TakeError(Socket* socket) {
  const int error = socket->error;
  socket->error = 0;
  return error;
}

int BindAnyPort(Socket* socket, const ip_addr_t& address) {
  for (int tries = 0; tries < 16384; ++tries) {
    const err_t error = tcp_bind(socket->tcp, &address, NextPort());
    if (error != ERR_USE) return -ErrnoOf(error);
  }
  return -EADDRINUSE;
}

int Established(Socket* socket) {
  // As inet_stream_connect(): the first connect() after the decision is told 0, the next EISCONN.
  if (socket->decided) return -EISCONN;
  socket->decided = true;
  return 0;
}

bool Writable(const tcp_pcb* pcb) { return tcp_sndbuf(pcb) > 0 && tcp_sndqueuelen(pcb) < TCP_SND_QUEUELEN; }

}  // namespace

int TcpOpen(Socket* socket) {
  tcp_pcb* pcb = tcp_new_ip_type(PcbType(*socket));
  if (pcb == nullptr) return -ENOBUFS;
  socket->ttl = socket->hop_limit = pcb->ttl;
  Attach(socket, pcb);
  return 0;
}

int TcpBind(Socket* socket, const ip_addr_t& address, u16_t port) {
  if (socket->tcp == nullptr || socket->tcp->state != CLOSED || socket->tcp->local_port != 0) return -EINVAL;
  if (port == 0) return BindAnyPort(socket, address);
  return -ErrnoOf(tcp_bind(socket->tcp, &address, port));
}

int TcpListen(Socket* socket, int backlog) {
  // Linux takes the number as unsigned and cuts it at somaxconn.
  const int room = backlog < 0 || backlog > 4096 ? 4096 : backlog;
  if (socket->listening) {
    socket->backlog = room;
    return 0;
  }
  if (socket->tcp == nullptr || socket->tcp->state != CLOSED) return -EINVAL;
  if (socket->tcp->local_port == 0) {
    if (const int error = BindAnyPort(socket, *AnyAddress(*socket)); error < 0) return error;
  }
  err_t error = ERR_OK;
  tcp_pcb* pcb = tcp_listen_with_backlog_and_err(socket->tcp, 255, &error);
  if (pcb == nullptr) return -ErrnoOf(error);
  socket->tcp = pcb;
  socket->listening = true;
  socket->backlog = room;
  tcp_arg(pcb, socket);
  tcp_accept(pcb, OnAccepted);
  return 0;
}

int TcpAccept(Socket* listener, Socket** accepted) {
  if (!listener->listening) return -EINVAL;
  Socket* socket = listener->queue;
  if (socket == nullptr) return -EAGAIN;
  const int fd = GiveFd(socket);
  if (fd < 0) return -EMFILE;
  listener->queue = socket->next;
  --listener->queued;
  socket->next = nullptr;
  socket->listener = nullptr;
  *accepted = socket;
  return fd;
}

int TcpConnect(Socket* socket, const ip_addr_t& address, u16_t port) {
  if (socket->listening) return -EISCONN;
  if (socket->connecting) return -EALREADY;
  if (socket->error != 0 && !socket->connected && !socket->decided) return -TakeError(socket);
  if (socket->connected && LivePcb(socket) != nullptr) return Established(socket);
  if (socket->tcp == nullptr) {
    // After a failed or finished connection: a fresh one.
    socket->connected = socket->decided = socket->peer_closed = socket->write_closed = false;
    if (const int error = TcpOpen(socket); error < 0) return error;
  }
  if (socket->tcp->local_port == 0) {
    if (const int error = BindAnyPort(socket, *AnyAddress(*socket)); error < 0) return error;
  }
  const err_t error = tcp_connect(socket->tcp, &address, port, OnConnected);
  if (error != ERR_OK) return -ErrnoOf(error);
  ApplyOptions(socket, socket->tcp);
  socket->connecting = true;
  return -EINPROGRESS;
}

int TcpDisconnect(Socket* socket) {
  if (socket->listening) return -EISCONN;
  if (tcp_pcb* pcb = LivePcb(socket); pcb != nullptr && pcb->state != CLOSED) {
    socket->tcp = nullptr;
    tcp_arg(pcb, nullptr);
    tcp_err(pcb, nullptr);
    tcp_abort(pcb);
  }
  if (socket->received != nullptr) pbuf_free(socket->received);
  socket->received = nullptr;
  socket->connecting = socket->connected = socket->decided = false;
  socket->peer_closed = socket->write_closed = socket->read_closed = false;
  socket->error = 0;
  return socket->tcp == nullptr ? TcpOpen(socket) : 0;
}

std::int64_t TcpReceive(Socket* socket, std::uint8_t* buffer, std::uint64_t count, int flags) {
  if (socket->listening) return -ENOTCONN;
  if ((flags & MSG_OOB) != 0) return -EINVAL;
  if (socket->received != nullptr) {
    const auto length = static_cast<u16_t>(std::min<std::uint64_t>(count, socket->received->tot_len));
    if (length == 0) return 0;
    if ((flags & MSG_TRUNC) == 0) {  // MSG_TRUNC drops the octets uncopied (tcp(7))
      if (buffer == nullptr) return -EFAULT;
      pbuf_copy_partial(socket->received, buffer, length, 0);
    }
    if ((flags & MSG_PEEK) != 0) return length;
    socket->received = pbuf_free_header(socket->received, length);
    if (tcp_pcb* pcb = LivePcb(socket)) {
      tcp_recved(pcb, length);
      tcp_output(pcb);
    }
    return length;
  }
  if (socket->error != 0) return -TakeError(socket);
  if (socket->peer_closed || socket->read_closed) return 0;
  if (!socket->connected && !socket->connecting) return -ENOTCONN;
  return count == 0 ? 0 : -EAGAIN;
}

void TcpPush(Socket* socket) {
  if (tcp_pcb* pcb = LivePcb(socket)) tcp_output(pcb);
}

std::int64_t TcpSend(Socket* socket, const std::uint8_t* buffer, std::uint64_t count, int flags, bool more_parts) {
  if ((flags & MSG_OOB) != 0) return -EOPNOTSUPP;
  if (socket->listening) return -EPIPE;
  if (socket->connecting) return -EAGAIN;
  if (socket->error != 0) return -TakeError(socket);
  tcp_pcb* pcb = LivePcb(socket);
  if (pcb == nullptr || socket->write_closed || (pcb->state != ESTABLISHED && pcb->state != CLOSE_WAIT)) return -EPIPE;
  if (count == 0) return 0;
  if (buffer == nullptr) return -EFAULT;
  std::uint64_t sent = 0;
  while (sent < count && Writable(pcb)) {
    const auto length = static_cast<u16_t>(std::min<std::uint64_t>(count - sent, tcp_sndbuf(pcb)));
    const bool more = sent + length < count || more_parts || (flags & MSG_MORE) != 0;
    u8_t how = TCP_WRITE_FLAG_COPY;
    if (more) how |= TCP_WRITE_FLAG_MORE;
    if (tcp_write(pcb, buffer + sent, length, how) != ERR_OK) break;
    sent += length;
  }
  if (!more_parts) tcp_output(pcb);
  return sent == 0 ? -EAGAIN : static_cast<std::int64_t>(sent);
}

int TcpShutdown(Socket* socket, int how) {
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return -EINVAL;
  tcp_pcb* pcb = LivePcb(socket);
  if (socket->listening) {
    // Linux ends listening and keeps the socket; lwIP can only close it, so the address is given up too.
    if (how == SHUT_WR) return 0;
    TcpClose(socket);
    socket->listening = false;
    socket->tcp = nullptr;
    return TcpOpen(socket);
  }
  if (pcb == nullptr || socket->connecting || pcb->state == CLOSED) return -ENOTCONN;
  if (how != SHUT_WR) socket->read_closed = true;
  if (how != SHUT_RD && !socket->write_closed) {
    // lwIP is told of the write side only: with its read side closed it would answer data with a reset.
    const err_t error = tcp_shutdown(pcb, 0, 1);
    if (error != ERR_OK) return -ErrnoOf(error);
    socket->write_closed = true;
    if (socket->tcp != nullptr) tcp_output(socket->tcp);
  }
  return 0;
}

// Leaves the Socket to the caller to free (or to reuse).
void TcpClose(Socket* socket) {
  tcp_pcb* pcb = LivePcb(socket);
  if (socket->listening) {
    while (Socket* waiting = socket->queue) {
      socket->queue = waiting->next;
      if (tcp_pcb* child = LivePcb(waiting)) {
        tcp_arg(child, nullptr);
        tcp_err(child, nullptr);
        tcp_abort(child);
      }
      FreeSocket(waiting);
    }
    socket->queued = 0;
    tcp_close(pcb);
    return;
  }
  if (pcb == nullptr) return;
  socket->tcp = nullptr;
  tcp_arg(pcb, nullptr);
  tcp_recv(pcb, nullptr);
  tcp_err(pcb, nullptr);
  // Unread octets were never given back to the window, so tcp_close sends a reset for them, as Linux does.
  if (socket->linger_on && socket->linger_s == 0 && pcb->state != CLOSED && pcb->state != TIME_WAIT) {
    tcp_abort(pcb);
  } else {
    tcp_close(pcb);
  }
}

int TcpReady(Socket* socket) {
  if (socket->listening) return socket->queued > 0 ? POLLIN | POLLRDNORM : 0;
  const tcp_pcb* pcb = LivePcb(socket);
  int bits = 0;
  const bool reading_over = socket->peer_closed || socket->read_closed;
  const bool closed = pcb == nullptr || pcb->state == CLOSED;
  if (closed || (reading_over && socket->write_closed)) bits |= POLLHUP;
  if (reading_over) bits |= POLLIN | POLLRDNORM | POLLRDHUP;
  if (!socket->connecting) {
    if (socket->received != nullptr) bits |= POLLIN | POLLRDNORM;
    if (socket->write_closed || closed || Writable(pcb)) bits |= POLLOUT | POLLWRNORM;
  }
  if (socket->error != 0) bits |= POLLERR;
  return bits;
}

}  // namespace luna
