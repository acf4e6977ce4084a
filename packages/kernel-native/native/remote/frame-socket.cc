#include "remote/frame-socket.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <vector>

#include "packet-socket/stamped.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr int kReceiveBuffer = 2 * 1024 * 1024;

// Offsets in a frame.
constexpr std::uint32_t kEtherType = 12;
constexpr std::uint32_t kIp = 14;
constexpr std::uint32_t kIpv4Fragment = kIp + 6;
constexpr std::uint32_t kIpv4Protocol = kIp + 9;
constexpr std::uint32_t kIpv4Source = kIp + 12;
constexpr std::uint32_t kIpv6NextHeader = kIp + 6;
constexpr std::uint32_t kIpv6Source = kIp + 8;
constexpr std::uint32_t kIpv6Payload = kIp + 40;

// A classic BPF program whose jumps lead to one of two ends, or on.
class Program {
 public:
  void Load(std::uint16_t size_and_mode, std::uint32_t at) {
    Add(static_cast<std::uint16_t>(BPF_LD | size_and_mode), at);
  }
  void LoadIpv4HeaderLength() { Add(BPF_LDX | BPF_B | BPF_MSH, kIp); }
  void AcceptIf(std::uint32_t value) { Jump(BPF_JEQ, value, kAccept, kOn); }
  void DropIf(std::uint32_t value) { Jump(BPF_JEQ, value, kDrop, kOn); }
  void DropUnless(std::uint32_t value) { Jump(BPF_JEQ, value, kOn, kDrop); }
  void DropIfAny(std::uint32_t bits) { Jump(BPF_JSET, bits, kDrop, kOn); }

  /// A number that is none of these is dropped.
  void DropUnlessTransport() {
    Jump(BPF_JEQ, IPPROTO_TCP, 2, kOn);
    Jump(BPF_JEQ, IPPROTO_UDP, 1, kOn);
    Jump(BPF_JEQ, IPPROTO_SCTP, kOn, kDrop);
  }

  void AttachTo(int fd) {
    const auto drop = static_cast<std::uint8_t>(code_.size());
    Add(BPF_RET | BPF_K, 0);
    Add(BPF_RET | BPF_K, 0xffffffffU);
    for (std::size_t at = 0; at < drop; ++at) {
      for (std::uint8_t* jump : {&code_[at].jt, &code_[at].jf}) {
        if (*jump == kDrop) *jump = static_cast<std::uint8_t>(drop - at - 1);
        if (*jump == kAccept) *jump = static_cast<std::uint8_t>(drop - at);
      }
    }
    const sock_fprog program{static_cast<unsigned short>(code_.size()), code_.data()};
    if (::setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
      throw Failure("LD_SNIFF", "cannot filter the packet socket", errno, "setsockopt");
    }
  }

 private:
  static constexpr std::uint8_t kOn = 0;
  static constexpr std::uint8_t kDrop = 254;
  static constexpr std::uint8_t kAccept = 255;

  void Add(std::uint16_t code, std::uint32_t k) { code_.push_back({code, 0, 0, k}); }
  void Jump(std::uint16_t test, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
    code_.push_back({static_cast<std::uint16_t>(BPF_JMP | BPF_K | test), yes, no, value});
  }

  std::vector<sock_filter> code_;
};

void ComparePorts(Program* program, std::uint16_t mode, std::uint32_t at, const FrameSocket::Filter& filter) {
  program->Load(static_cast<std::uint16_t>(BPF_H | mode), at);
  program->AcceptIf(filter.source_port);
  program->Load(static_cast<std::uint16_t>(BPF_H | mode), at + 2);
  program->AcceptIf(filter.destination_port);
  if (filter.other_destination_port != 0) program->AcceptIf(filter.other_destination_port);
}

