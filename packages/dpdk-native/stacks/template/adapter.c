/*
 * @NAME@ behind luna_stack_v1: what lunadrill calls, put into the words of the stack below. luna_stack.h says what each
 * function has to do and which errors it gives; this file is in its order.
 *
 * The stack below is tiny-ip.c, so this adapter has UDP over IPv4 and says so in CAPABILITIES. To adapt your own, give
 * it the port in open_stack(), its frames and timers in poll_stack(), and then one call after the other; declare what
 * is there. `make check` says what is missing. Read first: luna_stack.h; lunadrill's docs/porting.md.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "luna_stack.h"
#include "tiny-ip.h"

#define CAPABILITIES (LUNA_CAP_UDP | LUNA_CAP_IPV4 | LUNA_CAP_CLOCK_HOOK | LUNA_CAP_RELOAD | LUNA_CAP_DETERMINISTIC)

enum { MAX_SOCKETS = 32, FIRST_FD = 3, MAX_DATAGRAMS = 8, FIRST_FREE_PORT = 49152 };

/* The flags of send and recv that this adapter knows; those that only concern waiting are the host's. */
#define WAITING_FLAGS (MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL)
#define RECEIVE_FLAGS (WAITING_FLAGS | MSG_PEEK | MSG_TRUNC)

struct datagram {
  struct tiny_endpoint from;
  size_t length;
  uint8_t octets[TINY_MAX_PAYLOAD];
};

/* A UDP socket. Descriptors are places in the table, counted from FIRST_FD. */
struct udp_socket {
  bool open, connected, read_closed, write_closed;
  int flags;     /* fcntl(2) */
  uint32_t ip;   /* bound to; network order, 0: any */
  uint16_t port; /* 0: not bound */
  struct tiny_endpoint remote;
  struct datagram queue[MAX_DATAGRAMS];
  unsigned first, count;
};

static struct udp_socket sockets[MAX_SOCKETS];
static uint16_t next_port = FIRST_FREE_PORT;

static struct udp_socket* find_socket(int fd) {
  if (fd < FIRST_FD || fd >= FIRST_FD + MAX_SOCKETS) return NULL;
  struct udp_socket* socket = &sockets[fd - FIRST_FD];
  return socket->open ? socket : NULL;
}

/* Who gets a datagram; null: nobody. A connected socket hears its peer alone. */
static struct udp_socket* find_receiver(uint16_t port, const struct tiny_endpoint* from) {
  struct udp_socket* found = NULL;
  for (struct udp_socket* each = sockets; each < sockets + MAX_SOCKETS; ++each) {
    if (!each->open || each->port != port || port == 0) continue;
    if (!each->connected) found = found == NULL ? each : found;
    if (each->connected && each->remote.ip == from->ip && each->remote.port == from->port) return each;
  }
  return found;
}

void tiny_on_datagram(uint16_t to_port, struct tiny_endpoint from, const void* octets, size_t length) {
  struct udp_socket* socket = find_receiver(to_port, &from);
  if (socket == NULL || socket->read_closed || socket->count == MAX_DATAGRAMS || length > TINY_MAX_PAYLOAD) return;
  struct datagram* last = &socket->queue[(socket->first + socket->count++) % MAX_DATAGRAMS];
  last->from = from;
  last->length = length;
  memcpy(last->octets, octets, length);
}

/* ---- Addresses */

/* 0 or a negative errno. */
static int read_address(const struct sockaddr* address, uint32_t length, struct tiny_endpoint* endpoint) {
  struct sockaddr_in in;
  if (address == NULL) return -EFAULT;
  if (length < sizeof in) return -EINVAL;
  memcpy(&in, address, sizeof in);
  if (in.sin_family != AF_INET) return -EAFNOSUPPORT;
  *endpoint = (struct tiny_endpoint){in.sin_addr.s_addr, ntohs(in.sin_port)};
  return 0;
}

