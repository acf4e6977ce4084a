// What goes between the stack's port and the tester: packets become frames, frames become events, with the faults on
// their way and a capture's frames among them. Host thread; nothing here waits, allocates or locks. Read first:
// port/wire.h, neighbour/gateway.h; fault/.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "channel/host-end.h"
#include "fault/packet-faults.h"
#include "fault/port-faults.h"
#include "leak/leak-watch.h"
#include "neighbour/gateway.h"
#include "poll/stack-clock.h"
#include "port/capture.h"
#include "port/wire.h"

namespace lunadrill {

class Traffic {
 public:
  /// All of them outlive this. `leaks`: null where nobody asks.
  Traffic(Wire* wire, Gateway* gateway, StackClock* clock, HostEnd* run, LeakWatch* leaks);
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  /// The run's time has begun, and a capture's with it.
  void Start();
  /// Asks the stack for its link address, as the gateway.
  void Introduce() { TalkToNeighbour(false); }
  /// A packet of the tester's sets out.
  void Inject(const std::uint8_t* packet, std::size_t length, double now_us);
  /// Takes what the stack has sent until now.
  void Receive();

  /// When something happens here by itself next; infinity where nothing does.
  double NextUs() const;
  /// Does it where its moment has come; whether there was any.
  bool ActAt(double now_us);
  /// Ends all faults.
  void ClearFaults();
  PortFaults& port_faults() { return port_faults_; }
  PacketFaults& packet_faults() { return packet_faults_; }

  /// Why nothing can go on; null: it can.
  const char* trouble() const;
  /// Whether an event had no room, and is lost.
  bool overflow() const { return overflow_; }
  /// How many packets of the stack's have become events.
  std::uint64_t sniffed() const { return sniffed_; }
  /// Whether there has been any frame of the stack's.
  bool heard() const { return heard_; }

 private:
  bool Replay(double now_us);
  void Arrive(std::uint32_t direction, const std::uint8_t* packet, std::size_t length);
  void Sniffed(const std::uint8_t* packet, std::size_t length);
  void ToStack(const std::uint8_t* packet, std::size_t length);
  void TalkToNeighbour(bool answer);

  static constexpr double kArrival = std::numeric_limits<double>::quiet_NaN();

  Wire* const wire_;
  Gateway* const gateway_;
  StackClock* const clock_;
  HostEnd* const run_;
  LeakWatch* const leaks_;
  Capture* const capture_;  // null: none

  PortFaults port_faults_{wire_};
  PacketFaults packet_faults_;
  std::uint64_t sniffed_ = 0;
  double sent_us_ = kArrival;  // when the frame that is looked at was sent; NaN where only its arrival is known
  bool heard_ = false;
  bool overflow_ = false;
};
static_assert(!std::is_copy_constructible_v<Traffic>);

}  // namespace lunadrill
