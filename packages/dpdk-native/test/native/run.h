// One run over the whole loop, for the tests of the rooms. Read first: host.h, client.h.
#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "client.h"
#include "host.h"
#include "traffic.h"

namespace lunadrill {

/// Its client is in the same thread.
class Run {
 public:
  explicit Run(const std::string& path, const PortChoice& port = {}, bool virtual_clock = true)
      : client(memory_.octets()),
        admin(admin_memory_.octets()),
        host_(path, memory_.octets(), admin_memory_.octets(), port, virtual_clock) {}

  /// Works until a command has its answer, which is returned; packets are counted, and the last one is kept.
  Client::Event Answer(Client* of) {
    for (;;) {
      Client::Event seen;
      while (of->Take(&seen)) {
        if (!Keep(seen)) return seen;
      }
      host_.loop().Turn();
    }
  }

  /// Once, where nothing is to be answered.
  void Turn() {
    host_.loop().Turn();
    Client::Event seen;
    while (client.Take(&seen)) Keep(seen);
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
    Give(command::kInject, 0, InjectPayload(packet));
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

  /// Whatever it is that is asked for: it begins, or is refused.
  void Interfere(const Octets& order) {
    Check(admin.Give(command::kFault, 0, order), "the admin's ring is full");
    const std::uint32_t kind = Answer(&admin).kind;
    Check(kind == event::kFaultBegun || kind == event::kRefused, "interfered");
  }

  void Hold(double us) {
    Octets order(layout::fault::kSize);
    Put(&order, layout::fault::kKind, layout::fault_kind::kPollinghang);
    Put(&order, layout::fault::kTimeUs, us);
    Interfere(order);
  }

  /// How many mbufs the stack has kept.
  std::size_t End() {
    Give(command::kClose, 0);
    Client::Event answer = Answer(&client);
    while (answer.kind != event::kClosed) answer = Answer(&client);
    return host_.Close();
  }

  void Close() {
    Check(End() == 0, "the stack has kept mbufs");
    Check(leaks().descriptors().empty(), "something has been left open");
  }
  const LeakWatch& leaks() const { return host_.leaks(); }

 private:
  // Whether it is no command's answer.
  bool Keep(const Client::Event& seen) {
    if (seen.kind == event::kSniffed) {
      ++packets;
      last = Octets(seen.payload.begin() + 8, seen.payload.end());
    }
    return seen.kind == event::kSniffed || seen.kind == event::kSocket;
  }

  Memory memory_;
  Memory admin_memory_;

 public:
  Client client;
  Client admin;
  std::size_t packets = 0;
  Octets last;

 private:
  Host host_;
};

inline int Listen(Run* run) {
  const int fd = run->Call(Record(op::kSocket, -1, {AF_INET, SOCK_STREAM, 0}));
  Check(run->Call(Record(op::kBind, fd, {}, Address({}, kPort))) == 0, "bind");
  Check(run->Call(Record(op::kListen, fd, {5})) == 0, "listen");
  return fd;
}

}  // namespace lunadrill
