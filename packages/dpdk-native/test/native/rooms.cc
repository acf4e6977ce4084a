// Exercises the rooms that need no Node, for the sanitizers: the gateway with random frames, checksums of random
// packets, call records with hostile numbers, the flight record of processes that end badly, stacks that leak, and the
// whole loop over a real EAL with libluna.so, which gets random calls, mangled segments and faults; then over captures,
// devices of the kernel's, and another process. Prints what went wrong and exits 1. Built and run by test/sanitize.mjs:
// rooms LIBLUNA LEAKS-FRAMES LEAKS-DESCRIPTORS LUNADRILL-MEMIF.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "eal/captured-log.h"
#include "eal/eal.h"
#include "fault/corruption.h"
#include "neighbour/gateway.h"
#include "ports.h"
#include "run.h"
#include "traffic.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

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

void Corruptions() {
  for (int i = 0; i < 100'000; ++i) {
    Octets packet(Random(120));
    for (std::uint8_t& octet : packet) octet = static_cast<std::uint8_t>(Random(3) == 0 ? Random(256) : 0);
    if (!packet.empty()) packet[0] = static_cast<std::uint8_t>((Random(2) == 0 ? 0x40 : 0x60) | Random(16));
    const std::uint8_t protocols[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_ICMPV6, 0};
    if (packet.size() > 9) packet[packet[0] >> 4 == 4 ? 9 : 6] = protocols[Random(5)];
    const auto exact = Exactly(packet);
    RepairChecksums(exact.get(), packet.size());
  }
  for (int i = 0; i < 1000; ++i) {
    Octets packet = Segment(40000, 16, Random(1000), Random(1000), {}, Random(1000));
    packet[24 + Random(8)] ^= static_cast<std::uint8_t>(1 << Random(8));
    const Octets wrong = packet;
    RepairChecksums(packet.data(), packet.size());
    const auto pseudo = static_cast<std::uint32_t>(packet.size() - 14);
    Check(Checksum(packet.data() + 12, packet.size() - 12, pseudo) == 0 && packet != wrong,
          "a checksum is wrong still");
  }
}

// What a process that ends by `end` within the stack leaves.
Octets RecordOf(void (*end)()) {
  const int file = ::memfd_create("record", MFD_CLOEXEC);
  Check(file >= 0 && ::ftruncate(file, layout::flight::kSize) == 0, "memfd_create");
  const pid_t child = ::fork();
  if (child == 0) {
    recorder::Install(file);
    const std::atomic<std::uint32_t> in_stack{layout::stack_entry::kCall};
    recorder::Open(&in_stack);
    const Octets packet = Segment(40000, 2, 0, 0, {}, 1000);
    for (int i = 0; i < 100; ++i) recorder::Keep(true, i, packet.data(), packet.size());
    end();
    ::_exit(77);
  }
  int status = 0;
  Check(child > 0 && ::waitpid(child, &status, 0) == child, "waitpid");
  Check(!WIFEXITED(status) || WEXITSTATUS(status) != 77, "it lives on");
  Octets record(layout::flight::kSize);
  Check(::pread(file, record.data(), record.size(), 0) == static_cast<ssize_t>(record.size()), "pread");
  ::close(file);
  return record;
}

