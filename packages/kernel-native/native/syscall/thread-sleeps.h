// Whether a thread of this process sleeps. Read first: proc(5), /proc/self/task/TID/stat.
#pragma once
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "util/descriptor.h"

namespace lunadrill {

/// Field 3 of stat, after the name in brackets: S is an interruptible sleep.
inline bool ThreadSleeps(int thread_id) {
  char text[256];
  const Descriptor stat(
      ::open(("/proc/self/task/" + std::to_string(thread_id) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  const ssize_t length = ::read(stat.get(), text, sizeof text - 1);
  if (length <= 0) return false;
  text[length] = '\0';
  const char* bracket = std::strrchr(text, ')');
  return bracket != nullptr && bracket[1] == ' ' && bracket[2] == 'S';
}

}  // namespace lunadrill
