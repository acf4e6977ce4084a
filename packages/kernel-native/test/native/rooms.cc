// Exercises the rooms that need no Node, for the sanitizers: real namespace, TUN, capture and calls, and call records
// with every operation and hostile lengths. Prints what went wrong and exits 1. Built and run by test/sanitize.mjs.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "clock/priority.h"
#include "clock/run-clock.h"
#include "lunadrill/layout.h"
#include "netlink/route-socket.h"
#include "netns/run-namespace.h"
#include "packet-socket/packet-socket.h"
#include "process/child.h"
#include "syscall/blocking-call.h"
#include "syscall/call-runner.h"
#include "tun/tun-device.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

namespace at = layout::call;
namespace op = layout::call_op;

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "rooms: %s\n", what);
  std::exit(1);
}

// A record in memory of exactly its size, so that ASan sees any step beyond it.
struct Record {
  std::unique_ptr<std::uint8_t[]> octets = std::make_unique<std::uint8_t[]>(at::kSize);
  template <typename Value>
  void Put(std::size_t offset, Value value) {
    std::memcpy(octets.get() + offset, &value, sizeof value);
  }
  std::int32_t Get(std::size_t offset) const {
    std::int32_t value;
    std::memcpy(&value, octets.get() + offset, sizeof value);
    return value;
  }
  void Fill(std::uint32_t operation, int fd, std::vector<std::int32_t> arguments, std::vector<std::uint8_t> data = {}) {
    arguments.resize(4);
    Put(at::kOp, operation);
    Put(at::kFd, fd);
    for (std::size_t i = 0; i < 4; ++i) Put(at::kArg0 + 4 * i, arguments[i]);
    Put(at::kInLength, static_cast<std::uint32_t>(data.size()));
    Put(at::kOutCapacity, at::kSize - at::kData);
    std::copy(data.begin(), data.end(), octets.get() + at::kData);
  }
};

IpAddress Address(const char* text) { return IpAddress::Parse(text, "address"); }

std::vector<std::uint8_t> SocketAddress(const char* text, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, text, &address.sin_addr);
  std::vector<std::uint8_t> octets(sizeof address);
  std::memcpy(octets.data(), &address, sizeof address);
  return octets;
}

struct Rooms {
  Rooms() : tun(1000, 100), packets(tun.index()), runner(record.octets.get(), clock, &descriptors, &capabilities) {
    RouteSocket route;
    route.SetLinkUp(1);
    route.SetLinkUp(tun.index(), 1500);
    route.AddAddress(tun.index(), Address("192.168.0.2"), 16);
    route.AddRoute(tun.index(), Address("192.0.2.1"), 24, Address("192.168.0.1"));
  }
  std::int32_t Run() {
    runner.Prepare();
    runner.Execute();
    return record.Get(at::kResult);
  }
  std::int32_t Run(std::uint32_t operation, int fd, std::vector<std::int32_t> arguments,
                   std::vector<std::uint8_t> data = {}) {
    record.Fill(operation, fd, std::move(arguments), std::move(data));
    return Run();
  }
  RunNamespace name_space;
  TunDevice tun;
  PacketSocket packets;
  RunClock clock;
  DescriptorSet descriptors;
  Capabilities capabilities;
  Record record;
  CallRunner runner;
};

