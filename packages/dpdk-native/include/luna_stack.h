/*
 * luna_stack_v1: the C interface between lunadrill's DPDK host and a userspace TCP/IP stack in a shared object.
 * Plain C11 or C++17, Linux on little-endian machines. Read first: README.md; an example: stacks/lwip.
 *
 * An object exports one function, `luna_stack_v1`, which returns a table of functions (below). Everything in the table
 * is called by one thread, the polling thread, one call at a time; nothing may sleep, and nothing may keep a pointer
 * that it was given (struct luna_config's pool and clock excepted) after it has returned. Errors are negative errno
 * numbers of Linux; `errno` itself is not used. The stack installs no signal handlers and starts no threads that
 * touch its port.
 *
 * Texts such as netstat's are not here: the host makes them from the records of `list_sockets`, so that all stacks
 * look alike and no stack formats anything.
 *
 * Versions: a host refuses another major number. Within one major number, structures only grow at their end (`size`
 * says how much the other side knows) and capability bits are only added.
 */
#ifndef LUNA_STACK_H
#define LUNA_STACK_H

#include <stdint.h>

#define LUNA_ABI_MAJOR 1u
#define LUNA_ABI_MINOR 0u

#ifdef __cplusplus
extern "C" {
#endif

struct iovec;
struct rte_mempool;
struct sockaddr;

/* What the stack can do: bits of luna_stack_v1.capabilities. */
#define LUNA_CAP_TCP (UINT64_C(1) << 0)
#define LUNA_CAP_UDP (UINT64_C(1) << 1)
#define LUNA_CAP_IPV4 (UINT64_C(1) << 2)
#define LUNA_CAP_IPV6 (UINT64_C(1) << 3)
/* All time comes from luna_config.now_us, and poll() says when the next timer is due: usable in virtual time. */
#define LUNA_CAP_CLOCK_HOOK (UINT64_C(1) << 4)
/* State lives in globals: for a fresh instance the host unloads the object and loads it again. */
#define LUNA_CAP_RELOAD (UINT64_C(1) << 5)
/* reset() works: for a fresh instance the host calls it and keeps the object loaded. */
#define LUNA_CAP_RESET (UINT64_C(1) << 6)
/* The same inputs at the same times give the same frames, initial sequence numbers and ports included. */
#define LUNA_CAP_DETERMINISTIC (UINT64_C(1) << 7)

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
  uint8_t local_ip[16]; /* IPv4 in the first four octets, network order; zeros: any */
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

struct luna_config {
  uint32_t size; /* sizeof(struct luna_config) */
  /* The stack's own DPDK port: configured and started, one queue each way. Frames are the stack's to receive and send
   * with rte_eth_rx_burst and rte_eth_tx_burst on queue 0; they are Ethernet without VLAN tags, without offloads. */
  uint16_t port_id;
  uint16_t mtu; /* octets of an IP packet */
  uint8_t mac[6];
  uint8_t prefix_length;
  uint8_t reserved;
  uint32_t family;        /* AF_INET */
  uint8_t local_ip[16];   /* IPv4 in the first four octets, network order */
  uint8_t gateway_ip[16]; /* next hop of everything outside the prefix; never local_ip */
  /* For mbufs to send; outlives the instance. A mbuf belongs to whoever holds it: received ones are freed by the
   * stack, those that tx_burst has taken are the port's. Data room: at least mtu + 14 octets. */
  struct rte_mempool* pool;
  /* Microseconds since the run's time 0, never going back; stands still between two calls where time is virtual. Only
   * to be called inside a function of the table. */
  uint64_t (*now_us)(void* context);
  void* now_context;
  const char* options; /* the user's options for the stack, "" where there are none; copy what must last */
};

typedef void (*luna_socket_visitor)(void* context, const struct luna_socket_info* info);

/*
 * The table. Descriptors are the stack's own small numbers, unrelated to the process's.
 *
 * The socket functions behave as Linux's calls on a *non-blocking* socket, whatever O_NONBLOCK says: where a call would
 * sleep they return -EAGAIN (connect: -EINPROGRESS once, -EALREADY until it is decided, then 0 once or its error, then
 * -EISCONN), and the host, which knows whether the caller wanted to wait, tries again after later polls. O_NONBLOCK and
 * SOCK_NONBLOCK are only kept for F_GETFL. Structures and numbers (sockaddr, options, flags) are Linux's. A null buffer
 * with a length above 0 gives -EFAULT. What a call causes to be sent is sent before it returns where the protocol
 * allows it.
 */
struct luna_stack_v1 {
  uint32_t abi_major; /* LUNA_ABI_MAJOR */
  uint32_t abi_minor; /* LUNA_ABI_MINOR */
  uint32_t size;      /* sizeof(struct luna_stack_v1) */
  uint32_t reserved;  /* 0 */
  const char* name;   /* for people and profiles, such as "lwIP" */
  const char* version;
  uint64_t capabilities;

  /* Once, first. 0, or -EINVAL (bad options), -ENOTSUP (family), -ENOMEM, ...: then nothing else is called. */
  int (*init)(const struct luna_config* config);
  /* Ends the instance: connections are dropped without a word on the wire, every mbuf and all memory given back. */
  void (*shutdown)(void);
  /* As shutdown and init with the same configuration. NULL without LUNA_CAP_RESET. 0 or a negative errno. */
  int (*reset)(void);
  /* Receives what is there (a bounded number of frames), runs the timers due at `now_us`, sends. Returns when the next
   * timer is due, on the same clock: UINT64_MAX for none, a time not after now_us for "call me again at once". */
  uint64_t (*poll)(uint64_t now_us);

  int (*socket)(int domain, int type, int protocol);
  int (*bind)(int fd, const struct sockaddr* address, uint32_t length);
  int (*listen)(int fd, int backlog);
  int (*accept)(int fd, struct sockaddr* address, uint32_t* length); /* length: room in, wanted size out */
  int (*connect)(int fd, const struct sockaddr* address, uint32_t length);
  int64_t (*read)(int fd, void* buffer, uint64_t count);
  int64_t (*readv)(int fd, const struct iovec* parts, int count);
  int64_t (*recv)(int fd, void* buffer, uint64_t count, int flags);
  int64_t (*recvfrom)(int fd, void* buffer, uint64_t count, int flags, struct sockaddr* address, uint32_t* length);
  int64_t (*write)(int fd, const void* buffer, uint64_t count);
  int64_t (*writev)(int fd, const struct iovec* parts, int count);
  int64_t (*send)(int fd, const void* buffer, uint64_t count, int flags);
  int64_t (*sendto)(int fd, const void* buffer, uint64_t count, int flags, const struct sockaddr* address,
                    uint32_t length);
  int (*close)(int fd);
  int (*shutdown_socket)(int fd, int how);
  int (*fcntl)(int fd, int command, int argument); /* F_GETFL, F_SETFL; else -EINVAL */
  int (*getsockopt)(int fd, int level, int name, void* value, uint32_t* length);
  int (*setsockopt)(int fd, int level, int name, const void* value, uint32_t length);
  /* poll(2)'s bits that hold now, POLLERR and POLLHUP among them; -EBADF. */
  int (*ready)(int fd);

  /* Of a TCP socket. 0, -EBADF, or -EINVAL where there is no connection and no listener. Without effect. */
  int (*tcp_info)(int fd, struct luna_tcp_info* info);
  /* Calls `visit` for each socket and connection, SYN_RCVD, TIME_WAIT and not yet accepted ones among them, in an order
   * that repeats. The visitor may not call the stack. Without effect. */
  void (*list_sockets)(luna_socket_visitor visit, void* context);
};

/* The one symbol of an object. Returns the same table each time, for as long as the object is loaded; may be called
 * before init, and must do nothing else. */
__attribute__((visibility("default"))) const struct luna_stack_v1* luna_stack_v1(void);

#ifdef __cplusplus
}
#endif

#endif
