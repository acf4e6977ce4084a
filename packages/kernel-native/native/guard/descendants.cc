#include "guard/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "util/descriptor.h"

namespace lunadrill::guard {
namespace {

constexpr int kRounds = 300;  // of 10 ms each

// Field 4 of /proc/PID/stat; 0 if the process has gone.
pid_t ParentOf(const char* pid) {
  const Descriptor file(::open((std::string("/proc/") + pid + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  char text[256];
  const ssize_t length = file.open() ? ::read(file.get(), text, sizeof text - 1) : 0;
  if (length <= 0) return 0;
  text[length] = '\0';
  const char* bracket = std::strrchr(text, ')');  // the name before it may hold anything
  return bracket != nullptr && std::strlen(bracket) > 4 ? static_cast<pid_t>(std::atol(bracket + 4)) : 0;
}

std::vector<pid_t> Children() {
  std::vector<pid_t> children;
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) return children;
  while (const dirent* entry = ::readdir(processes)) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    if (ParentOf(entry->d_name) == ::getpid()) children.push_back(static_cast<pid_t>(std::atol(entry->d_name)));
  }
  ::closedir(processes);
  return children;
}

}  // namespace

void KillDescendants() {
  sigset_t child;
  ::sigemptyset(&child);
  ::sigaddset(&child, SIGCHLD);
  for (int round = 0; round < kRounds; ++round) {
    pid_t reaped = 0;
    do {
      reaped = ::waitpid(-1, nullptr, WNOHANG);
    } while (reaped > 0);
    if (reaped < 0) return;  // ECHILD: none is left
    for (const pid_t pid : Children()) ::kill(pid, SIGKILL);
    const timespec wait{0, 10'000'000};
    ::sigtimedwait(&child, nullptr, &wait);  // blocked in the guard, so it is pending if it came before
  }
}

}  // namespace lunadrill::guard
