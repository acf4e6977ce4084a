/*
 * A tiny IP stack on a DPDK port: ARP, ICMP echo, UDP over IPv4; no fragments, no timers. It is here so that there is
 * something to adapt: put your own stack in its place. One thread. Read first: luna_stack.h, RFC 826, RFC 768.
 */
#ifndef TINY_IP_H
#define TINY_IP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct luna_config;

/* Octets of the largest IP packet, and of what a datagram carries then. */
#define TINY_MAX_MTU 1500
#define TINY_MAX_PAYLOAD (TINY_MAX_MTU - 20 - 8)

/* Address in network order, port in host order. */
struct tiny_endpoint {
  uint32_t ip;
  uint16_t port;
};

/* From here to tiny_close the stack has the port. 0; -ENOTSUP: not IPv4; -EINVAL: an MTU above TINY_MAX_MTU. */
int tiny_open(const struct luna_config* config);
/* Gives all mbufs back. */
void tiny_close(void);

/* Takes in a burst of frames at most, and runs the timers due at `now_us`. When it is to be called again: `now_us` for
 * at once, UINT64_MAX for when a frame comes. */
uint64_t tiny_poll(uint64_t now_us);
/* Datagrams to this port are wanted from now on, or no more. 0, or -ENOBUFS: too many ports. */
int tiny_hear(uint16_t port);
void tiny_forget(uint16_t port);
/* Sends a datagram at once, or when the next hop has told its address. 0; -EMSGSIZE: more than the MTU allows;
 * -ENOBUFS: no mbuf, or the port is full. */
int tiny_send(uint16_t from_port, struct tiny_endpoint to, const void* octets, size_t length);
/* Whether the address is this host's, or "any". */
bool tiny_own_address(uint32_t ip);

/* adapter.c has it: a datagram for a port that is heard has come. `octets` are gone when it returns. */
void tiny_on_datagram(uint16_t to_port, struct tiny_endpoint from, const void* octets, size_t length);

#endif
