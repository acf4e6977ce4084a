/*
 * A stack that takes frames and says nothing: what the misbehaving ones beside it are made of. A file includes this
 * after it has defined what it does differently: POLL, LISTEN, INIT, ... as names of functions of its own, or numbers.
 */
#include <errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <stddef.h>
#include <stdlib.h>

#include "luna_stack.h"

static struct luna_config wire;

#ifndef MAJOR
#define MAJOR LUNA_ABI_MAJOR
#endif
#ifndef MINOR
#define MINOR LUNA_ABI_MINOR
#endif
#ifndef SIZE
#define SIZE sizeof(struct luna_stack_v1)
#endif
#ifndef TAIL
#define TAIL NULL, NULL, NULL, NULL, 0, 0
#endif
#ifndef CAPABILITIES
#define CAPABILITIES (LUNA_CAP_TCP | LUNA_CAP_IPV4 | LUNA_CAP_CLOCK_HOOK | LUNA_CAP_RELOAD)
#endif
#ifndef INIT
#define INIT quiet_init
#endif
#ifndef SHUTDOWN
#define SHUTDOWN quiet_shutdown
#endif
#ifndef RESET
#define RESET NULL
#endif
#ifndef POLL
#define POLL quiet_poll
#endif
#ifndef LISTEN
#define LISTEN quiet_call
#endif
#ifndef READY
#define READY quiet_ready
#endif

__attribute__((unused)) static int quiet_init(const struct luna_config* config) {
  wire = *config;
  return 0;
}
__attribute__((unused)) static void quiet_shutdown(void) {}
/* Frees the frames of one burst; how many there were. */
__attribute__((unused)) static int take_frames(void) {
  struct rte_mbuf* burst[32];
  const int count = rte_eth_rx_burst(wire.port_id, 0, burst, 32);
  for (int i = 0; i < count; ++i) rte_pktmbuf_free(burst[i]);
  return count;
}
__attribute__((unused)) static uint64_t quiet_poll(uint64_t now_us) {
  return take_frames() == 32 ? now_us : UINT64_MAX;
}
__attribute__((unused)) static int quiet_call(int fd, int backlog) { return fd == 3 && backlog >= 0 ? 0 : -EBADF; }
__attribute__((unused)) static int quiet_ready(int fd) { return fd == 3 ? 0 : -EBADF; }

static int no_socket(int domain, int type, int protocol) { return domain + type + protocol > 0 ? 3 : -EAFNOSUPPORT; }
static int no_bind(int fd, const struct sockaddr* a, uint32_t n) { return fd == 3 && a != NULL && n > 0 ? 0 : -EBADF; }
static int no_accept(int fd, struct sockaddr* a, uint32_t* n) {
  return fd == 3 && a != NULL && n != NULL ? -EAGAIN : -EBADF;
}
static int64_t no_read(int fd, void* b, uint64_t n) { return fd == 3 && b != NULL && n > 0 ? -EAGAIN : -EBADF; }
static int64_t no_readv(int fd, const struct iovec* p, int n) {
  return fd == 3 && p != NULL && n > 0 ? -EAGAIN : -EBADF;
}
static int64_t no_recv(int fd, void* b, uint64_t n, int flags) { return flags < 0 ? -EINVAL : no_read(fd, b, n); }
static int64_t no_recvfrom(int fd, void* b, uint64_t n, int flags, struct sockaddr* a, uint32_t* l) {
  return a == NULL || l == NULL ? -EFAULT : no_recv(fd, b, n, flags);
}
static int64_t no_write(int fd, const void* b, uint64_t n) { return fd == 3 && b != NULL && n > 0 ? -EAGAIN : -EBADF; }
static int64_t no_send(int fd, const void* b, uint64_t n, int flags) {
  return flags < 0 ? -EINVAL : no_write(fd, b, n);
}
static int64_t no_sendto(int fd, const void* b, uint64_t n, int flags, const struct sockaddr* a, uint32_t l) {
  return a == NULL || l == 0 ? -EDESTADDRREQ : no_send(fd, b, n, flags);
}
static int no_close(int fd) { return fd == 3 ? 0 : -EBADF; }
static int no_fcntl(int fd, int command, int argument) { return fd == 3 && command + argument >= 0 ? 2 : -EBADF; }
static int no_getsockopt(int fd, int level, int name, void* v, uint32_t* l) {
  return fd == 3 && level + name >= 0 && v != NULL && l != NULL ? -ENOPROTOOPT : -EBADF;
}
static int no_setsockopt(int fd, int level, int name, const void* v, uint32_t l) {
  return fd == 3 && level + name >= 0 && v != NULL && l > 0 ? -ENOPROTOOPT : -EBADF;
}
static int no_tcp_info(int fd, struct luna_tcp_info* info) { return fd == 3 && info != NULL ? -EINVAL : -EBADF; }
static void no_sockets(luna_socket_visitor visit, void* context) {
  if (visit == NULL) abort();
  (void)context;
}

static const struct luna_stack_v1 table = {
    MAJOR,         MINOR,         SIZE,      0,           "quiet",    "0",       CAPABILITIES, INIT,       SHUTDOWN,
    RESET,         POLL,          no_socket, no_bind,     LISTEN,     no_accept, no_bind,      no_read,    no_readv,
    no_recv,       no_recvfrom,   no_write,  no_readv,    no_send,    no_sendto, no_close,     quiet_call, no_fcntl,
    no_getsockopt, no_setsockopt, READY,     no_tcp_info, no_sockets, TAIL,
};

const struct luna_stack_v1* luna_stack_v1(void) { return &table; }
