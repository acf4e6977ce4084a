// Both ends of a channel on two threads, for the sanitizers: records of all lengths arrive once, in order and whole.
// Built and run by test/sanitize.mjs, with ThreadSanitizer too.
#include <cstdio>
#include <memory>
#include <thread>

#include "channel/host-end.h"
#include "client.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr int kRecords = 60'000;

std::size_t LengthOf(int n) { return static_cast<std::size_t>(n) * 7919 % 4001; }

void Check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "ring: %s\n", what);
  std::exit(1);
}

// Sends each command back as an event.
void Echo(HostEnd* end) {
  for (int n = 0; n < kRecords;) {
    Command given{};
    if (!end->Next(&given)) {
      end->Beat();
      std::this_thread::yield();
      continue;
    }
    Check(given.time_us == n, "a command is missing, or out of order");
    std::uint8_t* event = end->Begin(given.kind, given.time_us, given.length);
    if (event == nullptr) {
      // Full: the same command is opened again.
      std::this_thread::yield();
      continue;
    }
    std::memcpy(event, given.payload, given.length);
    end->Release();
    end->Commit();
    end->MustNotify();
    ++n;
  }
}

void Garbage(std::uint8_t* memory) {
  for (std::uint32_t length : {0u, 8u, 9u, 12u, 24u, 0x7fffffffu, 0xffffffffu, 262144u, 262152u}) {
    std::memset(memory, 0, layout::channel::kSize);
    Client client(memory);
    HostEnd end(memory);
    client.Give(7, 0);
    std::memcpy(memory + layout::channel::kRings, &length, sizeof length);
    Command given{};
    bool refused = false;
    try {
      end.Next(&given);
    } catch (const Failure&) {
      refused = true;
    }
    Check(refused, "a record of a senseless length was taken");
  }
}

int Main() {
  const auto memory = std::make_unique<std::uint64_t[]>(layout::channel::kSize / 8);
  auto* octets = reinterpret_cast<std::uint8_t*>(memory.get());
  Garbage(octets);
  std::memset(octets, 0, layout::channel::kSize);
  Client client(octets);
  HostEnd end(octets);
  std::thread host(Echo, &end);
  int given = 0;
  for (int taken = 0; taken < kRecords;) {
    if (given < kRecords && client.Give(1 + given % 5, given,
                                        std::vector<std::uint8_t>(LengthOf(given), static_cast<std::uint8_t>(given)))) {
      ++given;
    }
    Client::Event event;
    while (client.Take(&event)) {
      const std::size_t length = LengthOf(taken);
      Check(event.time_us == taken && event.kind == 1u + taken % 5, "an event is missing, or out of order");
      Check(event.payload.size() == ((length + 7) & ~std::size_t{7}), "an event has another length");
      for (std::size_t i = 0; i < length; ++i) {
        if (event.payload[i] != static_cast<std::uint8_t>(taken)) Check(false, "an event has other octets");
      }
      ++taken;
    }
  }
  host.join();
  std::printf("ring: %d records each way\n", kRecords);
  return 0;
}

}  // namespace
}  // namespace lunadrill

int main() { return lunadrill::Main(); }