void Flights() {
  namespace flight = layout::flight;
  namespace kind = layout::flight_kind;
  const auto word = [](const Octets& record, std::size_t offset) {
    std::uint32_t value = 0;
    std::memcpy(&value, record.data() + offset, sizeof value);
    return value;
  };
  const auto expect = [&](void (*end)(), std::uint32_t what, std::uint32_t number, bool exact) {
    const Octets record = RecordOf(end);
    Check(word(record, flight::kKind) == what && word(record, flight::kNumber) == number, "another end");
    Check(word(record, flight::kEntry) == layout::stack_entry::kCall && word(record, flight::kOnHost) == 1,
          "elsewhere");
    Check(word(record, flight::kPackets) == 100, "other packets");
    Check(word(record, flight::kFrames) > 2 && word(record, flight::kMaps) > 100, "no backtrace");
    Check((word(record, flight::kExactFirst) == 1) == exact, "another kind of backtrace");
    return record;
  };
  expect([] { ::raise(SIGSEGV); }, kind::kSignal, SIGSEGV, true);
  expect([] { std::exit(3); }, kind::kExit, 3, false);
  expect([] { ::raise(SIGFPE); }, kind::kSignal, SIGFPE, true);
  const Octets report = expect(
      [] {
        recorder::Report("found");
        ::_exit(1);
      },
      kind::kReport, 0, false);
  Check(word(report, flight::kWords) == 5 && std::memcmp(report.data() + flight::kWordList, "found", 5) == 0, "words");
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

// A fault of any kind, with numbers that make some sense, or none.
Octets RandomFault() {
  namespace fault = layout::fault;
  Octets order(Random(50) == 0 ? Random(fault::kSize) : fault::kSize);
  for (std::uint8_t& octet : order) octet = static_cast<std::uint8_t>(Random(50) == 0 ? Random(256) : 0);
  if (order.size() < fault::kSize) return order;
  const double endless = std::numeric_limits<double>::infinity();
  std::uint32_t kind = Random(16);
  // lwIP gives up by abort() where a timer gets no memory (docs/interference.md), so there would be no run left.
  while (kind == layout::fault_kind::kAllocfail) kind = Random(16);
  Put(&order, fault::kKind, kind);
  Put(&order, fault::kDirection, Random(4));
  Put(&order, fault::kBurst, Random(4));
  Put(&order, fault::kSeed, Random(100));
  Put(&order, fault::kSkip, static_cast<double>(Random(4)));
  Put(&order, fault::kCount, Random(4) == 0 ? endless : static_cast<double>(Random(10)));
  Put(&order, fault::kProbability, static_cast<double>(Random(3)) / 2);
  Put(&order, fault::kTimeUs, Random(4) == 0 ? endless : static_cast<double>(Random(1'000'000)));
  Put(&order, fault::kAmount, static_cast<double>(Random(2) == 0 ? Random(10) : Random(100'000)) - 1);
  Put(&order, fault::kLimitUs, static_cast<double>(Random(100'000)));
  Put(&order, fault::kMask, Random(256));
  Put(&order, fault::kRepair, Random(2));
  // Held without end, the stack does nothing any more.
  if (Random(16) != 0) return order;
  Put(&order, fault::kKind, layout::fault_kind::kClearfaults);
  return order;
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
        if (Random(4) == 0) run.Interfere(RandomFault());
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

// Stacks that keep what they have got: what it is, and when they got it, is seen.
void Leaks(const std::string& frames, const std::string& descriptors) {
  {
    Run run(frames);
    Listen(&run);
    const Octets syn = Segment(40000, 2, 0, 0, {2, 4, 5, 180}, 0);
    run.Inject(syn);
    Check(run.End() == 2 && run.leaks().frames().size() == 2, "an ARP frame and a SYN");
    const auto& kept = run.leaks().frames();
    const auto is_syn = [&](const LeakWatch::Frame& frame) {
      return frame.octets.size() == Gateway::kHeader + syn.size() &&
             std::equal(syn.begin(), syn.end(), frame.octets.begin() + Gateway::kHeader);
    };
    Check(std::count_if(kept.begin(), kept.end(), is_syn) == 1, "the SYN");
  }
  Run run(descriptors);
  Listen(&run);
  Check(run.End() == 0, "no frame");
  Check(run.leaks().descriptors().size() == 1 && run.leaks().descriptors()[0].target == "/dev/null", "a descriptor");
}

// EAL's own thread logs whenever it likes, also while the log is turned elsewhere.
void Logs() {
  std::atomic<bool> over{false};
  std::atomic<int> lines{0};
  std::thread other([&] {
    while (!over) {
      FILE* const log = rte_log_get_stream();
      if (log != stderr && std::fprintf(log, "what a thread of EAL's says, number %d\n", ++lines) > 0) std::fflush(log);
    }
  });
  std::size_t heard = 0;
  for (int i = 0; i < 20'000 || (heard == 0 && i < 1'000'000); ++i) {
    const CapturedLog log;
    if (i % 16 == 0) std::this_thread::yield();
    heard += log.Text().size();
  }
  over = true;
  other.join();
  Check(heard > 0, "nothing was heard");
}

int Main(const std::string& luna, const std::string& leaks_frames, const std::string& leaks_descriptors,
         const std::string& memif) {
  try {
    Neighbours(Gateway::Family::kIpv4, kLocal, kGateway);
    Neighbours(Gateway::Family::kIpv6, kLocal6, kGateway6);
    Corruptions();
    Records();
    Flights();
    InitEal({});
    Logs();
    for (int i = 0; i < 5; ++i) Connection(luna);
    std::size_t packets = 0;
    for (std::uint32_t seed = 1; seed <= 30; ++seed) packets += Chaos(luna, seed);
    std::printf("rooms: the stack has sent %zu packets\n", packets);
    Leaks(leaks_frames, leaks_descriptors);
    Connection(luna);
    MangledCaptures();
    for (int i = 0; i < 5; ++i) OverCaptures(luna);
    OverDevices(luna, {PortChoice::Kind::kTap, "", "", 0, ""}, "net_tap");
    OverDevices(luna, {PortChoice::Kind::kAfPacket, "", "", 0, ""}, "net_af_packet");
    MemifPairs();
    OverDevices(luna, {PortChoice::Kind::kMemif, "", "", 0, memif}, "net_memif");
  } catch (const Failure& failure) {
    std::fprintf(stderr, "rooms: %s: %s\n", failure.code(), failure.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace lunadrill

int main(int count, char** arguments) {
  return count == 5 ? lunadrill::Main(arguments[1], arguments[2], arguments[3], arguments[4]) : 2;
}
