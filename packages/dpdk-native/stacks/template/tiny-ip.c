/* Frames in, frames out. Read first: tiny-ip.h; doc.dpdk.org for rte_mbuf.h, rte_ethdev.h, rte_ip.h. */
#include "tiny-ip.h"

#include <errno.h>
#include <netinet/in.h>
#include <rte_arp.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_icmp.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_udp.h>
#include <string.h>
#include <sys/socket.h>

#include "luna_stack.h"

enum { BURST = 32, NEIGHBOURS = 8, PORTS = 32 };
/* ICMP, RFC 792. */
enum { UNREACHABLE = 3, PORT_UNREACHABLE = 3 };

/* A host on this network, and the packet that waits for its address; a later one takes its place. */
struct neighbour {
  uint32_t ip; /* 0: the entry is free */
  bool known;
  struct rte_ether_addr mac;
  struct rte_mbuf* waiting;
};

static struct luna_config wire;
static uint32_t own_ip, gateway_ip, network_mask; /* network order */
static struct neighbour neighbours[NEIGHBOURS];
static unsigned next_neighbour;
static uint16_t next_packet_id;
static uint16_t ports[PORTS]; /* 0: a free place */

int tiny_open(const struct luna_config* config) {
  if (config->family != AF_INET) return -ENOTSUP;
  if (config->mtu > TINY_MAX_MTU) return -EINVAL;
  /* A newer host's is longer. */
  memcpy(&wire, config, config->size < sizeof wire ? config->size : sizeof wire);
  memcpy(&own_ip, config->local_ip, sizeof own_ip);
  memcpy(&gateway_ip, config->gateway_ip, sizeof gateway_ip);
  network_mask = config->prefix_length == 0 ? 0 : htonl(UINT32_MAX << (32 - config->prefix_length));
  return 0;
}

void tiny_close(void) {
  for (struct neighbour* each = neighbours; each < neighbours + NEIGHBOURS; ++each) {
    rte_pktmbuf_free(each->waiting);
  }
  memset(neighbours, 0, sizeof neighbours);
  memset(ports, 0, sizeof ports);
}

int tiny_hear(uint16_t port) {
  for (int i = 0; i < PORTS; ++i) {
    if (ports[i] != 0) continue;
    ports[i] = port;
    return 0;
  }
  return -ENOBUFS;
}

static bool is_heard(uint16_t port) {
  for (int i = 0; i < PORTS; ++i) {
    if (ports[i] == port && port != 0) return true;
  }
  return false;
}

void tiny_forget(uint16_t port) {
  for (int i = 0; i < PORTS; ++i) {
    if (ports[i] == port) ports[i] = 0;
  }
}

bool tiny_own_address(uint32_t ip) { return ip == own_ip || ip == INADDR_ANY; }

/* ---- Ethernet and ARP */

/* Room for a frame with `length` octets behind its Ethernet header, which is not filled in. Null: no mbuf. */
static struct rte_mbuf* new_frame(size_t length) {
  struct rte_mbuf* frame = rte_pktmbuf_alloc(wire.pool);
  if (frame == NULL) return NULL;
  if (rte_pktmbuf_append(frame, (uint16_t)(sizeof(struct rte_ether_hdr) + length)) != NULL) return frame;
  rte_pktmbuf_free(frame);
  return NULL;
}

static void* behind_ethernet(struct rte_mbuf* frame) { return rte_pktmbuf_mtod(frame, struct rte_ether_hdr*) + 1; }

/* Takes the frame, whatever becomes of it. */
static int send_frame(struct rte_mbuf* frame, const struct rte_ether_addr* to, uint16_t type) {
  struct rte_ether_hdr* ethernet = rte_pktmbuf_mtod(frame, struct rte_ether_hdr*);
  ethernet->dst_addr = *to;
  memcpy(&ethernet->src_addr, wire.mac, sizeof wire.mac);
  ethernet->ether_type = htons(type);
  if (rte_eth_tx_burst(wire.port_id, 0, &frame, 1) == 1) return 0;
  rte_pktmbuf_free(frame);
  return -ENOBUFS;
}