void OnlyIpv4(Program* program, const FrameSocket::Filter& filter) {
  program->Load(BPF_H | BPF_ABS, kEtherType);
  program->AcceptIf(ETH_P_ARP);
  program->DropUnless(ETH_P_IP);
  std::uint32_t client = 0;
  std::memcpy(&client, filter.client.octets, sizeof client);
  program->Load(BPF_W | BPF_ABS, kIpv4Source);
  program->DropUnless(ntohl(client));
  program->Load(BPF_B | BPF_ABS, kIpv4Protocol);
  program->AcceptIf(IPPROTO_ICMP);
  program->DropUnlessTransport();
  program->Load(BPF_H | BPF_ABS, kIpv4Fragment);
  program->DropIfAny(0x1fff);
  program->LoadIpv4HeaderLength();
  ComparePorts(program, BPF_IND, kIp, filter);
}

void OnlyIpv6(Program* program, const FrameSocket::Filter& filter) {
  program->Load(BPF_H | BPF_ABS, kEtherType);
  program->DropUnless(ETH_P_IPV6);
  program->Load(BPF_B | BPF_ABS, kIpv6NextHeader);
  // Neighbour discovery comes from link-local addresses too: the owner looks at the source.
  program->AcceptIf(IPPROTO_ICMPV6);
  program->DropUnlessTransport();
  for (std::uint32_t at = 0; at < 16; at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, filter.client.octets + at, sizeof word);
    program->Load(BPF_W | BPF_ABS, kIpv6Source + at);
    program->DropUnless(ntohl(word));
  }
  ComparePorts(program, BPF_ABS, kIpv6Payload, filter);
}

}  // namespace

FrameSocket::FrameSocket(const Device& device, const Filter& filter)
    : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  if (!socket_.open()) throw Failure("LD_SNIFF", "no packet socket", errno, "socket");
  const int fd = socket_.get();
  Program program;
  program.Load(BPF_B | BPF_ABS, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE));
  program.DropIf(PACKET_OUTGOING);
  if (filter.client.family == AF_INET) {
    OnlyIpv4(&program, filter);
  } else {
    OnlyIpv6(&program, filter);
  }
  program.AttachTo(fd);
  const int on = 1;
  if (::setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) {
    throw Failure("LD_SNIFF", "no kernel time stamps", errno, "setsockopt");
  }
  if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer) != 0) {
    ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  }
  // The client sends to an Ethernet address that is nobody's, so that no kernel answers.
  packet_mreq membership{};
  membership.mr_ifindex = device.index;
  membership.mr_type = PACKET_MR_PROMISC;
  if (::setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership) != 0) {
    throw Failure("LD_SNIFF", "cannot listen to all of " + device.name, errno, "setsockopt");
  }
  sockaddr_ll here{};
  here.sll_family = AF_PACKET;
  here.sll_protocol = htons(ETH_P_ALL);
  here.sll_ifindex = device.index;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0) {
    throw Failure("LD_SNIFF", "cannot bind the packet socket to " + device.name, errno, "bind");
  }
}

std::size_t FrameSocket::Receive(std::uint8_t* buffer, std::size_t capacity, double* at_us) {
  for (;;) {
    sockaddr_ll from{};
    std::int64_t monotonic_ns = 0;
    const ssize_t length = ReceiveStamped(socket_.get(), buffer, capacity, &from, &monotonic_ns);
    if (length < 0) return 0;
    if (length == 0 || from.sll_pkttype == PACKET_OUTGOING) continue;
    *at_us = static_cast<double>(monotonic_ns) / 1000.0;
    return static_cast<std::size_t>(length);
  }
}

double FrameSocket::Send(const std::uint8_t* frame, std::size_t length, double at_us) {
  clock_.WaitUntil(clock_.ToUs(static_cast<std::int64_t>(at_us * 1000.0)));
  const double now_us = static_cast<double>(ClockNs(CLOCK_MONOTONIC)) / 1000.0;
  ssize_t sent = 0;
  do {
    sent = ::send(socket_.get(), frame, length, 0);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    throw Failure("LD_WIRE_SEND", "cannot send a frame of " + std::to_string(length) + " octets", errno, "send");
  }
  return now_us;
}

}  // namespace lunadrill
