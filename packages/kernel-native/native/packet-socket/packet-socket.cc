#include "packet-socket/packet-socket.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <sys/socket.h>

#include <limits>
#include <system_error>
#include <thread>
#include <utility>

#include "clock/run-clock.h"
#include "packet-socket/stamped.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr int kReceiveBuffer = 2 * 1024 * 1024;

}  // namespace

PacketSocket::PacketSocket(int interface_index)
    : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)), interface_index_(interface_index) {
  if (!socket_.open()) throw Failure("LD_SNIFF", "no packet socket", errno, "socket");
  const int fd = socket_.get();
  // Injected packets pass here too (PACKET_HOST). The filter keeps them out of the buffer; Receive checks again.
  sock_filter only_outgoing[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffffu),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const sock_fprog program{4, only_outgoing};
  const int on = 1;
  if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
    throw Failure("LD_SNIFF", "cannot filter the packet socket", errno, "setsockopt");
  }
  if (::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) {
    throw Failure("LD_SNIFF", "no kernel time stamps", errno, "setsockopt");
  }
  // FORCE passes rmem_max and is root's; the plain option is cut to it, which upstream lives with too.
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) != 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
  sockaddr_ll here{};
  here.sll_family = AF_PACKET;
  here.sll_protocol = htons(ETH_P_ALL);
  here.sll_ifindex = interface_index_;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) {
    throw Failure("LD_SNIFF", "cannot bind the packet socket to tun0", errno, "bind");
  }
}

PacketSocket::~PacketSocket() {
  if (!socket_.open()) return;
  try {
    std::thread([closing = std::move(socket_)] {}).detach();
  } catch (const std::system_error&) {
    // No thread to be had: the owner closes here.
  }
}

bool PacketSocket::Receive(std::uint8_t* buffer, std::size_t capacity, Packet* packet) {
  for (;;) {
    sockaddr_ll from{};
    const ssize_t length = ReceiveStamped(socket_.get(), buffer, capacity, &from, &packet->monotonic_ns);
    if (length < 0) return false;
    if (length == 0 || from.sll_pkttype != PACKET_OUTGOING || from.sll_ifindex != interface_index_) continue;
    packet->length = static_cast<std::size_t>(length);
    return true;
  }
}

PacketSocket::Packet PacketSocket::Next(std::uint8_t* buffer, std::size_t capacity, std::int64_t deadline_ns,
                                        int interrupt) {
  Packet packet;
  for (;;) {
    if (Receive(buffer, capacity, &packet)) return packet;
    const std::int64_t left = deadline_ns - ClockNs(CLOCK_MONOTONIC);
    if (left <= 0) return Packet{};
    const bool for_ever = deadline_ns == std::numeric_limits<std::int64_t>::max();
    const timespec timeout{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
    pollfd ready[] = {{socket_.get(), POLLIN, 0}, {interrupt, POLLIN, 0}};
    if (::ppoll(ready, 2, for_ever ? nullptr : &timeout, nullptr) < 0 && errno != EINTR) {
      throw Failure("LD_SNIFF", "cannot wait for a packet", errno, "ppoll");
    }
    if ((ready[1].revents & POLLIN) != 0 && (ready[0].revents & POLLIN) == 0) return Packet{};
  }
}

}  // namespace lunadrill
