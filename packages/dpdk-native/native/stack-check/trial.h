// One instance of a stack on trial: it lives on a wire in memory, whose other end is played here, in virtual time where
// the stack can. Host thread. Read first: report.h; include/luna_stack.h.
#pragma once
#include <sys/socket.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "leak/leak-watch.h"
#include "neighbour/gateway.h"
#include "port/wire.h"
#include "stack-check/packet.h"
#include "stack-check/report.h"
#include "stack/luna-v1.h"

namespace lunadrill {

/// A socket address and how long it is.
struct TrialAddress {
  sockaddr_storage octets{};
  std::uint32_t length = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&octets); }
};

class Trial {
 public:
  /// What the port of listeners and the like is.
  static constexpr std::uint16_t kPort = 8080;

  /// A fresh instance; `kept`: of the last trial, a stack with LUNA_CAP_RESET. Failure: it cannot be had.
  Trial(const std::string& path, bool ipv6, std::uint16_t mtu, StackReport* report, std::unique_ptr<LunaV1>* kept);
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  ~Trial() { End(); }

  /// Ends this one, and gives a fresh one that is made in the same way.
  std::unique_ptr<Trial> Again();

  /// What is left of an instance after its end.
  struct Left {
    std::size_t mbufs = 0;
    std::vector<LeakWatch::Descriptor> descriptors;
    std::size_t frames = 0;  // that it has sent while it ended
  };
  /// Ends the instance and unloads the object, or keeps it loaded where it can be reset. Twice is once.
  Left End();
  /// Ends the instance, and keeps the object loaded nowhere.
  Left Unload();

  StackReport& report() { return *report_; }
  const struct ::luna_stack_v1& stack() const { return stack_->table(); }
  bool Can(std::uint64_t capability) const { return stack_->Can(capability); }
  bool ipv6() const { return hosts_.ipv6; }
  int family() const { return hosts_.ipv6 ? AF_INET6 : AF_INET; }
  const packet::Hosts& hosts() const { return hosts_; }

  // ---- The wire

  /// Polls until the stack is at rest; false where it never is.
  bool Settle();
  /// When the next timer is due, as the last poll has said.
  std::uint64_t due_us() const { return due_us_; }
  std::uint64_t now_us() const { return stack_->clock().StackUs(); }
  /// Virtual time goes on, and the stack is polled there.
  void MoveTo(std::uint64_t us);
  void Inject(const packet::Octets& packet);
  void InjectFrame(const packet::Octets& frame);
  /// Frames that the stack has not taken yet.
  unsigned waiting_frames() const { return wire_->FramesForStack(); }
  /// Asks for the link address of the stack's; whether it has answered.
  bool AnswersNeighbour();
  /// The oldest segment or datagram that the stack has sent since it was asked last, others skipped.
  /// `to`: its port; 0 for any.
  std::optional<packet::Segment> NextSegment(std::uint16_t to = 0);
  std::optional<packet::Datagram> NextDatagram();
  /// All packets, as they were sent.
  const std::vector<packet::Octets>& all_sent() const { return all_sent_; }
  /// Whether every frame had the stack's own address as its source.
  bool own_mac() const { return own_mac_; }

  // ---- Sockets

  TrialAddress Local(std::uint16_t port) const { return AddressOf(hosts_.local, port); }
  TrialAddress Any(std::uint16_t port) const { return AddressOf({}, port); }
  TrialAddress Remote(std::uint16_t port) const { return AddressOf(hosts_.remote, port); }
  std::uint16_t PortOf(const sockaddr_storage& address) const;

  // Each throws Leave where it cannot be had.
  int Open(int type);
  /// A socket that is bound to kPort.
  int Bound(int type);
  int Listener();
  struct Connection {
    int fd;
    std::uint16_t peer_port;
    std::uint32_t seq;  // what the peer sends next
    std::uint32_t ack;  // and expects
  };
  /// Accepted from this listener.
  Connection Accept(int listener, std::uint16_t peer_port);
  /// A segment of the peer's, with its numbers; SYN, FIN and payload are counted.
  void Send(Connection* connection, std::uint8_t flags, std::size_t payload);

 private:
  TrialAddress AddressOf(const std::array<std::uint8_t, 16>& ip, std::uint16_t port) const;
  void Receive();
  void Poll();

  const std::string path_;
  const std::uint16_t mtu_;
  StackReport* report_;
  packet::Hosts hosts_;
  std::unique_ptr<LunaV1>* kept_;
  std::unique_ptr<Wire> wire_;
  LeakWatch leaks_;
  Gateway gateway_;
  std::unique_ptr<LunaV1> stack_;
  bool ended_ = false;
  bool own_mac_ = true;
  bool neighbour_answered_ = false;
  std::uint64_t due_us_ = UINT64_MAX;
  std::vector<packet::Octets> all_sent_;
  std::size_t read_ = 0;
};
static_assert(!std::is_copy_constructible_v<Trial>);

}  // namespace lunadrill
