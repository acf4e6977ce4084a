// tcp_info and list_sockets: what a stack says of itself.
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "stack-check/groups.h"

namespace lunadrill {
namespace {

using packet::kAck;
using packet::kSyn;
using packet::Make;
using packet::Segment;

constexpr unsigned kTcpInfoFields = 50;
constexpr std::uint64_t kKnownState = 1;

std::vector<luna_socket_info> List(Trial& trial) {
  std::vector<luna_socket_info> sockets;
  const auto visit = [](void* context, const luna_socket_info* info) {
    static_cast<std::vector<luna_socket_info>*>(context)->push_back(*info);
  };
  trial.report().ByTheWay("list_sockets", [&] { return trial.stack().list_sockets(visit, &sockets), 0; });
  return sockets;
}

bool Sound(const luna_tcp_info& info) {
  const bool state = (info.known & kKnownState) == 0 || (info.state >= LUNA_ESTABLISHED && info.state <= LUNA_CLOSING);
  return state && info.reserved == 0 && (info.known >> kTcpInfoFields) == 0;
}

// As the header wants each record, whatever is in it.
std::string Wrong(const luna_socket_info& info) {
  if (info.fd < -1) return "fd is " + std::to_string(info.fd);
  if (info.protocol != IPPROTO_TCP && info.protocol != IPPROTO_UDP) return "protocol is neither TCP nor UDP";
  if (info.family != AF_INET && info.family != AF_INET6) return "family is neither AF_INET nor AF_INET6";
  if (info.state < LUNA_ESTABLISHED || info.state > LUNA_CLOSING) return "state is none of luna_tcp_state";
  const auto zero = [](const std::uint8_t* from, const std::uint8_t* to) {
    return std::all_of(from, to, [](std::uint8_t each) { return each == 0; });
  };
  if (info.family == AF_INET &&
      !(zero(info.local_ip + 4, info.local_ip + 16) && zero(info.remote_ip + 4, info.remote_ip + 16)))
    return "an IPv4 address has octets behind the fourth";
  if (info.timer > LUNA_TIMER_PERSIST) return "timer is none of luna_timer";
  if ((info.flags & ~LUNA_SOCKET_HAS_TCP_INFO) != 0) return "flags has unknown bits";
  if (info.reserved != 0) return "reserved is not 0";
  if ((info.flags & LUNA_SOCKET_HAS_TCP_INFO) != 0 && !Sound(info.tcp)) return "tcp is not as luna_tcp_info has to be";
  return "";
}

const luna_socket_info* Find(const std::vector<luna_socket_info>& sockets, std::uint32_t state, std::uint16_t port) {
  const auto found = std::find_if(sockets.begin(), sockets.end(), [&](const luna_socket_info& each) {
    return each.state == state && each.local_port == port;
  });
  return found == sockets.end() ? nullptr : &*found;
}

void CheckTcpInfo(Trial& trial) {
  StackReport& report = trial.report();
  luna_tcp_info info;
  const auto ask = [&](int fd) {
    return [&, fd] {
      std::memset(&info, 0, sizeof info);
      return trial.stack().tcp_info(fd, &info);
    };
  };
  report.Result("tcp_info", "of no descriptor", Wanted::Exactly({-EBADF}), ask(kNoFd));
  if (trial.Can(LUNA_CAP_UDP)) {
    report.Result("tcp_info", "of a datagram socket", Wanted::Refused(), ask(trial.Open(SOCK_DGRAM)));
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  const std::int64_t unconnected = report.Result("tcp_info", "of a socket without a connection",
                                                 Wanted::Exactly({-EINVAL, 0}), ask(trial.Open(SOCK_STREAM)));
  if (unconnected == 0) {
    report.That("tcp_info", "calls a socket without a connection closed", info.state == LUNA_CLOSED, "7 (LUNA_CLOSED)",
                std::to_string(info.state));
  }
  const int listener = trial.Listener();
  report.Need("tcp_info", "of a listener", Wanted::Exactly({0}), ask(listener));
  report.That("tcp_info", "knows a listener's state", (info.known & kKnownState) != 0 && info.state == LUNA_LISTEN,
              "10 (LUNA_LISTEN), bit 0 of known", std::to_string(info.state));
  const auto connection = trial.Accept(listener, 40000);
  report.Need("tcp_info", "of a connection", Wanted::Exactly({0}), ask(connection.fd));
  report.That("tcp_info", "knows a connection's state",
              (info.known & kKnownState) != 0 && info.state == LUNA_ESTABLISHED, "1 (LUNA_ESTABLISHED), bit 0 of known",
              std::to_string(info.state));
  report.That("tcp_info", "sets no bit and no field that there is not", Sound(info), "50 bits, reserved 0", "others");
  const luna_tcp_info before = info;
  report.ByTheWay("tcp_info", ask(connection.fd));
  report.That("tcp_info", "says the same again", std::memcmp(&before, &info, sizeof info) == 0, "the same", "another");
}

void CheckListSockets(Trial& trial) {
  StackReport& report = trial.report();
  report.That("list_sockets", "of none", List(trial).empty(), "no record", "some");
  const int fd = trial.Open(TypesOf(trial)[0]);
  const auto opened = List(trial);
  report.That("list_sockets", "shows a socket that is bound to nothing", opened.size() == 1 && opened[0].fd == fd,
              "1 record with its descriptor", std::to_string(opened.size()) + " records");
  report.ByTheWay("close", [&] { return trial.stack().close(fd); });
  report.That("list_sockets", "shows a closed socket no more", List(trial).empty(), "no record", "some");
  if (trial.Can(LUNA_CAP_UDP)) {
    trial.Bound(SOCK_DGRAM);
    trial.Inject(Make(trial.hosts(), packet::Datagram{9, Trial::kPort, 30}));
    const auto sockets = List(trial);
    const auto* socket = Find(sockets, LUNA_CLOSED, Trial::kPort);
    report.That("list_sockets", "shows a datagram socket with its port",
                socket != nullptr && socket->protocol == IPPROTO_UDP, "CLOSED, port 8080 in host order", "none");
    if (socket != nullptr) {
      report.That("list_sockets", "shows what is not read", socket->recvq >= 30, "30 or more",
                  std::to_string(socket->recvq));
    }
  }
  if (trial.Can(LUNA_CAP_TCP)) {
    const int listener = trial.Listener();
    const auto listening = List(trial);
    const auto* shown = Find(listening, LUNA_LISTEN, Trial::kPort);
    report.That("list_sockets", "shows a listener", shown != nullptr && shown->fd == listener,
                "LISTEN, port 8080, its descriptor", shown == nullptr ? "none" : "fd " + std::to_string(shown->fd));
    trial.Inject(Make(trial.hosts(), Segment{40000, Trial::kPort, kSyn, 1000, 0}));
    const auto half = List(trial);
    const auto* received = Find(half, LUNA_SYN_RCVD, Trial::kPort);
    report.That("list_sockets", "shows a connection that comes about", received != nullptr && received->fd == -1,
                "SYN_RCVD with fd -1", received == nullptr ? "none" : "fd " + std::to_string(received->fd));
    if (received != nullptr) {
      const bool peer = received->remote_port == 40000 &&
                        std::memcmp(received->remote_ip, trial.hosts().remote.data(), trial.ipv6() ? 16 : 4) == 0;
      report.That("list_sockets", "shows its peer", peer, "the address in network order, port 40000 in host order",
                  "port " + std::to_string(received->remote_port));
    }
    const auto connection = trial.Accept(listener, 40001);
    const auto connected = List(trial);
    const auto* established = Find(connected, LUNA_ESTABLISHED, Trial::kPort);
    report.That("list_sockets", "shows a connection with its descriptor",
                established != nullptr && established->fd == connection.fd,
                "ESTABLISHED, " + std::to_string(connection.fd),
                established == nullptr ? "none" : "fd " + std::to_string(established->fd));
  }
  const auto once = List(trial);
  const auto again = List(trial);
  const bool same = once.size() == again.size() &&
                    std::equal(once.begin(), once.end(), again.begin(), [](const auto& a, const auto& b) {
                      return a.fd == b.fd && a.state == b.state && a.remote_port == b.remote_port;
                    });
  report.That("list_sockets", "has an order that repeats", same, "the same twice", "another");
  std::string wrong;
  for (const luna_socket_info& each : once) wrong = wrong.empty() ? Wrong(each) : wrong;
  report.That("list_sockets", "has its records in order", wrong.empty(), "as luna_socket_info says", wrong);
}

}  // namespace

std::vector<CheckGroup> InspectGroups() {
  return {{"tcp_info", 0, CheckTcpInfo}, {"list_sockets", 0, CheckListSockets}};
}

}  // namespace lunadrill
