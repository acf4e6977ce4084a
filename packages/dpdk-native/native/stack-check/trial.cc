#include "stack-check/trial.h"

#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "recorder/flight-recorder.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

// More polls at one instant are no work, but a loop.
constexpr int kPolls = 10'000;
// A stack with a clock of its own may have timers that are due all the time.
constexpr int kWallPolls = 64;

Gateway::Ip IpOf(const std::array<std::uint8_t, 16>& octets) {
  Gateway::Ip ip;
  std::copy(octets.begin(), octets.end(), ip.begin());
  return ip;
}

}  // namespace

Trial::Trial(const std::string& path, bool ipv6, std::uint16_t mtu, StackReport* report, std::unique_ptr<LunaV1>* kept)
    : path_(path),
      mtu_(mtu),
      report_(report),
      hosts_(packet::HostsOf(ipv6)),
      kept_(kept),
      wire_(std::make_unique<Wire>(mtu, PortChoice{})),
      gateway_(ipv6 ? Gateway::Family::kIpv6 : Gateway::Family::kIpv4, IpOf(hosts_.local), IpOf(hosts_.gateway)) {
  recorder::Open(report->in_stack());
  LunaSetup setup{};
  setup.port_id = wire_->stack_port();
  setup.mtu = mtu;
  setup.mac = Gateway::kStackMac;
  setup.prefix_length = hosts_.prefix_length;
  setup.family = static_cast<std::uint32_t>(family());
  setup.local_ip = hosts_.local;
  setup.gateway_ip = hosts_.gateway;
  setup.pool = wire_->stack_pool();
  std::unique_ptr<LunaV1> last = std::move(*kept_);
  const bool hook = last != nullptr && last->Can(LUNA_CAP_CLOCK_HOOK);
  if (last != nullptr && last->CanReset(path, setup, hook)) {
    stack_ = std::move(last);
    report_->ByTheWay("reset", [&] { return stack_->Reset(hook), 0; });
  } else {
    last.reset();
    report_->ByTheWay("dlopen", [&] { return stack_ = std::make_unique<LunaV1>(path, false), 0; });
    // Loaded once to ask what clock it takes.
    if (stack_->Can(LUNA_CAP_CLOCK_HOOK)) stack_->clock() = StackClock(true);
    report_->ByTheWay("init", [&] { return stack_->Init(setup), 0; });
  }
  if (!stack_->clock().is_virtual()) stack_->clock().Start(MonotonicNs());
  std::uint8_t question[Gateway::kLongest];
  const std::size_t length = gateway_.Introduce(question);
  InjectFrame({question, question + length});
  all_sent_.clear();
}

std::unique_ptr<Trial> Trial::Again() {
  End();
  return std::make_unique<Trial>(path_, hosts_.ipv6, mtu_, report_, kept_);
}

Trial::Left Trial::End() {
  if (ended_ || !stack_->keeps_loaded() || !stack_->alive()) return Unload();
  ended_ = true;
  *kept_ = std::move(stack_);
  recorder::Close();
  wire_.reset();
  return {};
}

Trial::Left Trial::Unload() {
  Left left;
  if (std::exchange(ended_, true)) return left;
  Receive();
  report_->ByTheWay("shutdown", [&] { return stack_->Shutdown(), 0; });
  wire_->Receive([&](const std::uint8_t*, std::size_t, std::int64_t) { ++left.frames; });
  left.mbufs = wire_->Recover([](rte_mempool*) {});
  report_->ByTheWay("dlclose", [&] { return stack_.reset(), 0; });
  leaks_.End();
  left.descriptors = leaks_.descriptors();
  recorder::Close();
  wire_.reset();
  return left;
}

// ---- The wire

void Trial::Poll() { due_us_ = stack().poll(now_us()); }

bool Trial::Settle() {
  const bool is_virtual = stack_->clock().is_virtual();
  return report_->ByTheWay("poll", [&] {
    for (int i = 0; i < (is_virtual ? kPolls : kWallPolls); ++i) {
      Poll();
      const std::size_t before = all_sent_.size();
      Receive();
      if (wire_->FramesForStack() == 0 && due_us_ > now_us() && before == all_sent_.size()) return true;
    }
    return !is_virtual && wire_->FramesForStack() == 0;
  });
}

void Trial::MoveTo(std::uint64_t us) {
  stack_->clock().MoveTo(us);
  Settle();
}

void Trial::Receive() {
  wire_->Receive([this](const std::uint8_t* frame, std::size_t length, std::int64_t) {
    if (length >= Gateway::kHeader && !std::equal(Gateway::kStackMac.begin(), Gateway::kStackMac.end(), frame + 6)) {
      own_mac_ = false;
    }
    // RFC 826: operation 2 is a reply. RFC 4861 4.4: type 136 is an advertisement.
    const bool reply = length >= 22 && frame[12] == 8 && frame[13] == 6 && frame[21] == 2;
    const bool advertisement =
        length > 54 && frame[12] == 0x86 && frame[13] == 0xdd && frame[20] == 58 && frame[54] == 136;
    neighbour_answered_ = neighbour_answered_ || reply || advertisement;
    const Gateway::Seen seen = gateway_.Look(frame, length);
    if (seen.content == Gateway::Content::kPacket) {
      recorder::Keep(false, static_cast<double>(now_us()), seen.packet, seen.length);
      all_sent_.emplace_back(seen.packet, seen.packet + seen.length);
    }
    if (seen.content != Gateway::Content::kQuestion) return;
    std::uint8_t answer[Gateway::kLongest];
    const std::size_t octets = gateway_.Answer(answer);
    std::uint8_t* room = wire_->NewFrame(octets);
    if (room == nullptr) return;
    std::memcpy(room, answer, octets);
    wire_->Send();
  });
}

