#include "eal/captured-log.h"

#include <rte_log.h>
#include <sys/types.h>

#include <mutex>

namespace lunadrill {
namespace {

// One for the process, never closed: a thread that logs may have looked the stream up long before it writes.
struct Log {
  std::mutex mutex;
  std::string text;
  bool kept = false;
  FILE* stream = nullptr;
};

// What comes when nobody listens any more belongs to what was tried before.
ssize_t Keep(void* cookie, const char* octets, std::size_t length) {
  auto* log = static_cast<Log*>(cookie);
  const std::lock_guard<std::mutex> lock(log->mutex);
  if (log->kept) log->text.append(octets, length);
  return static_cast<ssize_t>(length);
}

Log& TheLog() {
  static Log* const log = [] {
    auto* made = new Log;
    made->stream = ::fopencookie(made, "w", {nullptr, Keep, nullptr, nullptr});
    return made;
  }();
  return *log;
}

void Listen(Log* log, bool kept) {
  if (log->stream != nullptr) std::fflush(log->stream);
  const std::lock_guard<std::mutex> lock(log->mutex);
  log->text.clear();
  log->kept = kept;
}

}  // namespace

CapturedLog::CapturedLog() {
  Log& log = TheLog();
  Listen(&log, true);
  if (log.stream != nullptr) rte_openlog_stream(log.stream);
}

CapturedLog::~CapturedLog() {
  rte_openlog_stream(stderr);
  Listen(&TheLog(), false);
}

FILE* CapturedLog::stream() const { return TheLog().stream; }

std::string CapturedLog::Text() const {
  Log& log = TheLog();
  if (log.stream == nullptr) return "";
  std::fflush(log.stream);
  const std::lock_guard<std::mutex> lock(log.mutex);
  std::string text;
  for (const char each : log.text) text += each == '\n' ? std::string("; ") : std::string(1, each);
  while (!text.empty() && (text.back() == ' ' || text.back() == ';')) text.pop_back();
  return text;
}

}  // namespace lunadrill