static void write_address(const struct tiny_endpoint* endpoint, struct sockaddr* address, uint32_t* length) {
  if (length == NULL) return;
  const struct sockaddr_in in = {AF_INET, htons(endpoint->port), {endpoint->ip}, {0}};
  if (address != NULL) memcpy(address, &in, *length < sizeof in ? *length : sizeof in);
  *length = sizeof in;
}

static bool port_is_taken(uint16_t port) {
  for (struct udp_socket* each = sockets; each < sockets + MAX_SOCKETS; ++each) {
    if (each->open && each->port == port) return true;
  }
  return false;
}

/* A port that nobody has, the same ones in every run. There are more than sockets. */
static uint16_t free_port(void) {
  uint16_t port = 0;
  do {
    port = next_port;
    next_port = port == UINT16_MAX ? FIRST_FREE_PORT : port + 1;
  } while (port_is_taken(port));
  return port;
}

/* 0 or a negative errno. */
static int take_port(struct udp_socket* socket, uint16_t port) {
  const int error = tiny_hear(port);
  if (error == 0) socket->port = port;
  return error;
}

/* ---- The instance */

static int open_stack(const struct luna_config* config) {
  if (config->options != NULL && config->options[0] != '\0') return -EINVAL; /* it has none */
  return tiny_open(config);
}

static void close_stack(void) { tiny_close(); }

/* When the next timer is due: lunadrill moves its clock there. */
static uint64_t poll_stack(uint64_t now_us) { return tiny_poll(now_us); }

/* ---- Sockets */

