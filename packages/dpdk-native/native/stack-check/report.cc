#include "stack-check/report.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lunadrill {
namespace {

std::string ErrnoText(std::int64_t result) {
  const char* name = ::strerrorname_np(static_cast<int>(-result));
  return name == nullptr ? std::to_string(result) : std::string("-") + name;
}

// A field is one line without tabs.
std::string Field(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char each) { return each == '\t' || each == '\n' || each == '\r'; }, ' ');
  return text;
}

}  // namespace

bool Wanted::Has(std::int64_t result) const {
  if (refused && result < 0 && result >= -4095) return true;
  return result >= least || std::find(values.begin(), values.end(), result) != values.end();
}

std::string Wanted::Text() const {
  std::string text;
  const auto add = [&](const std::string& each) { text += (text.empty() ? "" : " or ") + each; };
  for (const std::int64_t value : values) add(value < 0 ? ErrnoText(value) : std::to_string(value));
  if (least != kNone) add(std::to_string(least) + " or more");
  if (refused) add("a negative errno");
  return text;
}

std::string StackReport::ResultText(std::int64_t result) {
  if (result >= 0) return std::to_string(result);
  // Whoever returns a system call's result has forgotten the errno.
  return ErrnoText(result) + (result == -1 ? " (-1: errors are negative errno numbers, not -1)" : "");
}

void StackReport::Stack(const struct ::luna_stack_v1& table) {
  const auto text = [](const char* given) { return std::string(given == nullptr ? "" : given); };
  Say({"stack", text(table.name), text(table.version), std::to_string(table.abi_major), std::to_string(table.abi_minor),
       std::to_string(table.capabilities)});
}

void StackReport::Try(const char* function, const std::string& what) { Say({"try", function, what + suffix_}); }

void StackReport::That(const char* function, const std::string& what, bool holds, const std::string& expected,
                       const std::string& actual) {
  Try(function, what);
  if (holds) {
    Say({"pass"});
  } else {
    Say({"fail", expected, actual});
  }
}

void StackReport::Say(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += (line.empty() ? "" : "\t") + Field(field);
  line += '\n';
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t written = ::write(fd_, line.data() + done, line.size() - done);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno == EAGAIN) {
      pollfd room = {fd_, POLLOUT, 0};
      ::poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return;  // whoever reads has gone
    }
  }
}

}  // namespace lunadrill
