// The host on its thread, the interpreter's client, the admin's and the watchdog on theirs, over a real EAL with
// libluna.so: for ThreadSanitizer. Connections go on while the admin lists sockets and interferes, and the watchdog
// looks. Built and run by test/sanitize.mjs: threads PATH-OF-LIBLUNA.
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "client.h"
#include "eal/eal.h"
#include "host.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr int kRuns = 4;
constexpr int kConnections = 20;

// JavaScript's part of the loop: parks, where the loop says that it may, until a client rings.
void Serve(const std::string& path, std::uint8_t* run, std::uint8_t* admin) {
  const auto word = [run](std::size_t offset) -> std::atomic<std::int32_t>& {
    return *reinterpret_cast<std::atomic<std::int32_t>*>(run + offset);
  };
  Host host(path, run, admin, PortChoice{}, true);
  for (;;) {
    const std::int32_t bell = word(layout::channel::kHostDoorbell).load();
    const std::uint32_t turned = host.loop().Turn();
    if ((turned & PollLoop::kClosed) != 0) break;
    if ((turned & PollLoop::kMayPark) == 0) continue;
    word(layout::channel::kHostParked).store(1);
    if (!host.loop().Pending()) {
      for (int lap = 0; lap < 100 && word(layout::channel::kHostDoorbell).load() == bell; ++lap) {
        std::this_thread::yield();
      }
    }
    word(layout::channel::kHostParked).store(0);
  }
  Check(host.Close() == 0, "the stack has kept mbufs");
}

class Talker {
 public:
  Talker(std::uint8_t* memory, std::uint8_t* bell) : client(memory), bell_(bell) {}

  void Give(std::uint32_t kind, double time_us, const Octets& payload = {}) {
    while (!client.Give(kind, time_us, payload)) std::this_thread::yield();
    reinterpret_cast<std::atomic<std::int32_t>*>(bell_ + layout::channel::kHostDoorbell)->fetch_add(1);
  }

  /// The next event that is none of `passing`.
  Client::Event Await(std::uint32_t passing) {
    Client::Event seen;
    for (;;) {
      while (!client.Take(&seen)) std::this_thread::yield();
      if (seen.kind != passing) return seen;
      last = Octets(seen.payload.begin() + 8, seen.payload.end());
      ++passed;
    }
  }

  Client client;
  Octets last;
  std::size_t passed = 0;

 private:
  std::uint8_t* const bell_;
};

class Script {
 public:
  explicit Script(std::uint8_t* memory) : talker_(memory, memory) {}

  std::int32_t Call(const Octets& record) {
    talker_.Give(command::kCall, 0, record);
    const Client::Event answer = talker_.Await(event::kSniffed);
    if (answer.kind != event::kReturned) return -2;
    std::int32_t result = 0;
    std::memcpy(&result, answer.payload.data() + at::kResult, sizeof result);
    return result;
  }

  void Inject(const Octets& packet) {
    talker_.Give(command::kInject, 0, InjectPayload(packet));
    talker_.Await(event::kSniffed);
  }

  double Advance(double until_us) {
    talker_.Give(command::kAdvance, until_us, Octets(8));
    return talker_.Await(event::kSniffed).time_us;
  }

  void Run() {
    const int listener = Call(Record(op::kSocket, -1, {AF_INET, SOCK_STREAM, 0}));
    Check(Call(Record(op::kBind, listener, {}, Address({}, kPort))) == 0, "bind");
    Check(Call(Record(op::kListen, listener, {5})) == 0, "listen");
    double now = 0;
    for (int i = 0; i < kConnections; ++i) {
      const auto port = static_cast<std::uint16_t>(40000 + i);
      Inject(Segment(port, 2, 0, 0, {2, 4, 5, 180}, 0));
      const std::uint32_t iss = SequenceOf(talker_.last);
      Inject(Segment(port, 16, 1, iss + 1, {}, 0));
      const int fd = Call(Record(op::kAccept, listener, {}));
      Check(fd > listener, "accept");
      Check(Call(Record(op::kWrite, fd, {3000})) == 3000, "write");
      now = Advance(now + 20e6);
      Inject(Segment(port, 20, 1, iss + 1, {}, 0));
      Check(Call(Record(op::kClose, fd, {})) == 0, "close");
    }
    Check(talker_.passed > 5 * kConnections, "retransmissions");
    talker_.Give(command::kClose, 0);
    Check(talker_.Await(event::kSniffed).kind == event::kClosed, "closed");
  }

 private:
  Talker talker_;
};

// What changes nothing that the script waits for.
void Interfere(std::uint8_t* memory, std::uint8_t* bell, const std::atomic<bool>* over) {
  Talker talker(memory, bell);
  Octets clear(layout::fault::kSize);
  Put(&clear, layout::fault::kKind, layout::fault_kind::kClearfaults);
  for (int i = 0; !over->load(); ++i) {
    talker.Give(i % 4 == 0 ? command::kFault : command::kListSockets, 0, i % 4 == 0 ? clear : Octets{});
    // A run that has ended answers nobody.
    Client::Event seen{};
    while (seen.kind != event::kListed && seen.kind != event::kFaultBegun && !over->load()) {
      if (!talker.client.Take(&seen)) std::this_thread::yield();
    }
  }
}

void Watch(std::uint8_t* memory, const std::atomic<bool>* over) {
  const auto word = [memory](std::size_t offset) {
    return reinterpret_cast<std::atomic<std::uint32_t>*>(memory + offset)->load();
  };
  std::uint32_t beats = 0;
  while (!over->load()) {
    beats = word(layout::channel::kHeartbeat);
    Check(word(layout::channel::kInStack) <= layout::stack_entry::kShutdown, "an entry that there is not");
    recorder::HostThread();
    std::this_thread::yield();
  }
  Check(beats > 0, "the host's heart does not beat");
}

int Main(const std::string& path) {
  try {
    InitEal({});
    const int record = ::memfd_create("record", MFD_CLOEXEC);
    Check(record >= 0 && ::ftruncate(record, layout::flight::kSize) == 0, "memfd_create");
    recorder::Install(record);
    for (int i = 0; i < kRuns; ++i) {
      Memory run;
      Memory admin;
      Script script(run.octets());
      Client versions(admin.octets());
      std::atomic<bool> over{false};
      std::thread host(Serve, path, run.octets(), admin.octets());
      std::thread asker(Interfere, admin.octets(), run.octets(), &over);
      std::thread watchdog(Watch, run.octets(), &over);
      script.Run();
      host.join();
      over = true;
      asker.join();
      watchdog.join();
    }
    std::printf("threads: %d runs\n", kRuns);
  } catch (const Failure& failure) {
    std::fprintf(stderr, "threads: %s: %s\n", failure.code(), failure.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace lunadrill

int main(int count, char** arguments) { return count == 2 ? lunadrill::Main(arguments[1]) : 2; }