static int open_socket(int domain, int type, int protocol) {
  if (domain != AF_INET) return -EAFNOSUPPORT;
  if ((type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != SOCK_DGRAM) return -ESOCKTNOSUPPORT;
  if (protocol != 0 && protocol != IPPROTO_UDP) return -EPROTONOSUPPORT;
  for (int i = 0; i < MAX_SOCKETS; ++i) {
    if (sockets[i].open) continue;
    sockets[i] = (struct udp_socket){.open = true, .flags = O_RDWR | (type & SOCK_NONBLOCK)};
    return FIRST_FD + i;
  }
  return -EMFILE;
}

static int bind_socket(int fd, const struct sockaddr* address, uint32_t length) {
  struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  struct tiny_endpoint local;
  const int error = read_address(address, length, &local);
  if (error < 0) return error;
  if (socket->port != 0) return -EINVAL;
  if (!tiny_own_address(local.ip)) return -EADDRNOTAVAIL;
  if (local.port != 0 && port_is_taken(local.port)) return -EADDRINUSE;
  socket->ip = local.ip;
  return take_port(socket, local.port == 0 ? free_port() : local.port);
}

static int listen_socket(int fd, int backlog) {
  (void)backlog;
  return find_socket(fd) == NULL ? -EBADF : -EOPNOTSUPP;
}

static int accept_socket(int fd, struct sockaddr* address, uint32_t* length) {
  (void)address, (void)length;
  return find_socket(fd) == NULL ? -EBADF : -EOPNOTSUPP;
}

static int connect_socket(int fd, const struct sockaddr* address, uint32_t length) {
  struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  if (address == NULL) return -EFAULT;
  if (length < sizeof address->sa_family) return -EINVAL;
  if (address->sa_family == AF_UNSPEC) {
    socket->connected = false;
    return 0;
  }
  const int error = read_address(address, length, &socket->remote);
  if (error < 0) return error;
  const int taken = socket->port == 0 ? take_port(socket, free_port()) : 0;
  socket->connected = taken == 0;
  return taken;
}

/* A datagram into the parts, one behind the other; what does not fit is lost. */
static int64_t receive(int fd, const struct iovec* parts, int part_count, int flags, struct sockaddr* address,
                       uint32_t* length) {
  struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  if ((flags & ~RECEIVE_FLAGS) != 0) return -EOPNOTSUPP;
  if (socket->count == 0) return socket->read_closed ? 0 : -EAGAIN;
  const struct datagram* oldest = &socket->queue[socket->first];
  size_t done = 0;
  for (int i = 0; i < part_count; ++i) {
    const size_t left = oldest->length - done;
    const size_t moved = parts[i].iov_len < left ? parts[i].iov_len : left;
    if (moved == 0) continue;
    if (parts[i].iov_base == NULL) return -EFAULT;
    memcpy(parts[i].iov_base, oldest->octets + done, moved);
    done += moved;
  }
  write_address(&oldest->from, address, length);
  const size_t whole = oldest->length;
  if ((flags & MSG_PEEK) == 0) {
    socket->first = (socket->first + 1) % MAX_DATAGRAMS;
    --socket->count;
  }
  return (int64_t)((flags & MSG_TRUNC) != 0 ? whole : done);
}

/* A datagram out of the parts. */
static int64_t transmit(int fd, const struct iovec* parts, int part_count, int flags, const struct sockaddr* address,
                        uint32_t length) {
  struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  if ((flags & ~WAITING_FLAGS) != 0) return -EOPNOTSUPP;
  if (socket->write_closed) return -EPIPE;
  struct tiny_endpoint to = socket->remote;
  if (address == NULL && !socket->connected) return -EDESTADDRREQ;
  const int error = address == NULL ? 0 : read_address(address, length, &to);
  if (error < 0) return error;
  uint8_t octets[TINY_MAX_PAYLOAD];
  size_t total = 0;
  for (int i = 0; i < part_count; ++i) {
    if (parts[i].iov_len == 0) continue;
    if (parts[i].iov_len > sizeof octets - total) return -EMSGSIZE;
    if (parts[i].iov_base == NULL) return -EFAULT;
    memcpy(octets + total, parts[i].iov_base, parts[i].iov_len);
    total += parts[i].iov_len;
  }
  const int taken = socket->port == 0 ? take_port(socket, free_port()) : 0;
  if (taken < 0) return taken;
  const int sent = tiny_send(socket->port, to, octets, total);
  return sent < 0 ? sent : (int64_t)total;
}

static int64_t receive_from(int fd, void* buffer, uint64_t count, int flags, struct sockaddr* address,
                            uint32_t* length) {
  const struct iovec part = {buffer, count};
  return receive(fd, &part, 1, flags, address, length);
}
static int64_t receive_some(int fd, void* buffer, uint64_t count, int flags) {
  return receive_from(fd, buffer, count, flags, NULL, NULL);
}
/* read(2) of nothing takes no datagram. */
static int64_t read_some(int fd, void* buffer, uint64_t count) {
  if (count == 0) return find_socket(fd) == NULL ? -EBADF : 0;
  return receive_from(fd, buffer, count, 0, NULL, NULL);
}
static int64_t read_parts(int fd, const struct iovec* parts, int count) {
  if (count < 0 || count > 1024) return -EINVAL;
  return receive(fd, parts, count, 0, NULL, NULL);
}
static int64_t send_to(int fd, const void* buffer, uint64_t count, int flags, const struct sockaddr* address,
                       uint32_t length) {
  const struct iovec part = {(void*)(uintptr_t)buffer, count};
  return transmit(fd, &part, 1, flags, address, length);
}
static int64_t send_some(int fd, const void* buffer, uint64_t count, int flags) {
  return send_to(fd, buffer, count, flags, NULL, 0);
}
static int64_t write_some(int fd, const void* buffer, uint64_t count) { return send_to(fd, buffer, count, 0, NULL, 0); }
static int64_t write_parts(int fd, const struct iovec* parts, int count) {
  if (count < 0 || count > 1024) return -EINVAL;
  return transmit(fd, parts, count, 0, NULL, 0);
}

static int close_socket(int fd) {
  struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  if (socket->port != 0) tiny_forget(socket->port);
  socket->open = false;
  return 0;
}

static int shutdown_socket(int fd, int how) {
  struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) return -EINVAL;
  if (!socket->connected) return -ENOTCONN;
  if (how != SHUT_WR) socket->read_closed = true;
  if (how != SHUT_RD) socket->write_closed = true;
  return 0;
}

