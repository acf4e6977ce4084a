/*
 * luna_stack_v1: the C interface between lunadrill's DPDK host and a userspace TCP/IP stack in a shared object.
 * Plain C11 or C++17, 64-bit Linux on little-endian machines. Read first: docs/porting.md, a walk through it; a new
 * adapter to start from: `lunadrill stack-init NAME`; what an object lacks: `lunadrill stack-check NAME.so`.
 *
 * An object exports one function, `luna_stack_v1`, which returns a table of functions (below). Rules for all of them:
 *
 * Threads: one thread, the polling thread, calls everything, one call at a time. No function may sleep, wait for a
 *   lock or for another thread, or take longer than its work. The stack installs no signal handlers and starts no
 *   threads that touch its port.
 * Ownership: nothing may keep a pointer that it was given after it has returned, struct luna_config's `pool`, `now_us`
 *   and `now_context` excepted, which last until shutdown returns. Buffers and records belong to the caller.
 * Errors: negative errno numbers of Linux, as the call of that name has them (its manual page); `errno` is not used.
 * Time: microseconds since the run's time 0, from luna_config.now_us, unless a name ends in _ms.
 * Order: luna_stack_v1() → init → anything, poll again and again → shutdown, then perhaps init again (only with
 *   LUNA_CAP_RELOAD in a fresh copy of the object). Nothing but luna_stack_v1() and init is called where no instance
 *   lives; init is not called where one does.
 *
 * Texts such as netstat's are not here: the host makes them from the records of `list_sockets`, so that all stacks
 * look alike and no stack formats anything.
 *
 * Versions: semantic ones, MAJOR.MINOR. A new MAJOR is one that an old object or host could not live with: a host
 * refuses another. A new MINOR only adds: functions and fields at the end of luna_stack_v1 and luna_config (each says
 * how long it is by its `size`) and bits of capabilities. Every host takes every object of its MAJOR, whichever is
 * older: of an older object's table, what lies beyond its `size` is read as NULL and 0; of a newer one's, the rest is
 * not looked at, unknown bits included. An object looks at a field of luna_config that came later than 1.0 only where
 * LUNA_CONFIG_HAS says that it is there, and copies no more than its `size`. What an object must have to be of
 * version 1.x is what 1.0 had; everything later is optional. luna_tcp_info and luna_socket_info stay as they are
 * throughout version 1. Fields named reserved are 0. "1.1" stands where something came with that version.
 */
#ifndef LUNA_STACK_H
#define LUNA_STACK_H

#include <stddef.h>
#include <stdint.h>

#define LUNA_ABI_MAJOR 1u
#define LUNA_ABI_MINOR 1u