static void send_arp(uint16_t operation, const struct rte_ether_addr* to, uint32_t ip) {
  static const struct rte_ether_addr everybody = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
  struct rte_mbuf* frame = new_frame(sizeof(struct rte_arp_hdr));
  if (frame == NULL) return;
  struct rte_arp_hdr* arp = behind_ethernet(frame);
  arp->arp_hardware = htons(RTE_ARP_HRD_ETHER);
  arp->arp_protocol = htons(RTE_ETHER_TYPE_IPV4);
  arp->arp_hlen = RTE_ETHER_ADDR_LEN;
  arp->arp_plen = sizeof ip;
  arp->arp_opcode = htons(operation);
  memcpy(&arp->arp_data.arp_sha, wire.mac, sizeof wire.mac);
  arp->arp_data.arp_sip = own_ip;
  memset(&arp->arp_data.arp_tha, 0, sizeof arp->arp_data.arp_tha);
  if (to != NULL) arp->arp_data.arp_tha = *to;
  arp->arp_data.arp_tip = ip;
  send_frame(frame, to == NULL ? &everybody : to, RTE_ETHER_TYPE_ARP);
}

/* The entry of an address, a new one in the oldest's place where there is none. */
static struct neighbour* find_neighbour(uint32_t ip) {
  for (struct neighbour* each = neighbours; each < neighbours + NEIGHBOURS; ++each) {
    if (each->ip == ip) return each;
  }
  struct neighbour* found = &neighbours[next_neighbour++ % NEIGHBOURS];
  rte_pktmbuf_free(found->waiting);
  *found = (struct neighbour){.ip = ip};
  return found;
}

static void receive_arp(const struct rte_arp_hdr* arp, size_t length) {
  if (length < sizeof *arp || arp->arp_protocol != htons(RTE_ETHER_TYPE_IPV4)) return;
  if (arp->arp_data.arp_tip != own_ip || arp->arp_data.arp_sip == 0) return;
  struct neighbour* sender = find_neighbour(arp->arp_data.arp_sip);
  sender->mac = arp->arp_data.arp_sha;
  sender->known = true;
  if (sender->waiting != NULL) send_frame(sender->waiting, &sender->mac, RTE_ETHER_TYPE_IPV4);
  sender->waiting = NULL;
  if (arp->arp_opcode == htons(RTE_ARP_OP_REQUEST)) send_arp(RTE_ARP_OP_REPLY, &sender->mac, sender->ip);
}

/* ---- IPv4 */

/* Fills in the IPv4 header of a frame, and sends it, or keeps it until its next hop is known. */
static int send_packet(struct rte_mbuf* frame, uint8_t protocol, uint32_t to) {
  struct rte_ipv4_hdr* ip = behind_ethernet(frame);
  *ip = (struct rte_ipv4_hdr){
      .version_ihl = RTE_IPV4_VHL_DEF,
      .total_length = htons((uint16_t)(frame->pkt_len - sizeof(struct rte_ether_hdr))),
      .packet_id = htons(next_packet_id++),
      .time_to_live = 64,
      .next_proto_id = protocol,
      .src_addr = own_ip,
      .dst_addr = to,
  };
  ip->hdr_checksum = rte_ipv4_cksum(ip);
  if (protocol == IPPROTO_UDP) {
    struct rte_udp_hdr* udp = (struct rte_udp_hdr*)(ip + 1);
    udp->dgram_cksum = rte_ipv4_udptcp_cksum(ip, udp);
  }
  struct neighbour* hop = find_neighbour(((to ^ own_ip) & network_mask) == 0 ? to : gateway_ip);
  if (hop->known) return send_frame(frame, &hop->mac, RTE_ETHER_TYPE_IPV4);
  rte_pktmbuf_free(hop->waiting);
  hop->waiting = frame;
  send_arp(RTE_ARP_OP_REQUEST, NULL, hop->ip);
  return 0;
}

/* RFC 792: the same octets back. */
static void answer_echo(const struct rte_icmp_hdr* asked, size_t length, uint32_t to) {
  if (length < sizeof *asked || asked->icmp_type != RTE_IP_ICMP_ECHO_REQUEST) return;
  if (length > (size_t)wire.mtu - sizeof(struct rte_ipv4_hdr)) return;
  struct rte_mbuf* frame = new_frame(sizeof(struct rte_ipv4_hdr) + length);
  if (frame == NULL) return;
  struct rte_icmp_hdr* answer = (struct rte_icmp_hdr*)((struct rte_ipv4_hdr*)behind_ethernet(frame) + 1);
  memcpy(answer, asked, length);
  answer->icmp_type = RTE_IP_ICMP_ECHO_REPLY;
  answer->icmp_cksum = 0;
  answer->icmp_cksum = (uint16_t)~rte_raw_cksum(answer, length);
  send_packet(frame, IPPROTO_ICMP, to);
}

