// The moment at which a frame was sent, kept in its mbuf: for those who give a frame to a port later than it was sent.
// Read first: rte_mbuf_dyn.h.
#pragma once
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>

#include <cstdint>

namespace lunadrill {

class SentTime {
 public:
  /// Once per process; cheap afterwards. Without room in mbufs no time is kept.
  SentTime() : offset_(rte_mbuf_dynfield_register(&kField)), flag_(rte_mbuf_dynflag_register(&kFlag)) {}

  /// CLOCK_MONOTONIC.
  void Set(rte_mbuf* frame, std::int64_t ns) const {
    if (offset_ < 0 || flag_ < 0) return;
    *RTE_MBUF_DYNFIELD(frame, offset_, std::int64_t*) = ns;
    frame->ol_flags |= std::uint64_t{1} << flag_;
  }
  /// 0 where nobody has set it.
  std::int64_t Get(const rte_mbuf* frame) const {
    if (offset_ < 0 || flag_ < 0 || (frame->ol_flags & (std::uint64_t{1} << flag_)) == 0) return 0;
    return *RTE_MBUF_DYNFIELD(frame, offset_, const std::int64_t*);
  }

 private:
  static constexpr rte_mbuf_dynfield kField = {"lunadrill_sent_ns", sizeof(std::int64_t), alignof(std::int64_t), 0};
  static constexpr rte_mbuf_dynflag kFlag = {"lunadrill_sent", 0};

  int offset_;
  int flag_;
};

}  // namespace lunadrill