#ifdef __cplusplus
extern "C" {
#endif

struct iovec;
struct msghdr;
struct rte_mempool;
struct sockaddr;

/*
 * What the stack can do: bits of luna_stack_v1.capabilities. A script that needs what is not declared is skipped
 * ("stack lacks ..."), not failed; what is declared is held against the stack. At least one of TCP and UDP, one of IPV4
 * and IPV6, and one of RELOAD and RESET. The numbers are stable; src/luna-layout.ts has them with their words.
 */
#define LUNA_CAP_TCP (UINT64_C(1) << 0)  /* SOCK_STREAM */
#define LUNA_CAP_UDP (UINT64_C(1) << 1)  /* SOCK_DGRAM */
#define LUNA_CAP_IPV4 (UINT64_C(1) << 2) /* AF_INET; ARP is the stack's own */
#define LUNA_CAP_IPV6 (UINT64_C(1) << 3) /* AF_INET6; neighbour discovery is the stack's own */
/* All time comes from luna_config.now_us, and poll() says when the next timer is due: usable in virtual time. */
#define LUNA_CAP_CLOCK_HOOK (UINT64_C(1) << 4)
/* State lives in globals: for a fresh instance the host unloads the object and loads it again. */
#define LUNA_CAP_RELOAD (UINT64_C(1) << 5)
/* reset() works: for a fresh instance the host calls it and keeps the object loaded. */
#define LUNA_CAP_RESET (UINT64_C(1) << 6)
/* The same inputs at the same times give the same frames, initial sequence numbers and ports included. */
#define LUNA_CAP_DETERMINISTIC (UINT64_C(1) << 7)
/* 1.1. AF_INET6 sockets without IPV6_V6ONLY carry IPv4 too, as ::ffff:a.b.c.d (RFC 4291 2.5.5.2). With IPV4 and IPV6.
 */
#define LUNA_CAP_DUAL_STACK (UINT64_C(1) << 8)
/* 1.1. Received ICMP errors reach the sockets that they are about (RFC 1122 4.2.3.9; RFC 8201). */
#define LUNA_CAP_ICMP_ERRORS (UINT64_C(1) << 9)
/* 1.1. The urgent pointer: MSG_OOB, SO_OOBINLINE, POLLPRI (RFC 6093). */
#define LUNA_CAP_URGENT (UINT64_C(1) << 10)
/* 1.1. sendmsg() and recvmsg() are there, and carry control messages. */
#define LUNA_CAP_CONTROL (UINT64_C(1) << 11)
/* 1.1. IP_RECVERR, IPV6_RECVERR and MSG_ERRQUEUE. With CONTROL. */
#define LUNA_CAP_ERROR_QUEUE (UINT64_C(1) << 12)
/* 1.1. ioctl() is there. Without it the host answers SIOCINQ, SIOCOUTQ and SIOCOUTQNSD from list_sockets()
 * (notsent_bytes for the last) and from recv() of a datagram's size. */
#define LUNA_CAP_IOCTL (UINT64_C(1) << 13)
/* 1.1. fail_allocations() is there. */
#define LUNA_CAP_ALLOC_FAULT (UINT64_C(1) << 14)
/* 1.1. SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING: moments of packets as control messages. With CONTROL. */
#define LUNA_CAP_TIMESTAMPING (UINT64_C(1) << 15)
/* 1.1. RFC 7413: TCP_FASTOPEN, TCP_FASTOPEN_CONNECT, MSG_FASTOPEN. */
#define LUNA_CAP_FASTOPEN (UINT64_C(1) << 16)
/* 1.1. SO_ZEROCOPY, MSG_ZEROCOPY and their notices. With ERROR_QUEUE. */
#define LUNA_CAP_ZEROCOPY (UINT64_C(1) << 17)
/* 1.1. SOCK_DGRAM sockets of IPPROTO_ICMP and, with IPV6, IPPROTO_ICMPV6: echo requests and their answers. */
#define LUNA_CAP_PING_SOCKETS (UINT64_C(1) << 18)

/* RFC 9293's states with the numbers of Linux's tcp_info. */
enum luna_tcp_state {
  LUNA_ESTABLISHED = 1,
  LUNA_SYN_SENT = 2,
  LUNA_SYN_RCVD = 3,
  LUNA_FIN_WAIT_1 = 4,
  LUNA_FIN_WAIT_2 = 5,
  LUNA_TIME_WAIT = 6,
  LUNA_CLOSED = 7,
  LUNA_CLOSE_WAIT = 8,
  LUNA_LAST_ACK = 9,
  LUNA_LISTEN = 10,
  LUNA_CLOSING = 11
};

/*
 * What the stack knows of one connection, in Linux's words (tcp(7), struct tcp_info) and units: windows of congestion
 * in segments of snd_mss, times in microseconds unless named _ms. Bit n of `known` is set where field n is meaningful
 * (its number stands beside it); an unknown field is 0. src/luna-layout.ts has the offsets.
 */
struct luna_tcp_info {
  uint64_t known;
  uint32_t state;             /*  0 enum luna_tcp_state */
  uint32_t ca_state;          /*  1 0 open, 1 disorder, 2 cwr, 3 recovery, 4 loss */
  uint32_t retransmits;       /*  2 of the oldest segment, without an answer */
  uint32_t probes;            /*  3 window or keepalive probes without an answer */
  uint32_t backoff;           /*  4 */
  uint32_t options;           /*  5 1 timestamps, 2 SACK, 4 window scale, 8 ECN */
  uint32_t snd_wscale;        /*  6 the peer's shift */
  uint32_t rcv_wscale;        /*  7 our shift */
  uint32_t rto_us;            /*  8 */
  uint32_t ato_us;            /*  9 */
  uint32_t snd_mss;           /* 10 octets */
  uint32_t rcv_mss;           /* 11 octets */
  uint32_t unacked;           /* 12 segments in flight; of a listener: connections to accept */
  uint32_t sacked;            /* 13 segments; of a listener: its backlog */
  uint32_t lost;              /* 14 segments */
  uint32_t retrans;           /* 15 retransmitted segments in flight */
  uint32_t fackets;           /* 16 */
  uint32_t last_data_sent_ms; /* 17 ago */
  uint32_t last_ack_sent_ms;  /* 18 ago */
  uint32_t last_data_recv_ms; /* 19 ago */
  uint32_t last_ack_recv_ms;  /* 20 ago */
  uint32_t pmtu;              /* 21 octets */
  uint32_t rcv_ssthresh;      /* 22 octets */
  uint32_t rtt_us;            /* 23 smoothed */
  uint32_t rttvar_us;         /* 24 */
  uint32_t snd_ssthresh;      /* 25 segments */
  uint32_t snd_cwnd;          /* 26 segments */
  uint32_t advmss;            /* 27 octets */
  uint32_t reordering;        /* 28 segments */
  uint32_t rcv_rtt_us;        /* 29 */
  uint32_t rcv_space;         /* 30 octets */
  uint32_t total_retrans;     /* 31 segments since the connection began */
  uint64_t bytes_acked;       /* 32 */
  uint64_t bytes_received;    /* 33 */
  uint32_t segs_out;          /* 34 */
  uint32_t segs_in;           /* 35 */
  uint32_t notsent_bytes;     /* 36 */
  uint32_t min_rtt_us;        /* 37 */
  uint32_t data_segs_in;      /* 38 */
  uint32_t data_segs_out;     /* 39 */
  uint64_t delivery_rate;     /* 40 octets per second */
  uint32_t delivered;         /* 41 segments */
  uint32_t snd_wnd;           /* 42 octets, scaled */
  uint32_t rcv_wnd;           /* 43 octets, scaled */
  uint32_t snd_una;           /* 44 sequence number */
  uint32_t snd_nxt;           /* 45 sequence number */
  uint32_t rcv_nxt;           /* 46 sequence number */
  uint32_t dupacks;           /* 47 */
  uint32_t cwnd_bytes;        /* 48 snd_cwnd as the stack keeps it, where that is in octets */
  uint32_t ssthresh_bytes;    /* 49 */
  uint32_t reserved;          /* 0 */
};

enum luna_timer {
  LUNA_TIMER_NONE = 0,
  LUNA_TIMER_RETRANSMIT = 1,
  LUNA_TIMER_KEEPALIVE = 2,
  LUNA_TIMER_TIME_WAIT = 3,
  LUNA_TIMER_PERSIST = 4
};

/* luna_socket_info.flags */
#define LUNA_SOCKET_HAS_TCP_INFO 1u

/* One socket or connection, as netstat or ss shows it. */
struct luna_socket_info {
  int32_t fd;           /* -1: not yet accepted, or closed by the program and still in some state */
  uint32_t protocol;    /* IPPROTO_TCP or IPPROTO_UDP */
  uint32_t family;      /* AF_INET or AF_INET6 */
  uint32_t state;       /* enum luna_tcp_state; UDP: ESTABLISHED where connected, else CLOSED */
  uint8_t local_ip[16]; /* AF_INET: in the first four octets, network order, the others 0; zeros: any. AF_INET6: an
                         * IPv4-mapped one (::ffff:a.b.c.d) where the connection is IPv4's */
  uint8_t remote_ip[16];
  uint16_t local_port; /* host order; 0: none */
  uint16_t remote_port;
  uint32_t recvq;             /* octets not read; of a listener: connections to accept */
  uint32_t sendq;             /* octets sent or queued and not acknowledged; of a listener: its backlog */
  uint32_t timer;             /* enum luna_timer */
  uint32_t timer_ms;          /* until it expires */
  uint32_t timer_retransmits; /* how often it has expired */
  uint32_t flags;
  uint32_t reserved;        /* 0 */
  struct luna_tcp_info tcp; /* where flags say so */
};

/*
 * An address of the stack's on its one network, and the way out of it.
 *
 * IPv6 (RFC 4291, RFC 4861): besides `local_ip` the stack has the link-local address fe80::/64 with the modified
 * EUI-64 of `mac` (RFC 4291 2.5.1). Both are its own from time 0 on, without duplicate address detection (RFC
 * 4862 5.4), and for good; it asks for no router and takes none from advertisements: the next hop is `gateway_ip`,
 * which lies in the prefix or is link-local. ARP and neighbour discovery are the stack's own work, and the tester
 * answers questions like a gateway and its neighbours would; ARP, ND and MLD frames are never shown to a script.
 */
struct luna_address {
  uint32_t family;        /* AF_INET or AF_INET6; 0: there is no such address */
  uint32_t prefix_length; /* of the network, 0 to 32 or 128 */
  uint8_t local_ip[16];   /* network order; IPv4 in the first four octets, the others 0 */
  uint8_t gateway_ip[16]; /* next hop of everything outside the prefix; never local_ip */
};

/* What an instance is made with. */
struct luna_config {
  uint32_t size; /* sizeof(struct luna_config) as the host knows it */
  /* The stack's own DPDK port: configured and started, one queue each way. Frames are the stack's to receive and send
   * with rte_eth_rx_burst and rte_eth_tx_burst on queue 0; they are Ethernet without VLAN tags, without offloads. */
  uint16_t port_id;
  uint16_t mtu; /* octets of an IP packet, 68 to 9000; at least 1280 with IPv6 */
  uint8_t mac[6];
  /* The next four fields are the first address, in luna_address's words. */
  uint8_t prefix_length;
  uint8_t reserved;
  uint32_t family; /* AF_INET or, of a stack with LUNA_CAP_IPV6, AF_INET6 */
  uint8_t local_ip[16];
  uint8_t gateway_ip[16];
  /* For mbufs to send; outlives the instance. A mbuf belongs to whoever holds it: received ones are freed by the
   * stack, those that tx_burst has taken are the port's. Data room: at least mtu + 14 octets. */
  struct rte_mempool* pool;
  /* Microseconds since the run's time 0, never going back; stands still between two calls where time is virtual. Only
   * to be called inside a function of the table, and with now_context. */
  uint64_t (*now_us)(void* context);
  void* now_context;
  const char* options; /* the user's options for the stack, "" where there are none; copy what must last */
  /* 1.1. The other family's address, where the run has both; its family is 0 where not. Given only to stacks that
   * declare both families. */
  struct luna_address other;
};

/* Whether the host knows `member` of luna_config: to be asked for what came later than 1.0. */
#define LUNA_CONFIG_HAS(config, member) \
  ((config)->size >= offsetof(struct luna_config, member) + sizeof((config)->member))

/* Gets each record of list_sockets; may not call the stack, nor keep `info`. */
typedef void (*luna_socket_visitor)(void* context, const struct luna_socket_info* info);

/*
 * The table. Descriptors are the stack's own small numbers, 0 or more, unrelated to the process's; the lowest free one
 * is given.
 *
 * The socket functions behave as Linux's calls on a *non-blocking* socket, whatever O_NONBLOCK says: where a call would
 * sleep they return -EAGAIN (connect: -EINPROGRESS once, -EALREADY until it is decided, then 0 once or its error, then
 * -EISCONN), and the host, which knows whether the caller wanted to wait, tries again after later polls. O_NONBLOCK and
 * SOCK_NONBLOCK are only kept for F_GETFL. Structures and numbers (sockaddr, options, flags) are Linux's. What a call
 * causes to be sent is sent before it returns where the protocol allows it.
 *
 * Errors of all of them: -EBADF for a number that is no open descriptor; -EFAULT for a null pointer where octets are
 * wanted (count above 0); -ENOMEM, -ENOBUFS, -EMFILE, -ENFILE where there is no room. A socket option that the stack
 * does not have gives -ENOPROTOOPT, and nothing else does. A flag of send or recv that it does not have gives
 * -EOPNOTSUPP. Lengths and counts are octets.
 */
struct luna_stack_v1 {
  uint32_t abi_major; /* LUNA_ABI_MAJOR of the header it was built with */
  uint32_t abi_minor; /* LUNA_ABI_MINOR of it */
  uint32_t size;      /* sizeof(struct luna_stack_v1) of it */
  uint32_t reserved;
  const char* name;    /* for people and profiles, such as "lwIP"; not "" */
  const char* version; /* the stack's own */
  uint64_t capabilities;

  /* ---- The instance */

  /* Makes it, first of all. 0, or -EINVAL (bad options), -ENOTSUP (family), -ENOMEM, ...: then nothing else is called,
   * and nothing is kept. May send (a gratuitous ARP), must not wait for an answer. */
  int (*init)(const struct luna_config* config);
  /* Ends it: connections are dropped without a word on the wire, every mbuf and all memory given back. */
  void (*shutdown)(void);
  /* As shutdown and init with the same configuration, at time 0 again; pointers of init's configuration stay valid.
   * NULL without LUNA_CAP_RESET. 0 or a negative errno: then there is no instance. */
  int (*reset)(void);
  /* Receives what is there (a bounded number of frames), runs the timers due at `now_us`, sends. Returns when the next
   * timer is due, on the same clock: UINT64_MAX for none, a time not after now_us for "call me again at once", which
   * must come to an end without further input: a stack that has nothing to do says so. */
  uint64_t (*poll)(uint64_t now_us);

  /* ---- Sockets: socket(2) to close(2) */

  /* A descriptor. -EAFNOSUPPORT, -EPROTONOSUPPORT, -ESOCKTNOSUPPORT, -EINVAL. `type` may have SOCK_NONBLOCK and
   * SOCK_CLOEXEC in it. protocol 0: the type's own. */
  int (*socket)(int domain, int type, int protocol);
  /* 0. -EADDRINUSE, -EADDRNOTAVAIL, -EINVAL (bound already; length too short), -EAFNOSUPPORT. Port 0: one of the
   * stack's choice. */
  int (*bind)(int fd, const struct sockaddr* address, uint32_t length);
  /* 0. -EOPNOTSUPP (not of this type), -EINVAL (connected), -EADDRINUSE. */
  int (*listen)(int fd, int backlog);
  /* The new descriptor, without O_NONBLOCK. -EAGAIN, -EINVAL (does not listen), -EOPNOTSUPP. `address` and `length` may
   * both be null; length: octets of room in, octets of the whole address out, which is cut to the room. */
  int (*accept)(int fd, struct sockaddr* address, uint32_t* length);
  /* 0 or as above; -ECONNREFUSED, -ETIMEDOUT, -ENETUNREACH, -EAFNOSUPPORT. AF_UNSPEC undoes the connection. */
  int (*connect)(int fd, const struct sockaddr* address, uint32_t length);
  /* Octets moved, fewer than `count` where there are (or is room for) no more; 0 from a stream: the peer has closed. A
   * datagram goes or comes whole, and what does not fit into `count` is lost. -EAGAIN, -ENOTCONN, -ECONNRESET, ...;
   * sending: -EPIPE (no signal is raised), -EMSGSIZE, -EDESTADDRREQ. flags: MSG_DONTWAIT changes nothing here,
   * MSG_WAITALL neither (the host waits); MSG_PEEK, MSG_TRUNC, MSG_MORE, MSG_NOSIGNAL and, by capability, MSG_OOB. */
  int64_t (*read)(int fd, void* buffer, uint64_t count);
  int64_t (*readv)(int fd, const struct iovec* parts, int count); /* 0 to 1024 parts, else -EINVAL */
  int64_t (*recv)(int fd, void* buffer, uint64_t count, int flags);
  /* `address` and `length` as of accept; a connected stream says length 0. */
  int64_t (*recvfrom)(int fd, void* buffer, uint64_t count, int flags, struct sockaddr* address, uint32_t* length);
  int64_t (*write)(int fd, const void* buffer, uint64_t count);
  int64_t (*writev)(int fd, const struct iovec* parts, int count);
  int64_t (*send)(int fd, const void* buffer, uint64_t count, int flags);
  /* A null address: the connected one. A connection does not look at it. */
  int64_t (*sendto)(int fd, const void* buffer, uint64_t count, int flags, const struct sockaddr* address,
                    uint32_t length);
  /* 0: the descriptor is free, whatever becomes of the connection. */
  int (*close)(int fd);
  /* SHUT_RD, SHUT_WR or SHUT_RDWR, else -EINVAL. -ENOTCONN. */
  int (*shutdown_socket)(int fd, int how);
  int (*fcntl)(int fd, int command, int argument); /* F_GETFL, F_SETFL; else -EINVAL */
  /* length: octets of room in, octets written out. -ENOPROTOOPT, -EINVAL. SO_TYPE and SO_ERROR must be there.
   * SO_RCVTIMEO, SO_SNDTIMEO and SO_RCVLOWAT are the host's, which waits, and never come here. */
  int (*getsockopt)(int fd, int level, int name, void* value, uint32_t* length);
  int (*setsockopt)(int fd, int level, int name, const void* value, uint32_t length);
  /* poll(2)'s bits that hold now, POLLERR and POLLHUP among them; -EBADF. Without effect. */
  int (*ready)(int fd);

  /* ---- Inspection */

  /* Of a TCP socket. 0 or -EBADF; where there is no connection and no listener 0 with LUNA_CLOSED, or -EINVAL. Without
   * effect. */
  int (*tcp_info)(int fd, struct luna_tcp_info* info);
  /* Calls `visit` for each socket and connection, SYN_RCVD, TIME_WAIT and not yet accepted ones among them, in an order
   * that repeats. Without effect. */
  void (*list_sockets)(luna_socket_visitor visit, void* context);

  /* ---- 1.1: each is NULL without its capability, and only called with it */

  /* LUNA_CAP_CONTROL. sendmsg(2) and recvmsg(2), results as of sendto and recvfrom; control data in Linux's form
   * (cmsg(3)). The host calls sendmsg again with the rest of the parts, and without control data, where a blocking
   * send went in part. recvmsg writes what was received and msg_namelen, msg_controllen and msg_flags (MSG_TRUNC,
   * MSG_CTRUNC, MSG_OOB, MSG_ERRQUEUE); room that is too short for a control message cuts it (MSG_CTRUNC).
   * LUNA_CAP_ERROR_QUEUE: MSG_ERRQUEUE takes the oldest notice, a struct sock_extended_err in an IP_RECVERR or
   * IPV6_RECVERR message, -EAGAIN where there is none; ready() says POLLERR while there is one. -EINVAL: control
   * data that are malformed or mean nothing. */
  int64_t (*sendmsg)(int fd, const struct msghdr* message, int flags);
  int64_t (*recvmsg)(int fd, struct msghdr* message, int flags);
  /* LUNA_CAP_IOCTL. SIOCINQ (FIONREAD), SIOCOUTQ (TIOCOUTQ), SIOCOUTQNSD and, with URGENT, SIOCATMARK write an int32_t
   * to `value`; FIONBIO reads one. `value` is null where the caller gave none: -EFAULT. -EINVAL (a listener),
   * -ENOTTY (another request). */
  int (*ioctl)(int fd, uint64_t request, void* value);
  /* LUNA_CAP_ALLOC_FAULT. Of the stack's next allocations of memory (heap and its own pools: sockets, segments, queued
   * datagrams; mbufs and the instance's own at init are none), `skip` succeed and the `count` that follow fail, as
   * they would with no memory left; then all is well again. UINT64_MAX: for ever. (0, 0), shutdown and reset end it.
   * Takes the place of what was asked for before. 0, or -EINVAL. */
  int (*fail_allocations)(uint64_t skip, uint64_t count);
  /* Octets of the largest IP packet that the stack can be configured for (luna_config.mtu); 0: whatever the host has.
   * A run that wants more is skipped. */
  uint32_t max_mtu;
  uint32_t reserved_1;
};

/* Octets of the table of version 1.0, the least that a table has. */
#define LUNA_STACK_V1_0_SIZE offsetof(struct luna_stack_v1, sendmsg)

/* The one symbol of an object. Returns the same table with the same contents each time, for as long as the object is
 * loaded; may be called before init, and must do nothing else. */
__attribute__((visibility("default"))) const struct luna_stack_v1* luna_stack_v1(void);

#ifdef __cplusplus
}
#endif

#endif
