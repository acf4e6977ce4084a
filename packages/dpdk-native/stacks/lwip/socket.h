// Sockets of the lwIP adapter: one fixed table, so that a script's calls allocate nothing here. Polling thread only.
// A socket is reached by its descriptor, by the callback argument of its pcb, or from its listener's queue.
#pragma once
#include <lwip/ip_addr.h>
#include <lwip/pbuf.h>
#include <lwip/tcp.h>
#include <lwip/udp.h>

#include <cstdint>

namespace luna {

inline constexpr int kMaxSockets = 512;
inline constexpr int kFirstFd = 3;
inline constexpr int kMaxDatagrams = 64;

struct Datagram {
  pbuf* data;
  ip_addr_t from;
  u16_t port;
  u8_t traffic_class;  // of its packet, either family
  u8_t hop_limit;
};

struct Socket {
  enum class Kind : std::uint8_t { kFree, kTcp, kUdp };
  Kind kind = Kind::kFree;
  bool ipv6 = false;     // of AF_INET6
  bool v6_only = false;  // no IPv4 by mapped addresses
  bool listening = false;
  bool connecting = false;   // SYN sent, nothing decided
  bool connected = false;    // was established at some time
  bool decided = false;      // connect() has told the program how it went
  bool peer_closed = false;  // FIN received
  bool read_closed = false;  // shutdown(SHUT_RD)
  bool write_closed = false;
  bool no_delay = false;
  bool linger_on = false;
  // What recvmsg() adds in control messages.
  bool tells_unread = false;
  bool tells_traffic_class = false;
  bool tells_hop_limit = false;
  int linger_s = 0;
  int fd = -1;  // -1: not accepted yet
  int flags = 0;
  int error = 0;  // SO_ERROR
  int backlog = 0;
  u8_t so_options = 0;
  // Of IPv4 and of IPv6: which of them counts, the packet's family says.
  u8_t tos = 0;
  u8_t ttl = 255;
  u8_t traffic_class = 0;
  u8_t hop_limit = 255;
  u32_t keep_idle_ms = 7200000;
  u32_t keep_interval_ms = 75000;
  u32_t keep_count = 9;

  // The pcb; of a listener really a tcp_pcb_listen. Read it through LivePcb: lwIP frees a TIME_WAIT pcb untold.
  tcp_pcb* tcp = nullptr;
  pbuf* received = nullptr;

  Socket* listener = nullptr;
  Socket* next = nullptr;  // in the listener's queue
  Socket* queue = nullptr;
  int queued = 0;

  udp_pcb* udp = nullptr;
  Datagram* datagrams = nullptr;  // kMaxDatagrams of them, a ring
  int first_datagram = 0;
  int datagram_count = 0;
};

/// A socket that has no descriptor yet, or null where all are in use.
Socket* NewSocket(Socket::Kind kind);
/// The lowest free descriptor, given to `socket`; -1 where there is none.
int GiveFd(Socket* socket);
/// Null for a number that is no descriptor.
Socket* FindSocket(int fd);
void FreeSocket(Socket* socket);
void FreeAllSockets();

/// Calls `visit(Socket*)` for each socket in use.
template <typename Visit>
void EachSocket(Visit visit);
extern Socket sockets[kMaxSockets];
template <typename Visit>
void EachSocket(Visit visit) {
  for (Socket& socket : sockets) {
    if (socket.kind != Socket::Kind::kFree) visit(&socket);
  }
}

/// The pcb, if it still exists.
tcp_pcb* LivePcb(Socket* socket);
/// Puts the options that the socket keeps onto a pcb that is not a listener's.
void ApplyOptions(Socket* socket, tcp_pcb* pcb);
/// The type of a pcb of the socket's that has no address yet.
u8_t PcbType(const Socket& socket);
u8_t TosTowards(const Socket& socket, const ip_addr_t& remote);
u8_t TtlTowards(const Socket& socket, const ip_addr_t& remote);

/// errno of an lwIP error, positive.
int ErrnoOf(err_t error);
/// A port that nobody has: deterministic, from 49152 on, where lwIP would begin at random.
u16_t NextPort();

// tcp.cc
int TcpOpen(Socket* socket);
int TcpBind(Socket* socket, const ip_addr_t& address, u16_t port);
int TcpListen(Socket* socket, int backlog);
int TcpAccept(Socket* listener, Socket** accepted);
int TcpConnect(Socket* socket, const ip_addr_t& address, u16_t port);
int TcpDisconnect(Socket* socket);
std::int64_t TcpReceive(Socket* socket, std::uint8_t* buffer, std::uint64_t count, int flags);
/// `more_parts`: nothing is sent yet, the next call's octets may go into the same segment.
std::int64_t TcpSend(Socket* socket, const std::uint8_t* buffer, std::uint64_t count, int flags, bool more_parts);
/// Sends what such a call has left.
void TcpPush(Socket* socket);
int TcpShutdown(Socket* socket, int how);
void TcpClose(Socket* socket);
int TcpReady(Socket* socket);

// udp.cc
int UdpOpen(Socket* socket);
int UdpBind(Socket* socket, const ip_addr_t& address, u16_t port);
int UdpConnect(Socket* socket, const ip_addr_t& address, u16_t port);
std::int64_t UdpReceive(Socket* socket, std::uint8_t* buffer, std::uint64_t count, int flags, ip_addr_t* from,
                        u16_t* port);
std::int64_t UdpSend(Socket* socket, const std::uint8_t* buffer, std::uint64_t count, const ip_addr_t* address,
                     u16_t port);
void UdpClose(Socket* socket);
int UdpReady(Socket* socket);

}  // namespace luna
