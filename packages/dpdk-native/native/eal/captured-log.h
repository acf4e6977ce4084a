// What DPDK logs while something is tried, kept for the error's message instead of stderr. Any thread, one at a time.
// Read first: rte_log.h.
#pragma once
#include <rte_log.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace lunadrill {

class CapturedLog {
 public:
  CapturedLog() : stream_(::open_memstream(&text_, &size_)) {
    if (stream_ != nullptr) rte_openlog_stream(stream_);
  }
  CapturedLog(const CapturedLog&) = delete;
  CapturedLog& operator=(const CapturedLog&) = delete;
  ~CapturedLog() {
    rte_openlog_stream(stderr);
    if (stream_ != nullptr) std::fclose(stream_);
    std::free(text_);
  }
  /// Where more may be written that is to be kept; null without memory.
  FILE* stream() const { return stream_; }
  /// Its lines so far as one, "; " between them.
  std::string Text() const {
    if (stream_ == nullptr) return "";
    std::fflush(stream_);
    std::string text;
    for (const char each : std::string(text_, size_)) text += each == '\n' ? std::string("; ") : std::string(1, each);
    while (!text.empty() && (text.back() == ' ' || text.back() == ';')) text.pop_back();
    return text;
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  FILE* stream_;
};

}  // namespace lunadrill
