// lunadrill-guest: the first process of a kernel in virtual time (User Mode Linux). Makes the guest's file system,
// starts the program that the host has named, reaps whatever is left over, and switches the guest off when that program
// has ended. LUNADRILL_POST (from the kernel's command line): a folder of the host's, which holds
//   command, environment   of the program, each word or variable ended by NUL
//   stdout, stderr         what it and its children write
//   ended                  made here, as the last thing: `exit STATUS`, `signal NUMBER` or `refused REASON`
// Read first: guest/root.h; engine/src/virtual-kernel/boot.ts, its counterpart.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "guest/root.h"
#include "netlink/route-socket.h"
#include "util/descriptor.h"
#include "util/failure.h"
#include "util/words.h"

namespace lunadrill::guest {
namespace {

using Words = std::vector<std::string>;

Words ReadWords(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) throw Failure("LD_GUEST_POST", "cannot read " + path, errno, "open");
  std::string text;
  char chunk[4096];
  for (ssize_t length = 0; (length = ::read(file.get(), chunk, sizeof chunk)) > 0;) {
    text.append(chunk, static_cast<std::size_t>(length));
  }
  Words words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\0', at);
    if (end == std::string::npos) break;
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

void Say(const std::string& text) {
  const Descriptor file(
      ::open((std::string(kPost) + "/ended").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  [[maybe_unused]] const ssize_t written = ::write(file.get(), text.data(), text.size());
}

void Redirect(int fd, const char* path, int flags) {
  const Descriptor file(::open(path, flags, 0644));
  if (!file.open() || ::dup2(file.get(), fd) < 0) throw Failure("LD_GUEST_POST", path, errno, "open");
}

[[noreturn]] void RunProgram(const Words& command, const Words& environment) {
  ::setsid();
  std::vector<char*> arguments = Pointers(command);
  std::vector<char*> variables = Pointers(environment);
  ::execve(arguments[0], arguments.data(), variables.data());
  std::fprintf(stderr, "lunadrill-guest: cannot run %s: %m\n", arguments[0]);
  ::_exit(127);
}

// Of the program itself; everything else that comes to this process is an orphan.
int WaitFor(pid_t program) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended == program) return status;
    if (ended < 0 && errno != EINTR) return 0;
  }
}

void Run(const char* post) {
  const Words command = ReadWords(std::string(post) + "/command");
  const Words environment = ReadWords(std::string(post) + "/environment");
  if (command.empty()) throw Failure("LD_GUEST_POST", "no command");
  EnterRoot(post);
  Redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  Redirect(STDOUT_FILENO, (std::string(kPost) + "/stdout").c_str(), O_WRONLY | O_CREAT | O_APPEND);
  Redirect(STDERR_FILENO, (std::string(kPost) + "/stderr").c_str(), O_WRONLY | O_CREAT | O_APPEND);
  RouteSocket().SetLinkUp(1);
  const pid_t program = ::fork();
  if (program < 0) throw Failure("LD_GUEST_POST", "cannot fork", errno, "fork");
  if (program == 0) RunProgram(command, environment);
  const int status = WaitFor(program);
  Say(WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                          : "exit " + std::to_string(WEXITSTATUS(status)));
}

int Main() {
  const char* post = std::getenv("LUNADRILL_POST");
  if (::getpid() != 1 || post == nullptr) {
    std::fprintf(stderr, "lunadrill-guest is the first process of a guest, and nothing else\n");
    return 2;
  }
  // Orphans are its children (engine/src/embed/strays.ts).
  ::prctl(PR_SET_NAME, "lunadrill-guest");
  try {
    Run(post);
  } catch (const Failure& failure) {
    std::fprintf(stderr, "lunadrill-guest: %s: %s\n", failure.code(), failure.what());
    Say(std::string("refused ") + failure.what());
  }
  ::reboot(RB_POWER_OFF);
  return 1;
}

}  // namespace
}  // namespace lunadrill::guest

int main() { return lunadrill::guest::Main(); }
