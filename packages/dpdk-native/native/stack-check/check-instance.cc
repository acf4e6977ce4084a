// init, poll, reset and shutdown: an instance's life.
#include <dirent.h>

#include <cstring>

#include "stack-check/groups.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

using packet::Make;
using packet::Octets;

std::size_t Threads() {
  std::size_t count = 0;
  DIR* tasks = ::opendir("/proc/self/task");
  if (tasks == nullptr) return 0;
  while (const dirent* each = ::readdir(tasks)) count += each->d_name[0] != '.' ? 1 : 0;
  ::closedir(tasks);
  return count;
}

std::size_t CountSockets(Trial& trial) {
  std::size_t count = 0;
  const auto visit = [](void* context, const luna_socket_info*) { ++*static_cast<std::size_t*>(context); };
  trial.report().ByTheWay("list_sockets", [&] { return trial.stack().list_sockets(visit, &count), 0; });
  return count;
}

// A connection with data under way each way, or a datagram that nobody has read: what an instance holds at its end.
int Burden(Trial& trial) {
  int fd = -1;
  if (trial.Can(LUNA_CAP_UDP)) {
    fd = trial.Bound(SOCK_DGRAM);
    trial.Inject(Make(trial.hosts(), packet::Datagram{9, Trial::kPort, 100}));
  }
  if (trial.Can(LUNA_CAP_TCP)) {
    const int listener = trial.Listener();
    Trial::Connection connection = trial.Accept(listener, 40001);
    trial.Send(&connection, packet::kAck | packet::kPsh, 100);
    const char octets[100] = {};
    trial.report().ByTheWay("write", [&] { return trial.stack().write(connection.fd, octets, sizeof octets); });
    trial.Settle();
    fd = connection.fd;
  }
  return fd;
}

void CheckInit(Trial& trial) {
  StackReport& report = trial.report();
  report.That("init", "leaves an instance without sockets", CountSockets(trial) == 0, "no sockets",
              "list_sockets shows some");
  report.That("init", "takes the address that it is given", trial.AnswersNeighbour(),
              trial.ipv6() ? "an advertisement for local_ip" : "an ARP reply for local_ip", "no answer");
  report.That("init", "sends from the MAC address that it is given", trial.own_mac(), "luna_config.mac", "another");
  int bursts = 0;
  for (const Octets& sent : trial.all_sent()) bursts += sent.empty() ? 0 : 1;
  report.That("init", "sends no IP packet by itself", bursts == 0, "none", std::to_string(bursts));
}

// Frames that are cut, or make no sense; the last ones are noise, the same each time.
std::vector<Octets> Nonsense(const Trial& trial) {
  const std::uint8_t type[2] = {static_cast<std::uint8_t>(trial.ipv6() ? 0x86 : 0x08),
                                static_cast<std::uint8_t>(trial.ipv6() ? 0xdd : 0x00)};
  std::vector<Octets> frames;
  const auto frame = [&](const Octets& body, std::uint8_t type_0, std::uint8_t type_1) {
    Octets octets(Gateway::kHeader);
    std::memcpy(octets.data(), Gateway::kStackMac.data(), 6);
    std::memcpy(octets.data() + 6, Gateway::kOwnMac.data(), 6);
    octets[12] = type_0;
    octets[13] = type_1;
    octets.insert(octets.end(), body.begin(), body.end());
    frames.push_back(octets);
  };
  frame({}, type[0], type[1]);
  frame(Octets(100), 0x12, 0x34);
  frame({0, 1, 8, 0, 6, 4, 0, 1}, 0x08, 0x06);  // an ARP question without its addresses
  const Octets segment = Make(trial.hosts(), packet::Segment{40000, Trial::kPort, packet::kSyn, 1, 0});
  for (std::size_t cut = 1; cut < segment.size(); ++cut) {
    frame({segment.begin(), segment.begin() + static_cast<std::ptrdiff_t>(cut)}, type[0], type[1]);
  }
  for (std::size_t at = 0; at < segment.size(); ++at) {
    for (const int bits : {0x01, 0x80, 0xff}) {
      Octets broken = segment;
      broken[at] = static_cast<std::uint8_t>(broken[at] ^ bits);
      // No SYN that is whole: it would open something.
      broken[broken.size() - 1] ^= 1;
      frame(broken, type[0], type[1]);
    }
  }
  std::uint32_t noise = 1;
  for (int i = 0; i < 200; ++i) {
    Octets body;
    for (int n = 0; n < 20 + i; ++n) {
      noise ^= noise << 13, noise ^= noise >> 17, noise ^= noise << 5;
      body.push_back(static_cast<std::uint8_t>(noise));
    }
    body[0] = trial.ipv6() ? 0x60 : 0x45;
    frame(body, type[0], type[1]);
  }
  return frames;
}

