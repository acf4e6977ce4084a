// What DPDK logs while something is tried, kept for the error's message instead of stderr. Any thread, one at a time;
// meanwhile and later EAL's own threads may log, too. Read first: rte_log.h.
#pragma once
#include <cstdio>
#include <string>
#include <type_traits>

namespace lunadrill {

class CapturedLog {
 public:
  CapturedLog();
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;
  ~CapturedLog();

  /// Where more may be written that is to be kept; null without memory.
  FILE* stream() const;
  /// Its lines so far as one, "; " between them.
  std::string Text() const;
};
static_assert(!std::is_copy_constructible_v<CapturedLog>);

}  // namespace lunadrill
