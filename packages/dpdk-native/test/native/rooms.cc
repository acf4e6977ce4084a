// Exercises the rooms that need no Node, for the sanitizers: the gateway with random frames, call records with hostile
// numbers, and the whole loop over a real EAL with libluna.so, which gets random calls and mangled segments.
// Prints what went wrong and exits 1. Built and run by test/sanitize.mjs: rooms PATH-OF-LIBLUNA.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "client.h"
#include "eal/eal.h"
#include "neighbour/gateway.h"
#include "poll/poll-loop.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

namespace at = layout::call;
namespace op = layout::call_op;
namespace command = layout::command_kind;
namespace event = layout::event_kind;
using Octets = std::vector<std::uint8_t>;

constexpr Gateway::Ip kLocal = {192, 168, 0, 2};
constexpr Gateway::Ip kGateway = {192, 168, 0, 1};
constexpr Gateway::Ip kRemote = {192, 0, 2, 1};
constexpr Gateway::Ip kLocal6 = {0xfd, 0x3d, 0xfa, 0x7b, 0xd1, 0x7d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr Gateway::Ip kGateway6 = {0xfd, 0x3d, 0xfa, 0x7b, 0xd1, 0x7d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2};
// Octets of an IPv4 address, the first ones of a Gateway::Ip.
constexpr std::size_t kIp4 = 4;
constexpr std::uint16_t kPort = 8080;

std::mt19937 randomness(1);

std::uint32_t Random(std::uint32_t below) { return static_cast<std::uint32_t>(randomness()) % below; }

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "rooms: %s\n", what);
  std::exit(1);
}

template <typename Value>
void Put(Octets* into, std::size_t offset, Value value) {
  std::memcpy(into->data() + offset, &value, sizeof value);
}

// A memory block of exactly its size, so that ASan sees any step beyond it.
std::unique_ptr<std::uint8_t[]> Exactly(const Octets& octets) {
  auto block = std::make_unique<std::uint8_t[]>(octets.size());
  std::copy(octets.begin(), octets.end(), block.get());
  return block;
}

// A frame of random octets, often with the beginning of something that the gateway knows.
Octets RandomFrame() {
  const std::uint16_t types[] = {0x0800, 0x0806, 0x86dd, 0x8100, 0};
  Octets frame(Random(120));
  for (std::uint8_t& octet : frame) octet = static_cast<std::uint8_t>(Random(256));
  if (frame.size() < Gateway::kHeader) return frame;
  const std::uint16_t type = types[Random(5)];
  Put(&frame, 12, htons(type));
  if (Random(2) == 0) return frame;
  if (type == 0x0806 && frame.size() >= 22) {
    const std::uint8_t request[] = {0, 1, 8, 0, 6, 4, 0, 1};
    std::copy(std::begin(request), std::end(request), frame.begin() + 14);
  } else if (type == 0x86dd && frame.size() >= 14 + 41) {
    // ICMPv6 with a hop limit of 255: a solicitation, or a neighbour of one.
    const std::uint8_t head[] = {0x60, 0, 0, 0, 0, static_cast<std::uint8_t>(Random(64)), IPPROTO_ICMPV6, 255};
    std::copy(std::begin(head), std::end(head), frame.begin() + 14);
    frame[14 + 40] = static_cast<std::uint8_t>(133 + Random(5));
    if (frame.size() >= 14 + 42) frame[14 + 41] = 0;
  }
  return frame;
}

void Neighbours(Gateway::Family family, const Gateway::Ip& local, const Gateway::Ip& router) {
  Gateway gateway(family, local, router);
  int questions = 0;
  for (int i = 0; i < 200'000; ++i) {
    const Octets frame = RandomFrame();
    const auto exact = Exactly(frame);
    const Gateway::Seen seen = gateway.Look(exact.get(), frame.size());
    if (seen.content == Gateway::Content::kPacket) {
      Check(seen.packet + seen.length <= exact.get() + frame.size() && seen.length >= 20, "a packet beyond its frame");
    }
    if (seen.content == Gateway::Content::kQuestion) {
      ++questions;
      const auto answer = std::make_unique<std::uint8_t[]>(Gateway::kLongest);
      const std::size_t length = gateway.Answer(answer.get());
      Check(length <= Gateway::kLongest && std::equal(answer.get(), answer.get() + 6, exact.get() + 6),
            "the answer goes to another");
      if (exact[13] == 0x06) {
        Check(std::equal(answer.get() + 28, answer.get() + 32, exact.get() + 38), "the answer is for another address");
      } else {
        Check(std::equal(answer.get() + 62, answer.get() + 78, exact.get() + 62), "it advertises another address");
      }
    }
  }
  Check(questions > 1000, "too few questions");
}