void CheckPoll(Trial& trial) {
  StackReport& report = trial.report();
  report.That("poll", "comes to rest without input", trial.Settle(),
              "a time after now_us, or UINT64_MAX, when nothing is left to do", "\"call me again at once\", for ever");
  const std::vector<Octets> frames = Nonsense(trial);
  for (const Octets& frame : frames) trial.InjectFrame(frame);
  report.That("poll", "takes frames that make no sense", trial.waiting_frames() == 0, "all frames taken",
              std::to_string(trial.waiting_frames()) + " left");
  report.That("poll", "is still there after them", trial.AnswersNeighbour(), "an answer for its address", "none");
}

void CheckTimer(Trial& trial) {
  constexpr std::uint64_t kLongestUs = 300'000'000;
  StackReport& report = trial.report();
  trial.Listener();
  trial.Inject(Make(trial.hosts(), packet::Segment{40000, Trial::kPort, packet::kSyn, 1000, 0}));
  const auto first = trial.NextSegment();
  if (!first) throw Leave{"a SYN gets no SYN-ACK"};
  report.That("poll", "tells when the timer of an unanswered SYN-ACK is due", trial.due_us() != UINT64_MAX, "a time",
              "UINT64_MAX");
  bool again = false;
  int jumps = 0;
  while (!again && ++jumps < 100'000 && trial.due_us() < kLongestUs) {
    trial.MoveTo(trial.due_us());
    again = trial.NextSegment().has_value();
  }
  report.That("poll", "retransmits when time has come to where it has said", again, "the SYN-ACK again",
              "nothing in 300 s");
}

// What it sends in an exchange, and by its timers in the minute behind it.
std::vector<Octets> Exchange(Trial& trial) {
  constexpr std::uint64_t kMinuteUs = 60'000'000;
  Burden(trial);
  for (int i = 0; i < 10'000 && trial.due_us() < kMinuteUs; ++i) trial.MoveTo(trial.due_us());
  return trial.all_sent();
}

void CheckDeterminism(Trial& trial) {
  const std::vector<Octets> first = Exchange(trial);
  const std::unique_ptr<Trial> second = trial.Again();
  second->report().That("poll", "sends the same octets in a second instance (DETERMINISTIC)",
                        Exchange(*second) == first, "the same packets", "others");
}

void CheckShutdown(Trial& trial) {
  StackReport& report = trial.report();
  const std::size_t threads = Threads();
  try {
    Burden(trial);
  } catch (const Leave&) {
    // What it cannot bring about, other checks have found; it ends with what there is.
  }
  const Trial::Left left = trial.Unload();
  report.That("shutdown", "says nothing on the wire", left.frames == 0, "no frames", std::to_string(left.frames));
  report.That("shutdown", "gives every mbuf back", left.mbufs == 0, "0 kept", std::to_string(left.mbufs) + " kept");
  std::string open;
  for (const auto& each : left.descriptors) open += (open.empty() ? "" : ", ") + each.target;
  report.That("shutdown", "leaves no descriptor of the process open", open.empty(), "none", open);
  report.That("shutdown", "leaves no thread", Threads() <= threads, "none", std::to_string(Threads() - threads));
}

void CheckReset(Trial& trial) {
  StackReport& report = trial.report();
  const int first = trial.Open(TypesOf(trial)[0]);
  const int fd = Burden(trial);
  const auto reset = [&] { return trial.stack().reset(); };
  report.Need("reset", "makes a fresh instance", Wanted::Exactly({0}), reset);
  report.Result("ready", "of a descriptor from before reset", Wanted::Exactly({-EBADF}),
                [&] { return trial.stack().ready(fd); });
  report.That("reset", "leaves no sockets", CountSockets(trial) == 0, "none", "list_sockets shows some");
  const int again = trial.Open(TypesOf(trial)[0]);
  report.That("reset", "gives descriptors from the lowest on", again == first, std::to_string(first),
              std::to_string(again));
}

}  // namespace

std::vector<CheckGroup> InstanceGroups() {
  return {{"init", 0, CheckInit},
          {"poll", 0, CheckPoll},
          {"poll", LUNA_CAP_TCP | LUNA_CAP_CLOCK_HOOK, CheckTimer},
          {"poll", LUNA_CAP_DETERMINISTIC | LUNA_CAP_CLOCK_HOOK, CheckDeterminism},
          {"reset", LUNA_CAP_RESET, CheckReset},
          {"shutdown", 0, CheckShutdown}};
}

}  // namespace lunadrill