static int control_flags(int fd, int command, int argument) {
  struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  if (command == F_GETFL) return socket->flags;
  if (command != F_SETFL) return -EINVAL;
  socket->flags = O_RDWR | (argument & O_NONBLOCK);
  return 0;
}

static int get_option(int fd, int level, int name, void* value, uint32_t* length) {
  if (find_socket(fd) == NULL) return -EBADF;
  if (level != SOL_SOCKET || (name != SO_TYPE && name != SO_ERROR)) return -ENOPROTOOPT;
  if (value == NULL || length == NULL) return -EFAULT;
  const int32_t number = name == SO_TYPE ? SOCK_DGRAM : 0;
  if (*length > sizeof number) *length = sizeof number;
  memcpy(value, &number, *length);
  return 0;
}

static int set_option(int fd, int level, int name, const void* value, uint32_t length) {
  (void)level, (void)name, (void)value, (void)length;
  return find_socket(fd) == NULL ? -EBADF : -ENOPROTOOPT;
}

static int ready_now(int fd) {
  const struct udp_socket* socket = find_socket(fd);
  if (socket == NULL) return -EBADF;
  const bool readable = socket->count > 0 || socket->read_closed;
  return POLLOUT | POLLWRNORM | (readable ? POLLIN | POLLRDNORM : 0);
}

/* ---- Inspection */

static int tcp_info(int fd, struct luna_tcp_info* info) {
  (void)info;
  return find_socket(fd) == NULL ? -EBADF : -EINVAL;
}

static void list_sockets(luna_socket_visitor visit, void* context) {
  for (int i = 0; i < MAX_SOCKETS; ++i) {
    const struct udp_socket* socket = &sockets[i];
    if (!socket->open) continue;
    struct luna_socket_info info = {
        .fd = FIRST_FD + i,
        .protocol = IPPROTO_UDP,
        .family = AF_INET,
        .state = socket->connected ? LUNA_ESTABLISHED : LUNA_CLOSED,
        .local_port = socket->port,
    };
    memcpy(info.local_ip, &socket->ip, sizeof socket->ip);
    if (socket->connected) {
      memcpy(info.remote_ip, &socket->remote.ip, sizeof socket->remote.ip);
      info.remote_port = socket->remote.port;
    }
    for (unsigned n = 0; n < socket->count; ++n) {
      info.recvq += (uint32_t)socket->queue[(socket->first + n) % MAX_DATAGRAMS].length;
    }
    visit(context, &info);
  }
}

static const struct luna_stack_v1 table = {
    .abi_major = LUNA_ABI_MAJOR,
    .abi_minor = LUNA_ABI_MINOR,
    .size = sizeof(struct luna_stack_v1),
    .name = "@NAME@",
    .version = "0.1",
    .capabilities = CAPABILITIES,
    .init = open_stack,
    .shutdown = close_stack,
    .poll = poll_stack,
    .socket = open_socket,
    .bind = bind_socket,
    .listen = listen_socket,
    .accept = accept_socket,
    .connect = connect_socket,
    .read = read_some,
    .readv = read_parts,
    .recv = receive_some,
    .recvfrom = receive_from,
    .write = write_some,
    .writev = write_parts,
    .send = send_some,
    .sendto = send_to,
    .close = close_socket,
    .shutdown_socket = shutdown_socket,
    .fcntl = control_flags,
    .getsockopt = get_option,
    .setsockopt = set_option,
    .ready = ready_now,
    .tcp_info = tcp_info,
    .list_sockets = list_sockets,
    .max_mtu = TINY_MAX_MTU,
};

const struct luna_stack_v1* luna_stack_v1(void) { return &table; }
