// Exercises the ends of a wire for the sanitizers, on a TAP device in a namespace of its own: which frames pass the
// filter, frames sent, address and route with their way back, silent ports, the blocking stream. Built and run by
// sanitize.mjs.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "clock/run-clock.h"
#include "netlink/route-socket.h"
#include "netns/run-namespace.h"
#include "nic/device.h"
#include "nic/nic-address.h"
#include "nic/offloads.h"
#include "remote/frame-socket.h"
#include "remote/silent-ports.h"
#include "remote/stream-socket.h"
#include "util/descriptor.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

using Octets = std::vector<std::uint8_t>;

void Check(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "wire: %s\n", what.c_str());
  std::exit(1);
}

IpAddress Ip(const char* text) { return IpAddress::Parse(text, "address"); }

Descriptor OpenTap() {
  Descriptor tap(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  ifreq request{};
  std::strcpy(request.ifr_name, "tap0");
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  Check(::ioctl(tap.get(), TUNSETIFF, &request) == 0, "no TAP device");
  RouteSocket route;
  route.SetLinkUp(1);
  route.SetLinkUp(static_cast<int>(::if_nametoindex("tap0")));
  return tap;
}

Octets Frame(std::uint16_t type, Octets packet) {
  Octets frame{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0a, 0, 0, 0, 0, 1};
  frame.push_back(static_cast<std::uint8_t>(type >> 8));
  frame.push_back(static_cast<std::uint8_t>(type));
  frame.insert(frame.end(), packet.begin(), packet.end());
  return frame;
}

Octets Ports(std::uint16_t source, std::uint16_t destination) {
  return {static_cast<std::uint8_t>(source >> 8),
          static_cast<std::uint8_t>(source),
          static_cast<std::uint8_t>(destination >> 8),
          static_cast<std::uint8_t>(destination),
          0,
          0,
          0,
          0};
}

Octets Ipv4(const char* source, std::uint8_t protocol, const Octets& payload, std::uint8_t words = 5,
            std::uint8_t fragment = 0) {
  Octets packet(words * 4U);
  packet[0] = static_cast<std::uint8_t>(0x40 | words);
  packet[3] = static_cast<std::uint8_t>(packet.size() + payload.size());
  packet[7] = fragment;
  packet[9] = protocol;
  std::copy_n(Ip(source).octets, 4, packet.begin() + 12);
  packet.insert(packet.end(), payload.begin(), payload.end());
  return Frame(ETH_P_IP, packet);
}

Octets Ipv6(const char* source, std::uint8_t protocol, const Octets& payload) {
  Octets packet(40);
  packet[0] = 0x60;
  packet[5] = static_cast<std::uint8_t>(payload.size());
  packet[6] = protocol;
  std::copy_n(Ip(source).octets, 16, packet.begin() + 8);
  packet.insert(packet.end(), payload.begin(), payload.end());
  return Frame(ETH_P_IPV6, packet);
}

struct Case {
  const char* what;
  Octets frame;
  bool captured;
};

void Filter(const Device& device, int tap, const FrameSocket::Filter& filter, const std::vector<Case>& cases) {
  FrameSocket socket(device, filter);
  Octets buffer(65600);
  double at_us = 0;
  while (socket.Receive(buffer.data(), buffer.size(), &at_us) != 0) {
  }
  for (const Case& each : cases) {
    const double before = static_cast<double>(ClockNs(CLOCK_MONOTONIC)) / 1000.0;
    Check(::write(tap, each.frame.data(), each.frame.size()) == static_cast<ssize_t>(each.frame.size()), each.what);
    const std::size_t length = socket.Receive(buffer.data(), buffer.size(), &at_us);
    Check((length != 0) == each.captured, each.what);
    if (length == 0) continue;
    Check(length == each.frame.size() && std::equal(each.frame.begin(), each.frame.end(), buffer.begin()), each.what);
    Check(at_us > before - 1000 && at_us < before + 1e6, "the time stamp");
  }
}

void Filters(const Device& device, int tap) {
  const FrameSocket::Filter filter{Ip("192.168.0.2"), 8080, 8081, 1000};
  const char* client = "192.168.0.2";
  Filter(device, tap, filter,
         {
             {"TCP from the bind port", Ipv4(client, IPPROTO_TCP, Ports(8080, 5)), true},
             {"TCP to the connect port", Ipv4(client, IPPROTO_TCP, Ports(5, 8081)), true},
             {"TCP to the connect port behind options", Ipv4(client, IPPROTO_TCP, Ports(5, 8081), 8), true},
             {"UDP to the other port", Ipv4(client, IPPROTO_UDP, Ports(5, 1000)), true},
             {"SCTP", Ipv4(client, IPPROTO_SCTP, Ports(8080, 5)), true},
             {"ICMP", Ipv4(client, IPPROTO_ICMP, Octets(8)), true},
             {"ARP", Frame(ETH_P_ARP, Octets(28)), true},
             {"other ports", Ipv4(client, IPPROTO_TCP, Ports(8081, 8080)), false},
             {"another source", Ipv4("192.168.0.3", IPPROTO_TCP, Ports(8080, 5)), false},
             {"another protocol", Ipv4(client, IPPROTO_GRE, Ports(8080, 5)), false},
             {"a later fragment", Ipv4(client, IPPROTO_TCP, Ports(8080, 5), 5, 1), false},
             {"IPv6", Ipv6("fd00::2", IPPROTO_TCP, Ports(8080, 5)), false},
             {"a short frame", Frame(ETH_P_IP, Octets(4)), false},
         });
  Filter(device, tap, {Ip("fd00::2"), 8080, 8081, 0},
         {
             {"TCP from the bind port, IPv6", Ipv6("fd00::2", IPPROTO_TCP, Ports(8080, 5)), true},
             {"UDP to the connect port, IPv6", Ipv6("fd00::2", IPPROTO_UDP, Ports(5, 8081)), true},
             {"ICMPv6 from whomever", Ipv6("fe80::1", IPPROTO_ICMPV6, Octets(24)), true},
             {"port 0 is none, IPv6", Ipv6("fd00::2", IPPROTO_UDP, Ports(5, 0)), false},
             {"another source, IPv6", Ipv6("fd00::3", IPPROTO_TCP, Ports(8080, 5)), false},
             {"IPv4 beside IPv6", Ipv4("192.168.0.2", IPPROTO_TCP, Ports(8080, 5)), false},
         });
}

void Sends(const Device& device, int tap) {
  FrameSocket socket(device, {Ip("192.168.0.2"), 1, 2, 0});
  Octets buffer(2000);
  while (::read(tap, buffer.data(), buffer.size()) > 0) {
  }
  const Octets frame = Frame(0x88b5, Octets(100, 7));
  const double due = static_cast<double>(ClockNs(CLOCK_MONOTONIC)) / 1000.0 + 2000;
  Check(socket.Send(frame.data(), frame.size(), due) >= due, "sent too early");
  pollfd ready{tap, POLLIN, 0};
  bool found = false;
  while (!found && ::poll(&ready, 1, 1000) == 1) {
    const ssize_t length = ::read(tap, buffer.data(), buffer.size());
    found = length == static_cast<ssize_t>(frame.size()) && std::equal(frame.begin(), frame.end(), buffer.begin());
  }
  Check(found, "the frame was not sent");
  const Octets long_one(9000, 1);
  bool refused = false;
  try {
    socket.Send(long_one.data(), long_one.size(), 0);
  } catch (const Failure& failure) {
    refused = failure.error() == EMSGSIZE && failure.code() == std::string("LD_WIRE_SEND");
  }
  Check(refused, "a frame above the MTU");
}

void Addresses(const Device& device) {
  const NicAddress::Plan plans[] = {
      {Ip("192.168.0.2"), Ip("192.168.0.1"), Ip("192.0.2.1"), 24},
      {Ip("fd00::2"), Ip("fd00::1"), Ip("2001:db8::1"), 32},
      {Ip("192.168.0.2"), Ip("192.168.0.2"), Ip("192.0.2.1"), 32},
      {Ip("fd00::2"), Ip("fd00::2"), Ip("2001:db8::1"), 128},
      {Ip("192.168.0.2"), Ip("192.0.2.1"), Ip("192.0.2.1"), 32},
  };
  for (const NicAddress::Plan& plan : plans) {
    Check(!IsLocal(plan.local), "an address before it is added");
    {
      const NicAddress outer(device, plan);
      Check(IsLocal(plan.local), "an address that was added");
      // The address of one that was there before stays; the route of one that was killed is taken over.
      const NicAddress inner(device, plan);
    }
    Check(!IsLocal(plan.local), "an address after its time");
  }
  bool refused = false;
  try {
    const NicAddress wrong(device, {Ip("192.168.0.2"), Ip("127.0.0.1"), Ip("192.0.2.1"), 24});
  } catch (const Failure& failure) {
    refused = failure.code() == std::string("LD_NETLINK");
  }
  Check(refused && !IsLocal(Ip("192.168.0.2")), "a gateway that is none leaves nothing");
  for (const char* name : {"", "nosuch0", "a-name-that-is-too-long", "lo"}) {
    refused = false;
    try {
      FindDevice(name);
    } catch (const Failure& failure) {
      refused = failure.code() == std::string("LD_NIC");
    }
    Check(refused, std::string("the interface ") + name);
  }
}

Descriptor Listener(std::uint16_t* port) {
  Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof here;
  auto* address = reinterpret_cast<sockaddr*>(&here);
  Check(::bind(socket.get(), address, length) == 0 && ::listen(socket.get(), 1) == 0, "listen");
  ::getsockname(socket.get(), address, &length);
  *port = ntohs(here.sin_port);
  return socket;
}

int Refused(std::uint16_t port, int timeout_ms) {
  try {
    const StreamSocket socket(Ip("127.0.0.1"), port, timeout_ms);
  } catch (const Failure& failure) {
    return failure.error();
  }
  return 0;
}

void Streams() {
  std::uint16_t port = 0;
  Octets buffer(100);
  Descriptor listener = Listener(&port);
  StreamSocket client(Ip("127.0.0.1"), port, 1000);
  Descriptor peer(::accept(listener.get(), nullptr, nullptr));
  const Octets words{1, 2, 3, 4};
  Check(client.Send(words.data(), words.size()), "send");
  Check(::recv(peer.get(), buffer.data(), buffer.size(), 0) == 4, "sent");
  const std::int64_t before = ClockNs(CLOCK_MONOTONIC);
  Check(client.Receive(buffer.data(), buffer.size(), before + 3'000'000) == 0, "nothing to receive");
  Check(ClockNs(CLOCK_MONOTONIC) >= before + 3'000'000, "back before the deadline");
  Check(::send(peer.get(), words.data(), 3, 0) == 3, "peer sends");
  Check(client.Receive(buffer.data(), buffer.size(), before + 1'000'000'000) == 3, "received");
  peer.Reset();
  Check(client.Receive(buffer.data(), buffer.size(), before + 1'000'000'000) == -1, "the peer has closed");
  listener.Reset();
  Check(Refused(port, 1000) == ECONNREFUSED, "nobody listens");
  // A silent port answers nothing at all.
  SilentPorts ports;
  const std::uint16_t silent = ports.Hold(Ip("127.0.0.1"), 0);
  Check(silent != 0 && Refused(silent, 50) == ETIMEDOUT, "a silent port");
  bool taken = false;
  try {
    ports.Hold(Ip("127.0.0.1"), silent);
  } catch (const Failure& failure) {
    taken = failure.code() == std::string("LD_WIRE_PORT");
  }
  Check(taken, "a port twice");
}

int Main() {
  try {
    const RunNamespace name_space;
    const Descriptor tap = OpenTap();
    const Device device = FindDevice("tap0");
    {
      const Offloads offloads(device);
      Filters(device, tap.get());
      Sends(device, tap.get());
    }
    Addresses(device);
    Streams();
  } catch (const Failure& failure) {
    Check(false, failure.what());
  }
  return 0;
}

}  // namespace
}  // namespace lunadrill

int main() { return lunadrill::Main(); }
