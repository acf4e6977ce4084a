/*
 * packetdrill_interface_init: the C interface between google/packetdrill and a stack in a shared object
 * (--so_filename, --so_flags), written after its description (docs/packetdrill-so.md) and not after its sources: a
 * table of the socket calls, of a network device that carries IP packets, and of a clock. For objects of this kind that
 * exist; a new one is better made for luna_stack.h, which knows virtual time, inspection and faults.
 *
 * Results are libc's: -1 and errno of the calling thread. The object has threads, time and waiting of its own; whatever
 * sleeps in libc may sleep here. Threads that call it, at the same time:
 *
 *   - one for init, for the calls and for netdev_send, in the order of the script;
 *   - one for the call that a script lets sleep (`0...1 accept(…)`);
 *   - one that is always in netdev_receive, gettimeofday or usleep.
 */
#ifndef PACKETDRILL_INTERFACE_H
#define PACKETDRILL_INTERFACE_H

#include <poll.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `data` is the table's own `userdata`. Unless said otherwise a function is the call of its name. */
struct packetdrill_interface {
  void* userdata;
  /* Ends it, once, where no other call goes on. */
  void (*free)(void* data);
  int (*socket)(void* data, int domain, int type, int protocol);
  int (*bind)(void* data, int fd, const struct sockaddr* address, socklen_t length);
  int (*listen)(void* data, int fd, int backlog);
  int (*accept)(void* data, int fd, struct sockaddr* address, socklen_t* length);
  int (*connect)(void* data, int fd, const struct sockaddr* address, socklen_t length);
  ssize_t (*read)(void* data, int fd, void* buffer, size_t count);
  ssize_t (*readv)(void* data, int fd, const struct iovec* parts, int count);
  ssize_t (*recv)(void* data, int fd, void* buffer, size_t count, int flags);
  ssize_t (*recvfrom)(void* data, int fd, void* buffer, size_t count, int flags, struct sockaddr* address,
                      socklen_t* length);
  ssize_t (*recvmsg)(void* data, int fd, struct msghdr* message, int flags);
  ssize_t (*write)(void* data, int fd, const void* buffer, size_t count);
  ssize_t (*writev)(void* data, int fd, const struct iovec* parts, int count);
  ssize_t (*send)(void* data, int fd, const void* buffer, size_t count, int flags);
  ssize_t (*sendto)(void* data, int fd, const void* buffer, size_t count, int flags, const struct sockaddr* address,
                    socklen_t length);
  ssize_t (*sendmsg)(void* data, int fd, const struct msghdr* message, int flags);
  int (*fcntl)(void* data, int fd, int command, ...);           /* none, or an int */
  int (*ioctl)(void* data, int fd, unsigned long request, ...); /* none, or a pointer to an int */
  int (*close)(void* data, int fd);
  int (*shutdown)(void* data, int fd, int how);
  int (*getsockopt)(void* data, int fd, int level, int name, void* value, socklen_t* length);
  int (*setsockopt)(void* data, int fd, int level, int name, const void* value, socklen_t length);
  int (*poll)(void* data, struct pollfd* fds, nfds_t count, int timeout_ms);
  /* Takes an IP packet, without a header of a link and with its checksums; the octets are the caller's. 0, or it is
   * lost. */
  int (*netdev_send)(void* data, const void* packet, size_t count);
  /* Gives the next IP packet that the stack sends: `count` is the room before (65536) and its octets after, `time_us`
   * its moment on gettimeofday's clock. 0; anything else: there is none yet. May sleep until there is one. */
  int (*netdev_receive)(void* data, void* packet, size_t* count, long long* time_us);
  int (*usleep)(void* data, useconds_t us);
  /* The object's clock; it runs by itself, as fast as the wall's. `zone` is null. */
  int (*gettimeofday)(void* data, struct timeval* now, struct timezone* zone);
  int (*epoll_create)(void* data, int size);
  int (*epoll_ctl)(void* data, int set, int op, int fd, struct epoll_event* event);
  int (*epoll_wait)(void* data, int set, struct epoll_event* events, int limit, int timeout_ms);
  int (*pipe)(void* data, int ends[2]);
  int (*splice)(void* data, int in, loff_t* in_offset, int out, loff_t* out_offset, size_t count, unsigned int flags);
};

/* The symbol of the object. `flags`: the text of --so_flags, null where there is none. Fills the table, which is zeros
 * before; a function left null is one that the stack lacks. Nobody looks at the result. */
__attribute__((visibility("default"))) int packetdrill_interface_init(const char* flags,
                                                                      struct packetdrill_interface* table);

#ifdef __cplusplus
}
#endif

#endif