std::uint16_t Checksum(const std::uint8_t* octets, std::size_t length, std::uint32_t sum) {
  for (std::size_t i = 0; i < length; ++i) sum += i % 2 == 0 ? octets[i] << 8 : octets[i];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// A segment from the tester, checksums filled in.
Octets Segment(std::uint16_t port, std::uint8_t flags, std::uint32_t seq, std::uint32_t ack, const Octets& options,
               std::size_t payload) {
  Octets packet(40 + options.size() + payload);
  packet[0] = 0x45;
  Put(&packet, 2, htons(static_cast<std::uint16_t>(packet.size())));
  packet[8] = 64;
  packet[9] = IPPROTO_TCP;
  std::copy_n(kRemote.begin(), kIp4, packet.begin() + 12);
  std::copy_n(kLocal.begin(), kIp4, packet.begin() + 16);
  Put(&packet, 20, htons(port));
  Put(&packet, 22, htons(kPort));
  Put(&packet, 24, htonl(seq));
  Put(&packet, 28, htonl(ack));
  packet[32] = static_cast<std::uint8_t>((20 + options.size()) / 4 << 4);
  packet[33] = flags;
  Put(&packet, 34, htons(static_cast<std::uint16_t>(1 + Random(65535))));
  std::copy(options.begin(), options.end(), packet.begin() + 40);
  Put(&packet, 10, htons(Checksum(packet.data(), 20, 0)));
  Put(&packet, 36,
      htons(Checksum(packet.data() + 12, packet.size() - 12, static_cast<std::uint32_t>(packet.size() - 14))));
  return packet;
}

// One run over the loop, its client in the same thread.
class Run {
 public:
  explicit Run(const std::string& path)
      : memory_(std::make_unique<std::uint64_t[]>(layout::channel::kSize / 8)),
        admin_memory_(std::make_unique<std::uint64_t[]>(layout::channel::kSize / 8)),
        client(Octet(memory_)),
        admin(Octet(admin_memory_)),
        end_(Octet(memory_)),
        admin_end_(Octet(admin_memory_)),
        wire_(std::make_unique<Wire>(std::uint16_t{1500}, PortChoice{})),
        gateway_(Gateway::Family::kIpv4, kLocal, kGateway),
        stack_(std::make_unique<LunaV1>(path, true)) {
    LunaSetup setup{};
    setup.port_id = wire_->stack_port();
    setup.mtu = 1500;
    setup.mac = Gateway::kStackMac;
    setup.prefix_length = 16;
    setup.family = AF_INET;
    setup.local_ip = kLocal;
    setup.gateway_ip = kGateway;
    setup.pool = wire_->stack_pool();
    stack_->Init(setup);
    loop_ = std::make_unique<PollLoop>(stack_.get(), wire_.get(), &gateway_, &end_, &admin_end_);
    loop_->Introduce();
  }

  /// Works until a command has its answer, which is returned; packets are counted, and the last one is kept.
  Client::Event Answer(Client* of) {
    for (;;) {
      Client::Event seen;
      while (of->Take(&seen)) {
        if (seen.kind == event::kSniffed) {
          ++packets;
          last = Octets(seen.payload.begin() + 8, seen.payload.end());
        } else if (seen.kind != event::kSocket) {
          return seen;
        }
      }
      loop_->Turn();
    }
  }

  void Give(std::uint32_t kind, double time_us, const Octets& payload = {}) {
    Check(client.Give(kind, time_us, payload), "the command ring is full");
  }

  /// The result of a call; -2 where it sleeps or is refused.
  std::int32_t Call(const Octets& record) {
    Give(command::kCall, 0, record);
    for (;;) {
      const Client::Event answer = Answer(&client);
      if (answer.kind == event::kBlocked || answer.kind == event::kRefused) return -2;
      std::uint32_t flags = 0;
      std::memcpy(&flags, answer.payload.data() + at::kFlags, sizeof flags);
      std::uint32_t asked = 0;
      std::memcpy(&asked, record.data() + at::kFlags, sizeof asked);
      if (flags != asked) continue;  // of the call that slept
      std::int32_t result = 0;
      std::memcpy(&result, answer.payload.data() + at::kResult, sizeof result);
      return result;
    }
  }

  void Inject(const Octets& packet) {
    Octets payload(8 + packet.size());
    Put(&payload, 0, static_cast<std::uint32_t>(packet.size()));
    std::copy(packet.begin(), packet.end(), payload.begin() + 8);
    Give(command::kInject, 0, payload);
    Answer(&client);
  }

  double Advance(double until_us) {
    Give(command::kAdvance, until_us, Octets(8));
    Client::Event answer = Answer(&client);
    while (answer.kind != event::kAdvanced) answer = Answer(&client);
    return answer.time_us;
  }

  void List() {
    Check(admin.Give(command::kListSockets, 0), "the admin's ring is full");
    Check(Answer(&admin).kind == event::kListed, "listed");
  }

  void Hold(double us) {
    namespace at = layout::fault;
    Octets payload(at::kSize);
    Put(&payload, at::kKind, layout::fault_kind::kPollinghang);
    Put(&payload, at::kTimeUs, us);
    Check(admin.Give(command::kFault, 0, payload), "the admin's ring is full");
    Check(Answer(&admin).kind == event::kFaultBegun, "held");
  }

  void Close() {
    Give(command::kClose, 0);
    Client::Event answer = Answer(&client);
    while (answer.kind != event::kClosed) answer = Answer(&client);
    loop_.reset();
    stack_->Shutdown();
    Check(wire_->Recover([](rte_mempool*) {}) == 0, "the stack has kept mbufs");
    stack_.reset();
    wire_.reset();
  }

 private:
  static std::uint8_t* Octet(const std::unique_ptr<std::uint64_t[]>& memory) {
    return reinterpret_cast<std::uint8_t*>(memory.get());
  }
  std::unique_ptr<std::uint64_t[]> memory_;
  std::unique_ptr<std::uint64_t[]> admin_memory_;

 public:
  Client client;
  Client admin;
  std::size_t packets = 0;
  Octets last;

 private:
  HostEnd end_;
  HostEnd admin_end_;
  std::unique_ptr<Wire> wire_;
  Gateway gateway_;
  std::unique_ptr<LunaV1> stack_;
  std::unique_ptr<PollLoop> loop_;
};

Octets Record(std::uint32_t operation, std::int32_t fd, std::vector<std::int32_t> arguments, const Octets& data = {}) {
  arguments.resize(4);
  Octets record(at::kData + data.size());
  Put(&record, at::kOp, operation);
  Put(&record, at::kFd, fd);
  for (std::size_t i = 0; i < 4; ++i) Put(&record, at::kArg0 + 4 * i, arguments[i]);
  Put(&record, at::kInLength, static_cast<std::uint32_t>(data.size()));
  Put(&record, at::kOutCapacity, at::kSize - at::kData);
  std::copy(data.begin(), data.end(), record.begin() + at::kData);
  return record;
}

Octets Address(const Gateway::Ip& ip, std::uint16_t port) {
  Octets address(sizeof(sockaddr_in));
  Put(&address, 0, static_cast<std::uint16_t>(AF_INET));
  Put(&address, 2, htons(port));
  std::copy_n(ip.begin(), kIp4, address.begin() + 4);
  return address;
}

std::uint32_t SequenceOf(const Octets& packet) {
  std::uint32_t sequence = 0;
  std::memcpy(&sequence, packet.data() + 24, sizeof sequence);
  return ntohl(sequence);
}

int Listen(Run* run) {
  const int fd = run->Call(Record(op::kSocket, -1, {AF_INET, SOCK_STREAM, 0}));
  Check(run->Call(Record(op::kBind, fd, {}, Address({}, kPort))) == 0, "bind");
  Check(run->Call(Record(op::kListen, fd, {5})) == 0, "listen");
  return fd;
}

// A connection with data each way, a loss, and hours of idleness.
void Connection(const std::string& path) {
  Run run(path);
  const int listener = Listen(&run);
  run.Inject(Segment(40000, 2, 0, 0, {2, 4, 5, 180}, 0));
  Check(run.packets == 1, "one SYN-ACK");
  const std::uint32_t iss = SequenceOf(run.last);
  run.Inject(Segment(40000, 16, 1, iss + 1, {}, 0));
  const int fd = run.Call(Record(op::kAccept, listener, {}));
  Check(fd > listener, "accept");
  Check(run.Call(Record(op::kWrite, fd, {1000})) == 1000, "write");
  run.Advance(100e6);
  Check(run.packets > 3, "retransmissions");
  run.Inject(Segment(40000, 24, 1, iss + 1001, {}, 500));
  Check(run.Call(Record(op::kRead, fd, {1000})) == 500, "read");
  run.List();
  run.Hold(1e6);
  Check(run.Advance(7300e6) == 7300e6, "advance");
  Check(run.Call(Record(op::kClose, fd, {})) == 0, "close");
  run.Close();
}

// Whatever the script and the wire may say, in any order.
std::size_t Chaos(const std::string& path, std::uint32_t seed) {
  randomness.seed(seed);
  Run run(path);
  Listen(&run);
  const std::int32_t corners[] = {
      0,    1,  2,  3,  4,    5,     6,      8,       16,      100,   1460,
      4000, -1, 17, 64, 0x40, 65535, 0x4000, 1 << 20, 1 << 30, 70000, std::numeric_limits<std::int32_t>::min()};
  const auto corner = [&] { return corners[Random(std::size(corners))]; };
  double now = 0;
  std::uint32_t ack = 6511;
  for (int step = 0; step < 3000; ++step) {
    switch (Random(8)) {
      case 0:
      case 1:
      case 2: {
        Octets data(Random(3) == 0 ? Random(4000) : Random(40));
        for (std::uint8_t& octet : data) octet = static_cast<std::uint8_t>(Random(4) == 0 ? Random(256) : 0);
        if (Random(2) == 0)
          data = Address(Random(2) == 0 ? kRemote : kLocal, static_cast<std::uint16_t>(Random(3) * 8080));
        Octets record = Record(Random(21), 2 + static_cast<std::int32_t>(Random(8)),
                               {corner(), corner(), corner(), corner()}, data);
        // Kept short: what matters is the edge, not a gigabyte of zeros.
        if (Random(3) == 0) Put(&record, at::kArg0, static_cast<std::int32_t>(Random(5000)));
        Put(&record, at::kFlags, Random(2));
        run.Call(record);
        break;
      }
      case 3:
      case 4:
      case 5: {
        Octets options(4 * Random(6));
        for (std::uint8_t& octet : options) octet = static_cast<std::uint8_t>(Random(12));
        const auto port = static_cast<std::uint16_t>(40000 + Random(6));
        Octets packet =
            Segment(port, static_cast<std::uint8_t>(Random(2) == 0 ? 16 : 1 << Random(5) | Random(32)),
                    Random(2) == 0 ? Random(3000) : Random(0xffffffff), ack + Random(3000), options, Random(1400));
        if (Random(10) == 0)
          packet[Random(static_cast<std::uint32_t>(packet.size()))] ^= static_cast<std::uint8_t>(1 + Random(255));
        if (Random(20) == 0) packet.resize(20 + Random(static_cast<std::uint32_t>(packet.size() - 19)));
        run.Inject(packet);
        if (run.last.size() >= 40) ack = SequenceOf(run.last) + 1;
        break;
      }
      case 6:
        now = run.Advance(now + Random(Random(4) == 0 ? 100'000'000 : 500'000));
        break;
      default:
        if (Random(10) == 0) run.Hold(Random(1'000'000));
        run.List();
    }
  }
  run.Close();
  return run.packets;
}

// A stack that answers anything, to records that ask anything.
std::int64_t Anything() {
  const std::int64_t answers[] = {0, 1, 100, -EAGAIN, -EINPROGRESS, -EBADF, 1 << 20};
  return answers[Random(std::size(answers))];
}
int AnyInt() { return static_cast<int>(Anything()); }

void Records() {
  struct ::luna_stack_v1 stack = {};
  stack.socket = [](int, int, int) { return AnyInt(); };
  stack.bind = stack.connect = [](int, const sockaddr*, std::uint32_t) { return AnyInt(); };
  stack.listen = stack.shutdown_socket = [](int, int) { return AnyInt(); };
  stack.accept = [](int, sockaddr* address, std::uint32_t* length) {
    std::memset(address, 1, *length);
    *length = Random(300);
    return AnyInt();
  };
  stack.read = [](int, void*, std::uint64_t) { return Anything(); };
  stack.readv = stack.writev = [](int, const iovec*, int) { return Anything(); };
  stack.recv = [](int, void*, std::uint64_t, int) { return Anything(); };
  stack.recvfrom = [](int, void*, std::uint64_t, int, sockaddr*, std::uint32_t*) { return Anything(); };
  stack.write = [](int, const void*, std::uint64_t) { return Anything(); };
  stack.send = [](int, const void*, std::uint64_t, int) { return Anything(); };
  stack.sendto = [](int, const void*, std::uint64_t, int, const sockaddr*, std::uint32_t) { return Anything(); };
  stack.close = stack.ready = [](int) { return AnyInt(); };
  stack.fcntl = [](int, int, int) { return Random(2) == 0 ? O_RDWR : O_RDWR | O_NONBLOCK; };
  stack.getsockopt = [](int, int, int, void* value, std::uint32_t* length) {
    if (*length >= 4) std::memset(value, 1, 4);
    *length = Random(3) == 0 ? 0xffffffff : 4;
    return AnyInt();
  };
  stack.setsockopt = [](int, int, int, const void*, std::uint32_t) { return AnyInt(); };
  stack.tcp_info = [](int, luna_tcp_info*) { return AnyInt(); };
  stack.list_sockets = [](luna_socket_visitor visit, void* context) {
    luna_socket_info info = {};
    info.fd = AnyInt();
    info.state = Random(12);
    visit(context, &info);
  };
  Descriptors descriptors;
  StackCall call(&descriptors);
  int run = 0;
  for (int i = 0; i < 100'000; ++i) {
    Octets record(Random(10) == 0 ? Random(64) : at::kData + Random(Random(10) == 0 ? 4033 : 64));
    for (std::uint8_t& octet : record) octet = static_cast<std::uint8_t>(Random(3) == 0 ? Random(256) : 0);
    if (record.size() >= at::kData) {
      // Anything but open(2), which would make files.
      const int op = Random(33);
      Put(&record, at::kOp, op == static_cast<int>(layout::call_op::kOpen) ? 0 : op);
      // A set of epoll's, now and then.
      if (Random(4) == 0) Put(&record, at::kFd, static_cast<std::int32_t>((1 << 20) + Random(8)));
      if (Random(4) != 0) Put(&record, at::kInLength, static_cast<std::uint32_t>(record.size() - at::kData));
      for (std::size_t n = 0; n < 3; ++n) Put(&record, at::kArg0 + 4 * n, static_cast<std::int32_t>(Random(600)) - 50);
    }
    const auto exact = Exactly(record);
    try {
      call.Take(stack, exact.get(), record.size(), 0);
    } catch (const Failure&) {
      continue;
    }
    for (int tries = 0; tries < 20 && call.Try(stack, tries) != StackCall::Outcome::kOver; ++tries) {
    }
    Check(call.record_length() <= at::kSize, "a record beyond its size");
    ++run;
  }
  Check(run > 20'000, "too few records were run");
}

int Main(const std::string& path) {
  try {
    Neighbours(Gateway::Family::kIpv4, kLocal, kGateway);
    Neighbours(Gateway::Family::kIpv6, kLocal6, kGateway6);
    Records();
    InitEal({});
    for (int i = 0; i < 5; ++i) Connection(path);
    std::size_t packets = 0;
    for (std::uint32_t seed = 1; seed <= 30; ++seed) packets += Chaos(path, seed);
    std::printf("rooms: the stack has sent %zu packets\n", packets);
  } catch (const Failure& failure) {
    std::fprintf(stderr, "rooms: %s: %s\n", failure.code(), failure.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace lunadrill

int main(int count, char** arguments) { return count == 2 ? lunadrill::Main(arguments[1]) : 2; }