void SendAndCapture(Rooms* rooms) {
  const int fd = rooms->Run(op::kSocket, -1, {AF_INET, SOCK_DGRAM, 0});
  Check(fd >= 0, "socket");
  Check(rooms->Run(op::kSendto, fd, {1000}, SocketAddress("192.0.2.1", 9)) == 1000, "sendto");
  std::vector<std::uint8_t> packet(65600);
  for (;;) {
    const auto next = rooms->packets.Next(packet.data(), packet.size(), ClockNs(CLOCK_MONOTONIC) + 1'000'000'000, -1);
    Check(next.length != 0, "the packet was not captured");
    rooms->tun.Drain(1);
    if (packet[0] >> 4 == 4) {
      Check(next.length == 1028, "the packet's length");
      break;
    }
  }
  rooms->tun.Inject(packet.data(), 1028);
  bool refused = false;
  try {
    rooms->tun.Inject(packet.data() + 20000, 40);
  } catch (const Failure& failure) {
    refused = failure.error() == EINVAL;
  }
  Check(refused, "a packet that is no IP packet is refused");
  Check(rooms->Run(op::kSendto, fd, {1000, 0, 1}, SocketAddress("192.0.2.1", 9)) == -1, "a null buffer is EFAULT");
  // The captured packet reaches over the end of a small buffer: cut, not written past it.
  auto small = std::make_unique<std::uint8_t[]>(100);
  Check(rooms->Run(op::kSendto, fd, {500}, SocketAddress("192.0.2.1", 9)) == 500, "sendto again");
  Check(rooms->packets.Next(small.get(), 100, ClockNs(CLOCK_MONOTONIC) + 1'000'000'000, -1).length <= 100, "cut");
  Check(rooms->Run(op::kClose, fd, {}) == 0, "close");
}

void Options(Rooms* rooms) {
  const int fd = rooms->Run(op::kSocket, -1, {AF_INET, SOCK_STREAM, 0});
  for (const std::int32_t length : {0, 1, 4, 104, 300, 5000, -1, std::numeric_limits<std::int32_t>::min()}) {
    rooms->Run(op::kGetsockopt, fd, {IPPROTO_TCP, TCP_INFO, length});
    rooms->Run(op::kGetsockopt, fd, {SOL_SOCKET, SO_RCVBUF, length});
    rooms->Run(op::kSetsockopt, fd, {SOL_SOCKET, SO_RCVBUF, length}, {0, 32, 0, 0});
    rooms->Run(op::kSetsockopt, fd, {IPPROTO_TCP, TCP_CONGESTION, length}, std::vector<std::uint8_t>(4032, 'r'));
  }
}

void BlockAndInterrupt(Rooms* rooms) {
  const int fd = rooms->Run(op::kSocket, -1, {AF_INET, SOCK_STREAM, 0});
  Check(rooms->Run(op::kBind, fd, {}, SocketAddress("0.0.0.0", 8080)) == 0, "bind");
  Check(rooms->Run(op::kListen, fd, {5}) == 0, "listen");
  Record record;
  record.Fill(op::kAccept, fd, {});
  {
    BlockingCall call(record.octets.get(), rooms->clock, &rooms->descriptors, &rooms->capabilities);
    Check(call.Start(rooms->clock.NowUs() + 2000), "accept sleeps");
    Check(!call.Wait(1000), "and goes on sleeping");
    const int client = rooms->Run(op::kSocket, -1, {AF_INET, SOCK_STREAM, 0});
    Check(rooms->Run(op::kConnect, client, {}, SocketAddress("127.0.0.1", 8080)) == 0, "connect");
    Check(call.Wait(5e6) && record.Get(at::kResult) >= 0, "accept returns");
    Check(rooms->Run(op::kWritev, client, {}, {100, 0, 0, 0, 200, 0, 0, 0}) == 300, "writev");
    const int child = record.Get(at::kResult);
    Check(rooms->Run(op::kReadv, child, {}, {10, 0, 0, 0, 255, 0, 0, 0}) == 265, "readv");
    record.Fill(op::kPoll, -1, {1, -1}, {static_cast<std::uint8_t>(fd), 0, 0, 0, POLLIN, 0, 0, 0});
    Check(call.Start(0), "poll sleeps");
  }
  Check(record.Get(at::kResult) == -1 && record.Get(at::kErrno) == EINTR, "and is interrupted");
}

std::vector<std::uint8_t> Octets(std::vector<std::int32_t> words) {
  std::vector<std::uint8_t> octets(4 * words.size());
  std::memcpy(octets.data(), words.data(), octets.size());
  return octets;
}

void Messages(Rooms* rooms) {
  const int fd = rooms->Run(op::kSocket, -1, {AF_INET, SOCK_DGRAM, 0});
  Check(rooms->Run(op::kBind, fd, {}, SocketAddress("127.0.0.1", 9000)) == 0, "bind");
  Check(rooms->Run(op::kSetsockopt, fd, {IPPROTO_IP, IP_RECVTOS, 4}, Octets({1})) == 0, "IP_RECVTOS");
  // Two parts, one control message (IP_TOS 4), and where to.
  std::vector<std::uint8_t> sent = Octets({10, 20, 20, 0, IPPROTO_IP, IP_TOS, 4, 0});
  const std::vector<std::uint8_t> address = SocketAddress("127.0.0.1", 9000);
  sent.insert(sent.end(), address.begin(), address.end());
  Check(rooms->Run(op::kSendmsg, fd, {0, 2, 24}, sent) == 30, "sendmsg");
  Check(rooms->Run(op::kIoctl, fd, {FIONREAD, 1}) == 0 && rooms->record.Get(at::kData) == 30, "FIONREAD");
  Check(rooms->Run(op::kRecvmsg, fd, {0, 1, 24, 77}, Octets({25, 0, 0, 0, 0, 0, 0, 0})) == 25, "recvmsg");
  Check(rooms->record.Get(at::kData) == MSG_TRUNC, "msg_flags");
  Check(rooms->record.Get(at::kData + 4) == 24 && rooms->record.Get(at::kData + 16) == 17, "the control message");
  Check(rooms->record.Get(at::kData + 28) == IP_TOS && rooms->record.octets[at::kData + 32] == 4, "its type and data");
  double epoch_us = 0;
  std::memcpy(&epoch_us, rooms->record.octets.get() + at::kData + 8, sizeof epoch_us);
  const double now_us = static_cast<double>(ClockNs(CLOCK_REALTIME)) / 1000.0;
  Check(std::abs(epoch_us + rooms->clock.NowUs() - now_us) < 100'000, "CLOCK_REALTIME at time 0");
  const std::vector<std::uint8_t> asked = Octets({25, 0, 16, 0, 5, 6});
  Check(rooms->Run(op::kRecvmsg, fd, {MSG_DONTWAIT, 1, 16, 77}, asked) == -1, "nothing to receive");
  Check(rooms->record.Get(at::kData) == 77 && rooms->record.Get(at::kData + 16) == 16, "what was put in is left");
}

void Files(Rooms* rooms) {
  Check(rooms->Run(op::kPipe, -1, {}) == 0, "pipe");
  const int reader = rooms->record.Get(at::kData), writer = rooms->record.Get(at::kData + 4);
  const int set = rooms->Run(op::kEpollCreate, -1, {1});
  Check(rooms->Run(op::kEpollCtl, set, {EPOLL_CTL_ADD, reader}, Octets({EPOLLIN, 7, 8})) == 0, "epoll_ctl");
  Check(rooms->Run(op::kEpollWait, set, {4, 0}) == 0 && rooms->record.Get(at::kData) == 0, "nothing is ready");
  Check(rooms->Run(op::kWrite, writer, {100}) == 100, "write to a pipe");
  Check(rooms->Run(op::kEpollWait, set, {1 << 30, 0}) == -1, "too many events");
  Check(rooms->Run(op::kEpollWait, set, {4, 0}) == 1 && rooms->record.Get(at::kData) == EPOLLIN, "it is readable");
  Check(rooms->record.Get(at::kData + 4) == 7 && rooms->record.Get(at::kData + 8) == 8, "the event's data");
  Check(rooms->Run(op::kSplice, reader, {writer, 100, 0, 1}) == -1, "no pipe has an offset");
  const char path[] = "/dev/null";
  const int file = rooms->Run(op::kOpen, -1, {1}, std::vector<std::uint8_t>(path, path + sizeof path));
  Check(file >= 0 && rooms->Run(op::kSplice, reader, {file, 100, 0, 0}) == 100, "splice");
  Check(rooms->Run(op::kSendfile, file, {reader, 10}, Octets({0, 0})) == -1, "sendfile from a pipe");
}

void Rights(Rooms* rooms) {
  const int fd = rooms->Run(op::kSocket, -1, {AF_INET, SOCK_DGRAM, 0});
  const auto mark = [&] { return rooms->Run(op::kSetsockopt, fd, {SOL_SOCKET, SO_MARK, 4}, Octets({1})); };
  // CAP_NET_ADMIN (12) or CAP_NET_RAW (13).
  Check(mark() == 0, "SO_MARK with both capabilities");
  Check(rooms->Run(op::kCapSet, -1, {12, 0}) == 0 && mark() == 0, "and with one");
  Check(rooms->Run(op::kCapSet, -1, {13, 0}) == 0 && mark() == -1, "and without");
  Check(rooms->Run(op::kCapSet, -1, {12, 1}) == 0 && mark() == 0, "and with it again");
  Check(rooms->Run(op::kCapSet, -1, {12, 0}) == 0, "left for the room's end to give back");
  Check(rooms->Run(op::kCapSet, -1, {1000, 0}) == 0, "no capability");
}

// What random arguments would make of the process itself: its descriptors, its files, its rights.
const std::set<std::uint32_t> kLeftOut = {op::kClose, op::kSocket, op::kFcntl,    op::kEpollCreate, op::kPipe,
                                          op::kOpen,  op::kSplice, op::kSendfile, op::kCapSet};

// Records of random fields. Descriptors are above any that is open, or the run's own sockets; closing is left out.
void RandomRecords(Rooms* rooms) {
  std::mt19937 random(1);
  const int fd = rooms->Run(op::kSocket, -1, {AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0});
  const std::vector<std::int32_t> corners = {-1, 0, 1, 2, 4, 8, 63, 128, 4031, 4032, 4033, 65536, 1 << 20, 1 << 30};
  int run = 0;
  for (int i = 0; i < 20000; ++i) {
    for (std::size_t offset = 0; offset < at::kSize; offset += 4) {
      if (offset < at::kData + 64) rooms->record.Put(offset, static_cast<std::uint32_t>(random()));
    }
    const std::uint32_t operation = random() % 33;
    if (kLeftOut.count(operation) != 0) continue;
    rooms->record.Put(at::kOp, operation);
    rooms->record.Put(at::kFd, random() % 2 != 0 ? fd : 5000);
    for (std::size_t argument = 0; argument < 4; ++argument) {
      rooms->record.Put(at::kArg0 + 4 * argument, corners[random() % corners.size()]);
    }
    rooms->record.Put(at::kInLength, corners[random() % 12]);
    rooms->record.Put(at::kOutCapacity, corners[random() % corners.size()]);
    if (operation == op::kPoll || operation == op::kEpollWait) rooms->record.Put(at::kArg1, 0);
    const bool message = operation == op::kSendmsg || operation == op::kRecvmsg;
    if (message && random() % 4 != 0) rooms->record.Put(at::kInLength, std::uint32_t{8192});
    if (operation == op::kReadv || operation == op::kWritev || message) {
      for (std::size_t element = 0; element < 1008; ++element) {
        rooms->record.Put(at::kData + 4 * element, corners[random() % 12]);
      }
    }
    try {
      rooms->Run();
      ++run;
    } catch (const Failure& failure) {
      Check(std::strcmp(failure.code(), "LD_CALL") == 0, failure.what());
    }
  }
  Check(run > 1000, "too few random records were run");
}

void Children() {
  const auto shell = [](const char* text) {
    return ChildOrder{"sh", {"sh", "-c", text}, {"PATH=/usr/bin:/bin"}, {0, 1, 2, 2}};
  };
  Check(AwaitChild(StartChild(shell("exit 3")), -1).status == 3 << 8, "a child's status");
  Check(AwaitChild(StartChild(shell("exit 3")), 60'000).status == 3 << 8, "a child's status within its time");
  Check(AwaitChild(StartChild(shell("sleep 60")), 10).timed_out, "a child's time limit");
  try {
    StartChild({"/no/such/program", {"x"}, {}, {0}});
    Check(false, "a program that is not there");
  } catch (const Failure& failure) {
    Check(failure.error() == ENOENT, failure.what());
  }
}

std::string Ipv6Routes() {
  std::ifstream file("/proc/thread-self/net/ipv6_route");
  return {std::istreambuf_iterator<char>(file), {}};
}

// Keeps a processor from all that has no real-time priority, for 20 ms.
void Occupy(unsigned processor) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(processor, &one);
  const sched_param lowest{1};
  Check(::pthread_setaffinity_np(::pthread_self(), sizeof one, &one) == 0, "a processor to be occupied");
  Check(::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &lowest) == 0, "real-time priority");
  const std::int64_t end = ClockNs(CLOCK_MONOTONIC) + 20'000'000;
  while (ClockNs(CLOCK_MONOTONIC) < end) {
  }
}

// The kernel's worker that adds the route to it has no processor meanwhile. Needs RaisePriority.
void Ipv6AddressIsTakenAtOnce() {
  const RunNamespace name_space;
  const TunDevice tun(0, 0);
  RouteSocket route;
  route.SetLinkUp(tun.index(), 1500);
  std::vector<std::thread> occupied;
  for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i) occupied.emplace_back(Occupy, i);
  route.AddAddress(tun.index(), Address("fd3d:fa7b:d17d::2"), 48);
  const std::string routes = Ipv6Routes();
  for (std::thread& each : occupied) each.join();
  Check(routes.find("fd3dfa7bd17d00000000000000000002 80 ") != std::string::npos,
        "packets to an IPv6 address that is set are taken");
}

int Main() {
  try {
    Children();
    Check(ChildrenCpuUs() >= 0, "children's time");
    TickPhase tick;
    for (int round = 0; round < 3; ++round) {
      Rooms rooms;
      rooms.clock.Start(&tick);
      Check(rooms.clock.NowUs() < 20000 && rooms.clock.WaitUntil(2000) >= 2000, "clock");
      SendAndCapture(&rooms);
      Options(&rooms);
      BlockAndInterrupt(&rooms);
      Messages(&rooms);
      Files(&rooms);
      RandomRecords(&rooms);
      Rights(&rooms);
    }
    const Priority raised = RaisePriority();
    std::printf("rooms: scheduler %s, locked %d\n", raised.fifo ? "fifo" : "other", raised.locked ? 1 : 0);
    if (raised.fifo) Ipv6AddressIsTakenAtOnce();
  } catch (const Failure& failure) {
    std::fprintf(stderr, "rooms: %s: %s\n", failure.code(), failure.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace lunadrill

int main() { return lunadrill::Main(); }
