// The eight calls that move octets, each as the others: a stack that serves one of them need not serve the next.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>

#include "stack-check/groups.h"

namespace lunadrill {
namespace {

using packet::Datagram;
using packet::kAck;
using packet::kFin;
using packet::kPsh;
using packet::kRst;
using packet::Make;

const Wanted kBadFd = Wanted::Exactly({-EBADF});
const Wanted kAgain = Wanted::Exactly({-EAGAIN});

/// A call that receives up to `count` octets into `buffer`, or sends them.
using Receive = std::int64_t (*)(const struct ::luna_stack_v1& stack, int fd, char* buffer, std::uint64_t count);
using Transmit = std::int64_t (*)(const struct ::luna_stack_v1& stack, int fd, const char* buffer, std::uint64_t count);

template <Receive receive>
void CheckReceive(Trial& trial, const char* name) {
  StackReport& report = trial.report();
  char room[2000];
  std::memset(room, 0x55, sizeof room);
  const auto call = [&](int fd, std::uint64_t count) {
    return [&trial, &room, fd, count] { return receive(trial.stack(), fd, room, count); };
  };
  const auto into_nothing = [&](int fd) { return [&trial, fd] { return receive(trial.stack(), fd, nullptr, 10); }; };
  report.Result(name, "of no descriptor", kBadFd, call(kNoFd, 10));
  if (trial.Can(LUNA_CAP_UDP)) {
    const int fd = trial.Bound(SOCK_DGRAM);
    report.Result(name, "where no datagram is", kAgain, call(fd, 100));
    trial.Inject(Make(trial.hosts(), Datagram{9, Trial::kPort, 300}));
    report.Result(name, "gives a whole datagram", Wanted::Exactly({300}), call(fd, sizeof room));
    report.That(name, "writes its octets, and no more", room[0] == 0 && room[299] == 0 && room[300] == 0x55,
                "300 octets of 0", "others");
    trial.Inject(Make(trial.hosts(), Datagram{9, Trial::kPort, 300}));
    report.Result(name, "into nothing", Wanted::Exactly({-EFAULT}), into_nothing(fd));
    report.ByTheWay(name, call(fd, sizeof room));  // Linux has lost it, others may not
    trial.Inject(Make(trial.hosts(), Datagram{9, Trial::kPort, 300}));
    trial.Inject(Make(trial.hosts(), Datagram{9, Trial::kPort, 20}));
    report.Result(name, "cuts a datagram to the room", Wanted::Exactly({10}), call(fd, 10));
    report.Result(name, "loses what it has cut, and goes on with the next", Wanted::Exactly({20}), call(fd, 100));
    report.ByTheWay("close", [&] { return trial.stack().close(fd); });
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  report.Result(name, "of a stream that is not connected", Wanted::Exactly({-ENOTCONN}),
                call(trial.Open(SOCK_STREAM), 10));
  const int listener = trial.Listener();
  auto connection = trial.Accept(listener, 40000);
  report.Result(name, "where no octet is", kAgain, call(connection.fd, 100));
  trial.Send(&connection, kAck | kPsh, 300);
  report.Result(name, "into nothing", Wanted::Exactly({-EFAULT}), into_nothing(connection.fd));
  report.Result(name, "gives as many octets as there is room for", Wanted::Exactly({100}), call(connection.fd, 100));
  report.Result(name, "gives what is left", Wanted::Exactly({200}), call(connection.fd, sizeof room));
  trial.Send(&connection, kAck | kFin, 0);
  report.Result(name, "after the peer has closed", Wanted::Exactly({0}), call(connection.fd, 100));
  auto reset = trial.Accept(listener, 40001);
  trial.Send(&reset, kRst | kAck, 0);
  report.Result(name, "after the peer has reset", Wanted::Exactly({-ECONNRESET}), call(reset.fd, 100));
}

template <Transmit transmit>
void CheckTransmit(Trial& trial, const char* name) {
  StackReport& report = trial.report();
  static const char octets[70000] = {};
  const auto call = [&](int fd, std::uint64_t count) {
    return [&trial, fd, count] { return transmit(trial.stack(), fd, octets, count); };
  };
  const auto of_nothing = [&](int fd) { return [&trial, fd] { return transmit(trial.stack(), fd, nullptr, 10); }; };
  const TrialAddress peer = trial.Remote(9);
  report.Result(name, "of no descriptor", kBadFd, call(kNoFd, 10));
  if (trial.Can(LUNA_CAP_UDP)) {
    const int fd = trial.Bound(SOCK_DGRAM);
    report.Result(name, "to nobody", Wanted::Exactly({-EDESTADDRREQ}), call(fd, 10));
    report.ByTheWay("connect", [&] { return trial.stack().connect(fd, peer.get(), peer.length); });
    report.Result(name, "sends a datagram", Wanted::Exactly({100}), call(fd, 100));
    const auto sent = trial.NextDatagram();
    report.That(name, "has it on the wire, whole", sent && sent->payload == 100 && sent->to == 9,
                "100 octets to port 9",
                sent ? std::to_string(sent->payload) + " octets to port " + std::to_string(sent->to) : "nothing");
    report.Result(name, "of nothing", Wanted::Exactly({-EFAULT}), of_nothing(fd));
    report.Result(name, "of more than a datagram holds", Wanted::Exactly({-EMSGSIZE}), call(fd, sizeof octets));
    report.ByTheWay("close", [&] { return trial.stack().close(fd); });
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  report.Result(name, "of a stream that is not connected", Wanted::Exactly({-ENOTCONN, -EPIPE}),
                call(trial.Open(SOCK_STREAM), 10));
  const int listener = trial.Listener();
  auto connection = trial.Accept(listener, 40000);
  report.Result(name, "of nothing", Wanted::Exactly({-EFAULT}), of_nothing(connection.fd));
  report.Result(name, "sends on a connection", Wanted::Exactly({100}), call(connection.fd, 100));
  const auto sent = trial.NextSegment();
  report.That(name, "has it on the wire", sent && sent->payload == 100, "a segment with 100 octets",
              sent ? std::to_string(sent->payload) + " octets" : "nothing");
  connection.ack += 100;
  trial.Send(&connection, kAck, 0);
  std::int64_t moved = 1;
  int rounds = 0;
  while (moved > 0 && ++rounds < 1000) moved = report.ByTheWay(name, call(connection.fd, sizeof octets));
  report.Result(name, "with no room left", kAgain, call(connection.fd, sizeof octets));
  auto reset = trial.Accept(listener, 40001);
  trial.Send(&reset, kRst | kAck, 0);
  report.Result(name, "after the peer has reset", Wanted::Exactly({-ECONNRESET, -EPIPE}), call(reset.fd, 100));
}

using Stack = struct ::luna_stack_v1;

std::int64_t Read(const Stack& s, int fd, char* b, std::uint64_t n) { return s.read(fd, b, n); }
// Two parts: the second one is where the first ends.
std::int64_t ReadParts(const Stack& s, int fd, char* b, std::uint64_t n) {
  const iovec parts[] = {{b, n / 2}, {b == nullptr ? nullptr : b + n / 2, n - n / 2}};
  return s.readv(fd, parts, 2);
}
std::int64_t Recv(const Stack& s, int fd, char* b, std::uint64_t n) { return s.recv(fd, b, n, 0); }
std::int64_t RecvFrom(const Stack& s, int fd, char* b, std::uint64_t n) {
  return s.recvfrom(fd, b, n, 0, nullptr, nullptr);
}
std::int64_t Write(const Stack& s, int fd, const char* b, std::uint64_t n) { return s.write(fd, b, n); }
std::int64_t WriteParts(const Stack& s, int fd, const char* b, std::uint64_t n) {
  char* octets = const_cast<char*>(b);
  const iovec parts[] = {{octets, n / 2}, {octets == nullptr ? nullptr : octets + n / 2, n - n / 2}};
  return s.writev(fd, parts, 2);
}
std::int64_t Send(const Stack& s, int fd, const char* b, std::uint64_t n) { return s.send(fd, b, n, 0); }
std::int64_t SendTo(const Stack& s, int fd, const char* b, std::uint64_t n) {
  return s.sendto(fd, b, n, 0, nullptr, 0);
}

void CheckRead(Trial& trial) { CheckReceive<Read>(trial, "read"); }
void CheckReadParts(Trial& trial) {
  CheckReceive<ReadParts>(trial, "readv");
  const int fd = trial.Open(TypesOf(trial)[0]);
  const iovec part = {nullptr, 0};
  trial.report().Result("readv", "of more than 1024 parts", Wanted::Exactly({-EINVAL}),
                        [&] { return trial.stack().readv(fd, &part, 1025); });
}
void CheckWrite(Trial& trial) { CheckTransmit<Write>(trial, "write"); }
void CheckWriteParts(Trial& trial) { CheckTransmit<WriteParts>(trial, "writev"); }

void CheckRecv(Trial& trial) { CheckReceive<Recv>(trial, "recv"); }

void CheckRecvFlags(Trial& trial) {
  StackReport& report = trial.report();
  char room[100];
  int fd = -1;
  if (trial.Can(LUNA_CAP_TCP)) {
    auto connection = trial.Accept(trial.Listener(), 40005);
    trial.Send(&connection, kAck | kPsh, 50);
    fd = connection.fd;
  } else {
    fd = trial.Bound(SOCK_DGRAM);
    trial.Inject(Make(trial.hosts(), Datagram{9, Trial::kPort, 50}));
  }
  const auto recv = [&](int flags) { return [&, flags] { return trial.stack().recv(fd, room, sizeof room, flags); }; };
  report.Result("recv", "with MSG_PEEK", Wanted::Exactly({50}), recv(MSG_PEEK));
  report.Result("recv", "after MSG_PEEK", Wanted::Exactly({50}), recv(MSG_DONTWAIT));
  if (!trial.Can(LUNA_CAP_UDP)) return;
  const int datagrams = trial.Open(SOCK_DGRAM);
  const TrialAddress any = trial.Any(Trial::kPort + 1);
  report.ByTheWay("bind", [&] { return trial.stack().bind(datagrams, any.get(), any.length); });
  trial.Inject(Make(trial.hosts(), Datagram{9, Trial::kPort + 1, 50}));
  report.Result("recv", "with MSG_TRUNC tells how long the datagram was", Wanted::Exactly({50}),
                [&] { return trial.stack().recv(datagrams, room, 10, MSG_TRUNC); });
}

void CheckRecvFrom(Trial& trial) { CheckReceive<RecvFrom>(trial, "recvfrom"); }

void CheckRecvFromAddress(Trial& trial) {
  StackReport& report = trial.report();
  char room[100];
  TrialAddress from;
  from.length = sizeof from.octets;
  const auto recvfrom = [&](int fd) {
    return [&, fd] {
      return trial.stack().recvfrom(fd, room, sizeof room, 0, reinterpret_cast<sockaddr*>(&from.octets), &from.length);
    };
  };
  if (trial.Can(LUNA_CAP_UDP)) {
    const int fd = trial.Bound(SOCK_DGRAM);
    trial.Inject(Make(trial.hosts(), Datagram{9, Trial::kPort, 50}));
    report.Result("recvfrom", "with room for the address", Wanted::Exactly({50}), recvfrom(fd));
    const TrialAddress wanted = trial.Remote(9);
    const bool same = from.length == wanted.length && trial.PortOf(from.octets) == 9;
    report.That("recvfrom", "tells who has sent a datagram", same,
                std::to_string(wanted.length) + " octets with port 9",
                std::to_string(from.length) + " octets with port " + std::to_string(trial.PortOf(from.octets)));
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  auto connection = trial.Accept(trial.Listener(), 40005);
  trial.Send(&connection, kAck | kPsh, 50);
  from.length = sizeof from.octets;
  report.Result("recvfrom", "of a connection", Wanted::Exactly({50}), recvfrom(connection.fd));
  report.That("recvfrom", "tells no address of a connection", from.length == 0, "length 0",
              std::to_string(from.length));
}

void CheckSend(Trial& trial) { CheckTransmit<Send>(trial, "send"); }

void CheckSendTo(Trial& trial) {
  CheckTransmit<SendTo>(trial, "sendto");
  if (!trial.Can(LUNA_CAP_UDP)) return;
  StackReport& report = trial.report();
  const TrialAddress peer = trial.Remote(9);
  const int fd = trial.Open(SOCK_DGRAM);
  report.Result("sendto", "with too short an address", Wanted::Exactly({-EINVAL}),
                [&] { return trial.stack().sendto(fd, "x", 1, 0, peer.get(), 4); });
  report.Result("sendto", "of a socket without a port", Wanted::Exactly({1}),
                [&] { return trial.stack().sendto(fd, "x", 1, 0, peer.get(), peer.length); });
  const auto sent = trial.NextDatagram();
  report.That("sendto", "has the datagram on the wire, from a port of the stack's choice",
              sent && sent->payload == 1 && sent->from != 0, "1 octet", sent ? "another datagram" : "nothing");
}

}  // namespace

std::vector<CheckGroup> TransferGroups() {
  return {{"read", 0, CheckRead},      {"readv", 0, CheckReadParts},   {"recv", 0, CheckRecv},
          {"recv", 0, CheckRecvFlags}, {"recvfrom", 0, CheckRecvFrom}, {"recvfrom", 0, CheckRecvFromAddress},
          {"write", 0, CheckWrite},    {"writev", 0, CheckWriteParts}, {"send", 0, CheckSend},
          {"sendto", 0, CheckSendTo}};
}

}  // namespace lunadrill
