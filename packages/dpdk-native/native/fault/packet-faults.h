// What packets suffer on the way between the tester and the stack's port: they are lost, doubled, overtaken, changed or
// late. Each fault looks at the packets that those begun before it have let pass. Whole IP packets only: questions of
// ARP and neighbour discovery are not among them. Host thread; nothing here allocates once it is made.
// Read first: packet-choice.h, docs/interference.md.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <type_traits>
#include <vector>

#include "fault/fault-order.h"
#include "fault/packet-choice.h"
#include "port/wire.h"

namespace lunadrill {

class PacketFaults {
 public:
  // Bits of FaultOrder.direction.
  static constexpr std::uint32_t kToStack = 1;
  static constexpr std::uint32_t kFromStack = 2;
  /// As many may go on at once.
  static constexpr std::size_t kFaults = 64;
  /// As many packets are kept at once; more are lost.
  static constexpr std::size_t kKept = 500;

  /// Takes a packet where it is going, the order of calls being their order on the wire.
  using Deliver = std::function<void(std::uint32_t direction, const std::uint8_t* packet, std::size_t length)>;

  /// `wire` outlives this.
  PacketFaults(Wire* wire, Deliver deliver);
  PacketFaults(const PacketFaults&) = delete;
  PacketFaults& operator=(const PacketFaults&) = delete;
  /// What is kept is lost.
  ~PacketFaults();

  /// Whether there is a fault of this kind (layout::fault_kind) here.
  static bool Knows(std::uint32_t kind);
  /// From now on. False where too many go on already.
  bool Begin(const FaultOrder& order, double now_us);
  /// Ends all of them; what is kept is delivered.
  void Clear();

  /// A packet is on its way.
  void Pass(std::uint32_t direction, const std::uint8_t* packet, std::size_t length, double now_us);

  /// When a packet that is kept has to go; infinity where there is none.
  double NextUs() const { return next_us_; }
  /// Lets those go; whether there were any.
  bool ReleaseAt(double now_us);

 private:
  struct Fault {
    FaultOrder order;
    PacketChoice choice;
  };
  // What the faults make of one packet.
  struct Fate {
    const std::uint8_t* packet;
    std::uint32_t copies = 1;
    std::uint32_t ahead = 0;  // packets that are to overtake it
    double wait_us = 0;       // for them, at most
    double delay_us = 0;
    bool lost = false;
  };
  struct Kept {
    rte_mbuf* packet;
    std::uint32_t direction;
    std::uint32_t copies;
    std::uint32_t ahead;
    bool overtakes;  // it may be one of those that another one waits for
    double free_us;  // it goes when nothing is ahead any more, and not before this
    double due_us;   // it goes then in any case
  };

  void Meet(Fault* met, std::uint32_t direction, std::size_t length, double now_us, Fate* fate);
  void Corrupt(Fault* met, std::uint32_t direction, std::size_t length, Fate* fate);
  void Keep(std::uint32_t direction, std::size_t length, const Fate& fate, double now_us);
  void Overtake(std::uint32_t direction, double now_us);
  Kept TakeNext();
  void FindNext();

  Wire* const wire_;
  const Deliver deliver_;
  std::vector<Fault> faults_;
  std::vector<Kept> kept_;  // in the order that they came in
  std::size_t next_ = 0;    // in kept_; of no meaning where it is empty
  double next_us_ = std::numeric_limits<double>::infinity();
  std::unique_ptr<std::uint8_t[]> changed_;
};
static_assert(!std::is_copy_constructible_v<PacketFaults>);

}  // namespace lunadrill