/* RFC 792, RFC 1122 3.2.2.1: nobody is there, with the header and eight octets of what has come. */
static void refuse_port(const struct rte_ipv4_hdr* ip) {
  const size_t quoted = rte_ipv4_hdr_len(ip) + 8;
  struct rte_mbuf* frame = new_frame(sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_icmp_hdr) + quoted);
  if (frame == NULL) return;
  struct rte_icmp_hdr* icmp = (struct rte_icmp_hdr*)((struct rte_ipv4_hdr*)behind_ethernet(frame) + 1);
  *icmp = (struct rte_icmp_hdr){.icmp_type = UNREACHABLE, .icmp_code = PORT_UNREACHABLE};
  memcpy(icmp + 1, ip, quoted);
  icmp->icmp_cksum = (uint16_t)~rte_raw_cksum(icmp, sizeof *icmp + quoted);
  send_packet(frame, IPPROTO_ICMP, ip->src_addr);
}

static void receive_udp(const struct rte_ipv4_hdr* ip, const struct rte_udp_hdr* udp, size_t length) {
  if (length < sizeof *udp || ntohs(udp->dgram_len) < sizeof *udp || ntohs(udp->dgram_len) > length) return;
  /* Over octets with their right checksum among them it comes to all ones (RFC 1071). */
  if (udp->dgram_cksum != 0 && rte_ipv4_udptcp_cksum(ip, udp) != 0xffff) return;
  if (!is_heard(ntohs(udp->dst_port))) {
    refuse_port(ip);
    return;
  }
  const struct tiny_endpoint from = {ip->src_addr, ntohs(udp->src_port)};
  tiny_on_datagram(ntohs(udp->dst_port), from, udp + 1, ntohs(udp->dgram_len) - sizeof *udp);
}

static void receive_packet(const struct rte_ipv4_hdr* ip, size_t length) {
  if (length < sizeof *ip || (ip->version_ihl >> 4) != 4) return;
  const size_t header = rte_ipv4_hdr_len(ip), total = ntohs(ip->total_length);
  if (header < sizeof *ip || total < header || total > length || rte_raw_cksum(ip, header) != 0xffff) return;
  const bool fragment = (ip->fragment_offset & htons(RTE_IPV4_HDR_MF_FLAG | RTE_IPV4_HDR_OFFSET_MASK)) != 0;
  if (ip->dst_addr != own_ip || fragment) return;
  const void* body = (const uint8_t*)ip + header;
  if (ip->next_proto_id == IPPROTO_ICMP) answer_echo(body, total - header, ip->src_addr);
  if (ip->next_proto_id == IPPROTO_UDP) receive_udp(ip, body, total - header);
}

uint64_t tiny_poll(uint64_t now_us) {
  struct rte_mbuf* burst[BURST];
  const uint16_t count = rte_eth_rx_burst(wire.port_id, 0, burst, BURST);
  for (uint16_t i = 0; i < count; ++i) {
    const struct rte_ether_hdr* ethernet = rte_pktmbuf_mtod(burst[i], const struct rte_ether_hdr*);
    const size_t length = rte_pktmbuf_data_len(burst[i]);
    if (length >= sizeof *ethernet) {
      const void* body = ethernet + 1;
      if (ethernet->ether_type == htons(RTE_ETHER_TYPE_ARP)) receive_arp(body, length - sizeof *ethernet);
      if (ethernet->ether_type == htons(RTE_ETHER_TYPE_IPV4)) receive_packet(body, length - sizeof *ethernet);
    }
    rte_pktmbuf_free(burst[i]);
  }
  return count == BURST ? now_us : UINT64_MAX;
}

int tiny_send(uint16_t from_port, struct tiny_endpoint to, const void* octets, size_t length) {
  const size_t headers = sizeof(struct rte_ipv4_hdr) + sizeof(struct rte_udp_hdr);
  if (length > wire.mtu - headers) return -EMSGSIZE;
  struct rte_mbuf* frame = new_frame(headers + length);
  if (frame == NULL) return -ENOBUFS;
  struct rte_udp_hdr* udp = (struct rte_udp_hdr*)((struct rte_ipv4_hdr*)behind_ethernet(frame) + 1);
  *udp = (struct rte_udp_hdr){
      .src_port = htons(from_port),
      .dst_port = htons(to.port),
      .dgram_len = htons((uint16_t)(sizeof *udp + length)),
  };
  if (length > 0) memcpy(udp + 1, octets, length);
  return send_packet(frame, IPPROTO_UDP, to.ip);
}
