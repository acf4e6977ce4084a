// lunadrill-guard [--netns=private|prefer|host] [--room=FOLDER] -- PROGRAM ARGS...: runs a program in a network
// namespace of its own and sees that nothing below it outlives it. Namespaces must be entered before Node has threads,
// hence a program. With a room, the program may change files in that folder alone, which is removed when it has ended.
// Read first: prctl(2) PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER, user_namespaces(7), signal(7).
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "guard/descendants.h"
#include "guard/enter.h"
#include "guard/room.h"
#include "util/failure.h"

namespace lunadrill::guard {
namespace {

constexpr int kUsage = 125;  // the guard itself failed, as env(1) and nohup(1) have it
constexpr int kNotRunnable = 126;
constexpr int kNotFound = 127;
constexpr std::string_view kRoom = "--room=";

struct Order {
  Netns netns = Netns::kPrivate;
  std::string room;
  char** program = nullptr;
};

bool Parse(int argc, char** argv, Order* order) {
  int at = 1;
  for (; at < argc && std::string_view(argv[at]) != "--"; ++at) {
    const std::string_view word = argv[at];
    if (word == "--netns=private") {
      order->netns = Netns::kPrivate;
    } else if (word == "--netns=prefer") {
      order->netns = Netns::kPrefer;
    } else if (word == "--netns=host") {
      order->netns = Netns::kHost;
    } else if (word.substr(0, kRoom.size()) == kRoom && word.size() > kRoom.size()) {
      order->room = word.substr(kRoom.size());
    } else {
      return false;
    }
  }
  if (at + 1 >= argc) return false;
  order->program = argv + at + 1;
  return true;
}

// What the guard acts on. A signal that is ignored on entry (nohup, a shell's background job) stays ignored.
sigset_t Watched() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGCHLD);
  ::signal(SIGCHLD, SIG_DFL);  // ignored, it would reap children unseen
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    struct sigaction now {};
    if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) ::sigaddset(&signals, number);
  }
  return signals;
}

// A child that gets `on_death` when this process dies.
pid_t Fork(int on_death) {
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    std::fprintf(stderr, "lunadrill-guard: LD_GUARD_FORK: cannot fork: %s\n", std::strerror(errno));
    std::exit(kUsage);
  }
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, on_death);
    if (::getppid() != parent) ::_exit(kUsage);  // it died before the line above
  }
  return child;
}

// What crashes leaves a record of its own (engine's flight/), and no file of hundreds of megabytes where the user
// works.
void LeaveNoCore() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  limit.rlim_cur = 0;
  ::setrlimit(RLIMIT_CORE, &limit);
}

[[noreturn]] void RunProgram(const Order& order, const sigset_t& mask) {
  char** const program = order.program;
  ::sigprocmask(SIG_SETMASK, &mask, nullptr);
  if (!order.room.empty()) ConfineTo(order.room);
  ::execvp(program[0], program);
  const int error = errno;
  std::fprintf(stderr, "lunadrill-guard: LD_GUARD_EXEC: cannot run %s: %s\n", program[0], std::strerror(error));
  ::_exit(error == ENOENT ? kNotFound : kNotRunnable);
}

// The child's descriptors are the child's alone: the other end of an IPC channel must see it close with the child.
void CloseInherited() {
  if (::syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
  for (int fd = 3; fd < static_cast<int>(::sysconf(_SC_OPEN_MAX)); ++fd) ::close(fd);
}

// As the program ended, so does the guard.
[[noreturn]] void EndLike(int status) {
  if (!WIFSIGNALED(status)) std::exit(WEXITSTATUS(status));
  const int number = WTERMSIG(status);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::prctl(PR_SET_DUMPABLE, 0);
  ::signal(number, SIG_DFL);
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, number);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::raise(number);
  std::exit(128 + number);
}

// A program that was stopped is told as well: a script's command can do it (kill -STOP $PPID), and nobody would wait
// for the end of its run in vain. One that has a room is out of its scripts' reach: whoever stops it lets it go on.
pid_t Reap(int* status) { return ::waitpid(-1, status, WNOHANG | WUNTRACED); }

[[noreturn]] void Watch(pid_t child, const sigset_t& signals, const std::string& room) {
  CloseInherited();
  for (;;) {
    const int number = ::sigwaitinfo(&signals, nullptr);
    if (number < 0) continue;
    if (number != SIGCHLD) {
      KillDescendants();
      RemoveRoom(room);
      std::exit(128 + number);
    }
    int status = 0;
    for (pid_t ended = Reap(&status); ended > 0; ended = Reap(&status)) {
      if (ended != child) continue;
      if (WIFSTOPPED(status)) {
        if (room.empty()) ::kill(child, SIGCONT);
        continue;
      }
      KillDescendants();
      RemoveRoom(room);
      EndLike(status);
    }
  }
}

int Main(int argc, char** argv) {
  const pid_t parent = ::getppid();
  Order order;
  if (!Parse(argc, argv, &order)) {
    std::fprintf(stderr, "usage: lunadrill-guard [--netns=private|prefer|host] [--room=FOLDER] -- PROGRAM ARGS...\n");
    return kUsage;
  }
  const sigset_t signals = Watched();
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  try {
    ::setenv("LUNADRILL_NETNS", EnterNamespace(order.netns) ? "private" : "host", 1);
  } catch (const Failure& failure) {
    std::fprintf(stderr, "lunadrill-guard: %s: %s\n", failure.code(), failure.what());
    return kUsage;
  }
  // After the change of credentials, which clears it. A parent that died before is seen by the next line.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) return 128 + SIGTERM;

  // Two guards, one below the other, that watch alike: whichever of them is killed by SIGKILL, the other cleans up.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1UL);
  if (const pid_t inner = Fork(SIGTERM); inner != 0) Watch(inner, signals, order.room);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1UL);  // not inherited
  if (const pid_t program = Fork(SIGKILL); program != 0) Watch(program, signals, order.room);
  LeaveNoCore();
  RunProgram(order, before);
}

}  // namespace
}  // namespace lunadrill::guard

int main(int argc, char** argv) { return lunadrill::guard::Main(argc, argv); }
