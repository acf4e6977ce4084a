// A net_pcap device beside the wire: the frames of one capture come to the stack at their times, what the stack sends
// goes into another one, stamped with the run's time. Host thread. Read first: docs/ports.md, "Captures";
// capture-file.h; rte_ethdev.h.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

#include "port/device.h"
#include "util/descriptor.h"

struct rte_mbuf;

namespace lunadrill {

class Capture {
 public:
  /// Whether an IP packet of the capture is for the stack.
  using Feeds = std::function<bool(const std::uint8_t* packet, std::size_t length)>;

  /// `pool`: of frames in one piece. `first_us`: the run's time that the first frame comes at. LD_PORT; `out` is left
  /// alone then.
  Capture(const std::string& in, const std::string& out, double first_us, rte_mempool* pool);
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture();

  /// The run's time has begun.
  void Start(Feeds feeds);
  /// When the next packet comes; infinity where none is left.
  double NextUs() const { return next_us_; }
  /// Calls `visit(packet, length)` for each that has come.
  template <typename Visit>
  void Play(double now_us, Visit visit) {
    while (next_us_ <= now_us) {
      visit(packet_, length_);
      Advance();
    }
  }

  /// A frame of the stack's. Where the file takes no more, nothing more is written, and `trouble` says so.
  void Write(const std::uint8_t* frame, std::size_t length, double now_us);
  /// Empty: none.
  const std::string& trouble() const { return trouble_; }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  void Advance();
  bool IsFed();
  void OpenOutput(const std::string& out, const Descriptor& in);

  rte_mempool* pool_;
  Descriptor in_;
  Descriptor staging_;  // nameless: what net_pcap writes
  Descriptor out_;
  std::optional<Device> device_;
  std::string out_name_;
  std::string trouble_;
  off_t staged_ = 24;  // octets of it that are in `out_`, or its head
  double first_us_;

  Feeds feeds_;
  rte_mbuf* frame_ = nullptr;  // the next one
  const std::uint8_t* packet_ = nullptr;
  std::size_t length_ = 0;
  double next_us_ = kNever;
  std::int64_t zero_us_ = -1;  // the capture's time of the first
};
static_assert(!std::is_copy_constructible_v<Capture>);

}  // namespace lunadrill
