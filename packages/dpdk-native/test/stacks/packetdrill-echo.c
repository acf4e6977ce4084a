/*
 * Upstream's interface without a stack behind: every function but sendmsg answers with what shows that it was called as
 * the script says, and each UDP packet comes back to its sender. Its clock began in 1970, whatever the machine's says.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "packetdrill_interface.h"

#ifndef ECHO_INIT
#define ECHO_INIT packetdrill_interface_init
#endif

enum { FD = 7, ROOM = 2048 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t came = PTHREAD_COND_INITIALIZER;
static unsigned char waiting[ROOM];
static size_t waiting_octets;
static long long waiting_us;
static int accepts;
static char given_flags[64];
static int of_this_object;

static int refused(int error) {
  errno = error;
  return -1;
}

/* Whatever is handed in must be what was handed out. */
static int mine(void* data, int fd) { return data == &of_this_object && fd == FD ? 0 : refused(EBADF); }

static long long now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void end(void* data) {
  (void)data;
  const char text[] = "echo: freed\n";
  if (write(2, text, sizeof text - 1) < 0) return;
}
static int open_socket(void* data, int domain, int type, int protocol) {
  if (data != &of_this_object) return refused(EFAULT);
  if (type == SOCK_RAW) return refused(EPERM);
  return domain == AF_INET && protocol != IPPROTO_ICMP ? FD : refused(EAFNOSUPPORT);
}
static int bind_to(void* data, int fd, const struct sockaddr* address, socklen_t length) {
  if (mine(data, fd) < 0) return -1;
  const struct sockaddr_in* in = (const struct sockaddr_in*)address;
  return length == sizeof *in && ntohs(in->sin_port) == 8080 ? 0 : refused(EADDRNOTAVAIL);
}
static int listen_to(void* data, int fd, int backlog) {
  return mine(data, fd) < 0 ? -1 : backlog == 3 ? 0 : refused(EINVAL);
}
/* Sleeps until a packet has come. */
static int accept_one(void* data, int fd, struct sockaddr* address, socklen_t* length) {
  (void)address;
  if (mine(data, fd) < 0) return -1;
  if (*length != sizeof(struct sockaddr_storage)) return refused(EINVAL);
  pthread_mutex_lock(&lock);
  while (accepts == 0) pthread_cond_wait(&came, &lock);
  --accepts;
  pthread_mutex_unlock(&lock);
  return refused(ECONNABORTED);
}
static int connect_to(void* data, int fd, const struct sockaddr* address, socklen_t length) {
  return mine(data, fd) < 0                                                      ? -1
         : address->sa_family == AF_INET && length >= sizeof(struct sockaddr_in) ? 0
                                                                                 : refused(EINVAL);
}
static ssize_t take(void* data, int fd, void* buffer, size_t count) {
  if (mine(data, fd) < 0) return -1;
  if (buffer == 0) return refused(EFAULT);
  memset(buffer, 1, count);
  return (ssize_t)count;
}
static ssize_t take_parts(void* data, int fd, const struct iovec* parts, int count) {
  return mine(data, fd) < 0 ? -1 : count == 2 ? (ssize_t)(parts[0].iov_len + parts[1].iov_len) : refused(EINVAL);
}
static ssize_t take_flagged(void* data, int fd, void* buffer, size_t count, int flags) {
  return flags == MSG_PEEK ? take(data, fd, buffer, count) : refused(EINVAL);
}
static ssize_t take_from(void* data, int fd, void* buffer, size_t count, int flags, struct sockaddr* address,
                         socklen_t* length) {
  return address != 0 && *length >= sizeof(struct sockaddr_in6) ? take_flagged(data, fd, buffer, count, flags)
                                                                : refused(EINVAL);
}
static ssize_t take_message(void* data, int fd, struct msghdr* message, int flags) {
  (void)flags;
  if (mine(data, fd) < 0) return -1;
  message->msg_flags = MSG_TRUNC;
  message->msg_controllen = 0;
  return (ssize_t)message->msg_iov[0].iov_len;
}
static ssize_t put(void* data, int fd, const void* buffer, size_t count) {
  (void)buffer;
  return mine(data, fd) < 0 ? -1 : (ssize_t)count;
}
static ssize_t put_flagged(void* data, int fd, const void* buffer, size_t count, int flags) {
  return flags == MSG_NOSIGNAL ? put(data, fd, buffer, count) : refused(EPIPE);
}
static ssize_t put_to(void* data, int fd, const void* buffer, size_t count, int flags, const struct sockaddr* address,
                      socklen_t length) {
  (void)flags;
  return address != 0 && length == sizeof(struct sockaddr_in) ? put(data, fd, buffer, count) : refused(EDESTADDRREQ);
}
static int control(void* data, int fd, int command, ...) {
  if (mine(data, fd) < 0) return -1;
  if (command != F_SETFL) return O_RDWR;
  va_list more;
  va_start(more, command);
  const int argument = va_arg(more, int);
  va_end(more);
  return argument == (O_RDWR | O_NONBLOCK) ? 0 : refused(EINVAL);
}
static int device_control(void* data, int fd, unsigned long request, ...) {
  if (mine(data, fd) < 0) return -1;
  va_list more;
  va_start(more, request);
  *va_arg(more, int*) = 17;
  va_end(more);
  return 0;
}
static int close_it(void* data, int fd) { return mine(data, fd); }
static int shut(void* data, int fd, int how) {
  return mine(data, fd) < 0 ? -1 : how == SHUT_WR ? 0 : refused(ENOTCONN);
}
/* Any option of size 1 is the first octet of the flags. */
static int get_option(void* data, int fd, int level, int name, void* value, socklen_t* length) {
  (void)level;
  (void)name;
  if (mine(data, fd) < 0) return -1;
  memset(value, 0, *length);
  *(unsigned char*)value = (unsigned char)given_flags[0];
  return 0;
}
static int set_option(void* data, int fd, int level, int name, const void* value, socklen_t length) {
  int number = 0;
  if (mine(data, fd) < 0) return -1;
  memcpy(&number, value, length < sizeof number ? length : sizeof number);
  return level == SOL_SOCKET && name == SO_REUSEADDR && number == 1 ? 0 : refused(ENOPROTOOPT);
}
static int poll_all(void* data, struct pollfd* fds, nfds_t count, int timeout_ms) {
  (void)timeout_ms;
  for (nfds_t i = 0; i < count; ++i) {
    if (mine(data, fds[i].fd) < 0) return -1;
    fds[i].revents = fds[i].events & POLLOUT;
  }
  return (int)count;
}
static int give(void* data, const void* packet, size_t count) {
  const unsigned char* octets = packet;
  if (data != &of_this_object || count < 28 || count > ROOM) return -1;
  pthread_mutex_lock(&lock);
  accepts = 1;
  if (octets[9] == IPPROTO_UDP) {
    memcpy(waiting, octets, count);
    memcpy(waiting + 12, octets + 16, 4);
    memcpy(waiting + 16, octets + 12, 4);
    memcpy(waiting + 20, octets + 22, 2);
    memcpy(waiting + 22, octets + 20, 2);
    waiting_octets = count;
    waiting_us = now_us();
  }
  pthread_cond_broadcast(&came);
  pthread_mutex_unlock(&lock);
  return 0;
}
static int receive(void* data, void* packet, size_t* count, long long* time_us) {
  if (data != &of_this_object || *count < ROOM) return -1;
  pthread_mutex_lock(&lock);
  const size_t octets = waiting_octets;
  memcpy(packet, waiting, octets);
  *time_us = waiting_us;
  waiting_octets = 0;
  pthread_mutex_unlock(&lock);
  *count = octets;
  return octets > 0 ? 0 : -1;
}
static int sleep_us(void* data, useconds_t us) {
  (void)data;
  return usleep(us);
}
static int time_of_day(void* data, struct timeval* now, struct timezone* zone) {
  (void)data;
  (void)zone;
  const long long us = now_us();
  now->tv_sec = us / 1000000;
  now->tv_usec = us % 1000000;
  return 0;
}
static int set_create(void* data, int size) { return data == &of_this_object && size == 1 ? FD + 1 : refused(EINVAL); }
static int set_control(void* data, int set, int op, int fd, struct epoll_event* event) {
  return set == FD + 1 && op == EPOLL_CTL_ADD && event->events == EPOLLIN ? mine(data, fd) : refused(EINVAL);
}
static int set_wait(void* data, int set, struct epoll_event* events, int limit, int timeout_ms) {
  if (data != &of_this_object || set != FD + 1 || limit < 1 || timeout_ms != 5) return refused(EINVAL);
  events[0].events = EPOLLIN;
  events[0].data.fd = FD;
  return 1;
}
static int make_pipe(void* data, int ends[2]) {
  (void)data;
  ends[0] = FD + 2;
  ends[1] = FD + 3;
  return 0;
}
static int splice_some(void* data, int in, loff_t* in_offset, int out, loff_t* out_offset, size_t count,
                       unsigned int flags) {
  (void)data;
  const int right = in == FD && out == FD + 3 && in_offset == 0 && out_offset == 0 && flags == 2;
  return right ? (int)count : refused(EINVAL);
}

int ECHO_INIT(const char* flags, struct packetdrill_interface* table);
int ECHO_INIT(const char* flags, struct packetdrill_interface* table) {
  strncpy(given_flags, flags == 0 ? "?" : flags, sizeof given_flags - 1);
  *table = (struct packetdrill_interface){
      &of_this_object, end,        open_socket,  bind_to,    listen_to,  accept_one,  connect_to, take,    take_parts,
      take_flagged,    take_from,  take_message, put,        0,          put_flagged, put_to,     0,       control,
      device_control,  close_it,   shut,         get_option, set_option, poll_all,    give,       receive, sleep_us,
      time_of_day,     set_create, set_control,  set_wait,   make_pipe,  splice_some,
  };
  return 0;
}
