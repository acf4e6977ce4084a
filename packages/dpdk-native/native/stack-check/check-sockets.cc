// From socket to close: which results each call has, and what it does on the wire.
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "stack-check/groups.h"

namespace lunadrill {
namespace {

using packet::kAck;
using packet::kFin;
using packet::kRst;
using packet::kSyn;
using packet::Make;
using packet::Segment;

const Wanted kDone = Wanted::Exactly({0});
const Wanted kBadFd = Wanted::Exactly({-EBADF});

std::string FlagsText(const std::optional<Segment>& segment) {
  if (!segment) return "nothing";
  std::string text;
  for (int i = 0; i < 6; ++i) {
    if ((segment->flags & 1 << i) != 0) text += "FSRP.U"[i];
  }
  return text;
}

void Sends(Trial& trial, const char* function, const char* what, std::uint8_t flags, const char* expected) {
  const auto segment = trial.NextSegment();
  trial.report().That(function, what, segment && (segment->flags & flags) == flags, expected, FlagsText(segment));
}

void CheckSocket(Trial& trial) {
  StackReport& report = trial.report();
  const auto socket = [&](int domain, int type, int protocol) {
    return [&trial, domain, type, protocol] { return trial.stack().socket(domain, type, protocol); };
  };
  const auto close = [&](int fd) { report.ByTheWay("close", [&] { return trial.stack().close(fd); }); };
  for (const int type : TypesOf(trial)) {
    const std::string what = TypeText(type);
    const int own = type == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
    const int other = type == SOCK_STREAM ? IPPROTO_UDP : IPPROTO_TCP;
    const int first =
        static_cast<int>(report.Need("socket", "opens " + what, Wanted::AtLeast(0), socket(trial.family(), type, 0)));
    const int second = static_cast<int>(report.Need("socket", "opens " + what + " by its protocol", Wanted::AtLeast(0),
                                                    socket(trial.family(), type, own)));
    report.That("socket", "gives each its own descriptor", first != second, "two numbers", std::to_string(first));
    close(first);
    report.Result("socket", "gives the lowest free descriptor", Wanted::Exactly({first}),
                  socket(trial.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, own));
    report.Result("fcntl", "shows SOCK_NONBLOCK as O_NONBLOCK", Wanted::Exactly({O_RDWR | O_NONBLOCK}),
                  [&] { return trial.stack().fcntl(first, F_GETFL, 0); });
    report.Result("socket", "refuses another protocol for " + what, Wanted::Exactly({-EPROTONOSUPPORT}),
                  socket(trial.family(), type, other));
    close(first);
    close(second);
  }
  report.Result("socket", "refuses a family that there is not", Wanted::Exactly({-EAFNOSUPPORT}),
                socket(AF_UNIX, SOCK_STREAM, 0));
  report.Result("socket", "refuses a type that there is not",
                Wanted::Exactly({-ESOCKTNOSUPPORT, -EPROTONOSUPPORT, -EINVAL}), socket(trial.family(), SOCK_RDM, 0));
}

void CheckBind(Trial& trial) {
  StackReport& report = trial.report();
  const auto bind = [&](int fd, const TrialAddress& address, std::uint32_t length) {
    return [&trial, fd, &address, length] { return trial.stack().bind(fd, address.get(), length); };
  };
  const TrialAddress any = trial.Any(Trial::kPort);
  const TrialAddress own = trial.Local(Trial::kPort + 1);
  const TrialAddress foreign = trial.Remote(Trial::kPort);
  const TrialAddress some = trial.Any(0);
  TrialAddress unknown = any;
  unknown.octets.ss_family = AF_APPLETALK;
  report.Result("bind", "of no descriptor", kBadFd, bind(kNoFd, any, any.length));
  for (const int type : TypesOf(trial)) {
    const std::string of = std::string("of ") + TypeText(type);
    const int fd = trial.Open(type);
    report.Result("bind", of + " with too short an address", Wanted::Exactly({-EINVAL}), bind(fd, any, 4));
    report.Result("bind", of + " to an address that is not the stack's", Wanted::Exactly({-EADDRNOTAVAIL}),
                  bind(fd, foreign, foreign.length));
    report.Result("bind", of + " to another family", Wanted::Exactly({-EAFNOSUPPORT, -EINVAL}),
                  bind(fd, unknown, unknown.length));
    report.Need("bind", of, kDone, bind(fd, any, any.length));
    report.Result("bind", of + " a second time", Wanted::Exactly({-EINVAL}), bind(fd, own, own.length));
    const int second = trial.Open(type);
    report.Result("bind", of + " to a port that is taken", Wanted::Exactly({-EADDRINUSE}),
                  bind(second, any, any.length));
    report.Result("bind", of + " to the stack's own address", kDone, bind(second, own, own.length));
    report.Result("bind", of + " to a port of the stack's choice", kDone, bind(trial.Open(type), some, some.length));
  }
}

void CheckListen(Trial& trial) {
  StackReport& report = trial.report();
  const auto listen = [&](int fd) { return [&trial, fd] { return trial.stack().listen(fd, 8); }; };
  report.Result("listen", "of no descriptor", kBadFd, listen(kNoFd));
  if (trial.Can(LUNA_CAP_UDP)) {
    report.Result("listen", "of a datagram socket", Wanted::Exactly({-EOPNOTSUPP}), listen(trial.Open(SOCK_DGRAM)));
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  const int fd = trial.Bound(SOCK_STREAM);
  report.Need("listen", "of a bound socket", kDone, listen(fd));
  report.Result("listen", "again", kDone, listen(fd));
  trial.Inject(Make(trial.hosts(), Segment{40000, Trial::kPort, kSyn, 1000, 0}));
  Sends(trial, "listen", "has a SYN answered", kSyn | kAck, "S.");
  trial.Inject(Make(trial.hosts(), Segment{40000, Trial::kPort + 7, kSyn, 1000, 0}));
  Sends(trial, "listen", "leaves other ports closed", kRst, "R.");
  const auto connection = trial.Accept(fd, 40002);
  report.Result("listen", "of a connection", Wanted::Exactly({-EINVAL}), listen(connection.fd));
}

void CheckAccept(Trial& trial) {
  StackReport& report = trial.report();
  const auto accept = [&](int fd) { return [&trial, fd] { return trial.stack().accept(fd, nullptr, nullptr); }; };
  report.Result("accept", "of no descriptor", kBadFd, accept(kNoFd));
  if (trial.Can(LUNA_CAP_UDP)) {
    report.Result("accept", "of a datagram socket", Wanted::Exactly({-EOPNOTSUPP}), accept(trial.Open(SOCK_DGRAM)));
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  report.Result("accept", "of a socket that does not listen", Wanted::Exactly({-EINVAL}),
                accept(trial.Open(SOCK_STREAM)));
  const int listener = trial.Listener();
  report.Result("accept", "where no connection is", Wanted::Exactly({-EAGAIN}), accept(listener));
  trial.Inject(Make(trial.hosts(), Segment{40000, Trial::kPort, kSyn, 1000, 0}));
  const auto answer = trial.NextSegment();
  if (!answer) throw Leave{"a SYN gets no SYN-ACK"};
  report.Result("accept", "before the handshake is over", Wanted::Exactly({-EAGAIN}), accept(listener));
  Trial::Connection connection = {-1, 40000, 1001, answer->seq + 1};
  trial.Send(&connection, kAck, 0);
  TrialAddress peer;
  peer.length = sizeof peer.octets;
  const auto with_address = [&] {
    return trial.stack().accept(listener, reinterpret_cast<sockaddr*>(&peer.octets), &peer.length);
  };
  const int fd = static_cast<int>(report.Need("accept", "of a connection", Wanted::AtLeast(0), with_address));
  const TrialAddress wanted = trial.Remote(40000);
  report.That("accept", "tells how long the peer's address is", peer.length == wanted.length,
              std::to_string(wanted.length), std::to_string(peer.length));
  report.That("accept", "tells the peer's port", trial.PortOf(peer.octets) == 40000, "40000",
              std::to_string(trial.PortOf(peer.octets)));
  report.Result("fcntl", "shows no O_NONBLOCK of an accepted connection", Wanted::Exactly({O_RDWR}),
                [&] { return trial.stack().fcntl(fd, F_GETFL, 0); });
  report.Result("accept", "gives each connection once", Wanted::Exactly({-EAGAIN}), accept(listener));
}

void CheckConnectStream(Trial& trial) {
  StackReport& report = trial.report();
  const TrialAddress peer = trial.Remote(80);
  const auto connect = [&](int fd) {
    return [&trial, fd, &peer] { return trial.stack().connect(fd, peer.get(), peer.length); };
  };
  const int fd = trial.Open(SOCK_STREAM);
  report.Need("connect", "of a stream socket", Wanted::Exactly({-EINPROGRESS}), connect(fd));
  const auto syn = trial.NextSegment();
  report.That("connect", "sends a SYN", syn && syn->flags == kSyn, "S", FlagsText(syn));
  if (!syn) throw Leave{"connect() sends no SYN"};
  report.Result("connect", "while it goes on", Wanted::Exactly({-EALREADY}), connect(fd));
  trial.Inject(Make(trial.hosts(), Segment{80, syn->from, kSyn | kAck, 5000, syn->seq + 1}));
  Sends(trial, "connect", "has the SYN-ACK acknowledged", kAck, ".");
  report.Result("connect", "after it has come about", kDone, connect(fd));
  report.Result("connect", "of a connection", Wanted::Exactly({-EISCONN}), connect(fd));
  const int refused = trial.Open(SOCK_STREAM);
  report.Result("connect", "of a second socket", Wanted::Exactly({-EINPROGRESS}), connect(refused));
  const auto second = trial.NextSegment();
  if (!second) throw Leave{"connect() sends no SYN"};
  report.That("connect", "takes another port for another connection", second->from != syn->from, "another", "the same");
  trial.Inject(Make(trial.hosts(), Segment{80, second->from, kRst | kAck, 0, second->seq + 1}));
  report.Result("connect", "after the peer has refused", Wanted::Exactly({-ECONNREFUSED}), connect(refused));
}

void CheckConnect(Trial& trial) {
  StackReport& report = trial.report();
  const TrialAddress peer = trial.Remote(80);
  report.Result("connect", "of no descriptor", kBadFd,
                [&] { return trial.stack().connect(kNoFd, peer.get(), peer.length); });
  for (const int type : TypesOf(trial)) {
    const int fd = trial.Open(type);
    report.Result("connect", std::string("of ") + TypeText(type) + " with too short an address",
                  Wanted::Exactly({-EINVAL}), [&] { return trial.stack().connect(fd, peer.get(), 4); });
  }
  if (trial.Can(LUNA_CAP_TCP)) CheckConnectStream(trial);
  if (!trial.Can(LUNA_CAP_UDP)) return;
  const int fd = trial.Open(SOCK_DGRAM);
  report.Result("connect", "of a datagram socket", kDone,
                [&] { return trial.stack().connect(fd, peer.get(), peer.length); });
  const sockaddr nobody = {AF_UNSPEC, {}};
  report.Result("connect", "to AF_UNSPEC undoes a datagram socket's", kDone,
                [&] { return trial.stack().connect(fd, &nobody, sizeof nobody); });
  report.Result("write", "of a socket that is connected no more", Wanted::Exactly({-EDESTADDRREQ}),
                [&] { return trial.stack().write(fd, "x", 1); });
}

void CheckClose(Trial& trial) {
  StackReport& report = trial.report();
  const auto close = [&](int fd) { return [&trial, fd] { return trial.stack().close(fd); }; };
  report.Result("close", "of no descriptor", kBadFd, close(kNoFd));
  report.Result("close", "of -1", kBadFd, close(-1));
  for (const int type : TypesOf(trial)) {
    const int fd = trial.Open(type);
    report.Result("close", std::string("of ") + TypeText(type), kDone, close(fd));
    report.Result("close", "of what is closed", kBadFd, close(fd));
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  const auto connection = trial.Accept(trial.Listener(), 40000);
  report.Result("close", "of a connection", kDone, close(connection.fd));
  Sends(trial, "close", "sends a FIN", kFin, "F.");
  report.Result("read", "of a closed descriptor", kBadFd, [&] {
    char octet = 0;
    return trial.stack().read(connection.fd, &octet, 1);
  });
}

void CheckShutdownSocket(Trial& trial) {
  StackReport& report = trial.report();
  const auto shut = [&](int fd, int how) {
    return [&trial, fd, how] { return trial.stack().shutdown_socket(fd, how); };
  };
  report.Result("shutdown_socket", "of no descriptor", kBadFd, shut(kNoFd, SHUT_WR));
  for (const int type : TypesOf(trial)) {
    const int fd = trial.Open(type);
    const std::string of = std::string("of ") + TypeText(type);
    report.Result("shutdown_socket", of + " without a connection", Wanted::Exactly({-ENOTCONN}), shut(fd, SHUT_RDWR));
    report.Result("shutdown_socket", of + " in a way that there is not", Wanted::Exactly({-EINVAL}), shut(fd, 7));
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  const auto connection = trial.Accept(trial.Listener(), 40000);
  report.Result("shutdown_socket", "SHUT_WR of a connection", kDone, shut(connection.fd, SHUT_WR));
  Sends(trial, "shutdown_socket", "SHUT_WR sends a FIN", kFin, "F.");
  report.Result("write", "after SHUT_WR", Wanted::Exactly({-EPIPE}),
                [&] { return trial.stack().write(connection.fd, "x", 1); });
}

}  // namespace

std::vector<CheckGroup> SocketGroups() {
  return {{"socket", 0, CheckSocket},
          {"bind", 0, CheckBind},
          {"listen", 0, CheckListen},
          {"accept", 0, CheckAccept},
          {"connect", 0, CheckConnect},
          {"close", 0, CheckClose},
          {"shutdown_socket", 0, CheckShutdownSocket}};
}

}  // namespace lunadrill
