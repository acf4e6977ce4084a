/*
 * lwIP's options for the stack lwip-sack: as Debian's library where a script can see it, with selective
 * acknowledgements and timestamps besides, and without an operating system, whose threads a stack on DPDK does not
 * want. Read first: lwip/opt.h, which says what each means.
 */
#ifndef LUNA_LWIPOPTS_H
#define LUNA_LWIPOPTS_H

/* What it is made for: RFC 2018, RFC 7323. */
#define LWIP_TCP_SACK_OUT 1
#define LWIP_TCP_TIMESTAMPS 1

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_NOASSERT_ON_ERROR 1

/* Every object is a block of the heap, which stacks/lwip/memory.cc keeps. */
#define MEM_LIBC_MALLOC 1
#define MEMP_MEM_MALLOC 1
#define MEM_ALIGNMENT 8

#define LWIP_NETIF_TX_SINGLE_PBUF 1
#define LWIP_NETIF_LOOPBACK 0
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 10
#define LWIP_IGMP 1
#define LWIP_RAW 1
#define LWIP_UDPLITE 1
#define SO_REUSE 1
#define LWIP_MULTICAST_TX_OPTIONS 1

#define LWIP_IPV6 1
#define LWIP_IPV6_AUTOCONFIG 1
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS 1
#define LWIP_IPV6_NUM_ADDRESSES 6
/* What reassembly writes over a fragment's header is larger than it, where pointers have 64 bits. */
#define IPV6_FRAG_COPYHEADER 1
#define MEMP_NUM_MLD6_GROUP 16

#define TCP_MSS 1460
#define TCP_WND 0xFFFF
#define TCP_SND_BUF TCP_WND
#define LWIP_WND_SCALE 1
#define TCP_RCV_SCALE 1
#define LWIP_TCP_KEEPALIVE 1
#define LWIP_CHECKSUM_ON_COPY 1

#endif