void Trial::Inject(const packet::Octets& packet) {
  packet::Octets frame(Gateway::kHeader + packet.size());
  gateway_.Wrap(frame.data(), packet[0]);
  std::copy(packet.begin(), packet.end(), frame.begin() + Gateway::kHeader);
  recorder::Keep(true, static_cast<double>(now_us()), packet.data(), packet.size());
  InjectFrame(frame);
}

void Trial::InjectFrame(const packet::Octets& frame) {
  std::uint8_t* room = wire_->NewFrame(frame.size());
  if (room == nullptr) throw Failure("LD_MEMORY", "no mbuf is left for a frame");
  std::copy(frame.begin(), frame.end(), room);
  wire_->Send();
  Settle();
}

bool Trial::AnswersNeighbour() {
  neighbour_answered_ = false;
  std::uint8_t question[Gateway::kLongest];
  const std::size_t length = gateway_.Introduce(question);
  InjectFrame({question, question + length});
  return neighbour_answered_;
}

std::optional<packet::Segment> Trial::NextSegment(std::uint16_t to) {
  Settle();
  while (read_ < all_sent_.size()) {
    const auto segment = packet::ReadSegment(hosts_, all_sent_[read_++]);
    if (segment && (to == 0 || segment->to == to)) return segment;
  }
  return std::nullopt;
}

std::optional<packet::Datagram> Trial::NextDatagram() {
  Settle();
  while (read_ < all_sent_.size()) {
    if (const auto datagram = packet::ReadDatagram(hosts_, all_sent_[read_++])) return datagram;
  }
  return std::nullopt;
}

// ---- Sockets

TrialAddress Trial::AddressOf(const std::array<std::uint8_t, 16>& ip, std::uint16_t port) const {
  TrialAddress address;
  if (hosts_.ipv6) {
    sockaddr_in6 in = {};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    std::memcpy(&in.sin6_addr, ip.data(), sizeof in.sin6_addr);
    std::memcpy(&address.octets, &in, sizeof in);
    address.length = sizeof in;
  } else {
    sockaddr_in in = {};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, ip.data(), sizeof in.sin_addr);
    std::memcpy(&address.octets, &in, sizeof in);
    address.length = sizeof in;
  }
  return address;
}

std::uint16_t Trial::PortOf(const sockaddr_storage& address) const {
  // In the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

int Trial::Open(int type) {
  const int fd = report_->ByTheWay("socket", [&] { return stack().socket(family(), type, 0); });
  if (fd < 0) throw Leave{"there is no socket: socket() has given " + StackReport::ResultText(fd)};
  return fd;
}

int Trial::Bound(int type) {
  const int fd = Open(type);
  const TrialAddress any = Any(kPort);
  const int error = report_->ByTheWay("bind", [&] { return stack().bind(fd, any.get(), any.length); });
  if (error < 0) throw Leave{"there is no bound socket: bind() has given " + StackReport::ResultText(error)};
  return fd;
}

int Trial::Listener() {
  const int fd = Bound(SOCK_STREAM);
  const int error = report_->ByTheWay("listen", [&] { return stack().listen(fd, 8); });
  if (error < 0) throw Leave{"there is no listener: listen() has given " + StackReport::ResultText(error)};
  return fd;
}

Trial::Connection Trial::Accept(int listener, std::uint16_t peer_port) {
  using namespace packet;
  read_ = all_sent_.size();
  Inject(Make(hosts_, Segment{peer_port, kPort, kSyn, 1000, 0}));
  const auto answer = NextSegment(peer_port);
  if (!answer || answer->flags != (kSyn | kAck)) throw Leave{"no connection comes about: a SYN gets no SYN-ACK"};
  Connection connection = {-1, peer_port, 1001, answer->seq + 1};
  Send(&connection, kAck, 0);
  connection.fd = report_->ByTheWay("accept", [&] { return stack().accept(listener, nullptr, nullptr); });
  if (connection.fd < 0) {
    throw Leave{"no connection comes about: accept() has given " + StackReport::ResultText(connection.fd)};
  }
  return connection;
}

void Trial::Send(Connection* connection, std::uint8_t flags, std::size_t payload) {
  using namespace packet;
  Inject(Make(hosts_, Segment{connection->peer_port, kPort, flags, connection->seq, connection->ack, 65535, payload}));
  connection->seq += static_cast<std::uint32_t>(payload) + ((flags & (kSyn | kFin)) != 0 ? 1 : 0);
}

}  // namespace lunadrill
