#include "recorder/sanitizer-report.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "recorder/flight-recorder.h"

namespace lunadrill::recorder {
namespace {

constexpr std::size_t kRoom = 1 << 20;

// The file in memory that runtimes print into; -1 without one.
int said = -1;

// The function of a runtime that sets where it prints: each has its own, under the same name. Null where it is not
// here.
using PrintInto = void (*)(void* fd);
PrintInto ubsan = nullptr;

// A descriptor of its own, since a runtime that begins closes what it has, or what another runtime has.
void Redirect(PrintInto print_into) {
  if (print_into == nullptr) return;
  const int own = ::fcntl(said, F_DUPFD_CLOEXEC, 0);
  if (own >= 0) print_into(reinterpret_cast<void*>(static_cast<std::intptr_t>(own)));
}

// `word`: of the runtime's file name.
PrintInto FindRuntime(const char* word) {
  struct Search {
    const char* word;
    std::string name;
  } search{word, {}};
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* into) {
        auto* const wanted = static_cast<Search*>(into);
        const std::string name = info->dlpi_name;
        if (name.find(wanted->word) != std::string::npos) wanted->name = name;
        return wanted->name.empty() ? 0 : 1;
      },
      &search);
  if (search.name.empty()) return nullptr;
  void* const runtime = ::dlopen(search.name.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (runtime == nullptr) return nullptr;
  const auto print_into = reinterpret_cast<PrintInto>(::dlsym(runtime, "__sanitizer_set_report_fd"));
  ::dlclose(runtime);
  return print_into;
}

}  // namespace

void TakeSanitizerReports() {
  if (said >= 0 || ::dlsym(RTLD_DEFAULT, "__sanitizer_set_report_fd") == nullptr) return;
  said = ::memfd_create("sanitizer", MFD_CLOEXEC);
  if (said < 0) return;
  ::fcntl(said, F_SETFL, O_APPEND);
  Redirect(FindRuntime("asan"));
  ubsan = FindRuntime("ubsan");
  // By name: the addon is built without it.
  using Listener = void (*)(const char* report);
  const auto listen = reinterpret_cast<void (*)(Listener)>(::dlsym(RTLD_DEFAULT, "__asan_set_error_report_callback"));
  if (listen != nullptr) listen(Report);
  // UBSan's runtime begins at its first finding: with stderr, whatever it was told before.
  using OnFinding = void (*)(void (*call)());
  const auto before_ubsan = reinterpret_cast<OnFinding>(::dlsym(RTLD_DEFAULT, "lunadrill_before_ubsan_prints"));
  if (before_ubsan != nullptr) before_ubsan([] { Redirect(ubsan); });
}

std::size_t SaidInto(void* room, std::size_t octets) {
  if (said < 0) return 0;
  const int kept = errno;
  const ssize_t got = ::pread(said, room, octets, 0);
  errno = kept;
  return got < 0 ? 0 : static_cast<std::size_t>(got);
}

std::string Said() {
  std::string text(kRoom, '\0');
  text.resize(SaidInto(text.data(), text.size()));
  return text;
}

void ForgetSaid() {
  if (said >= 0 && ::ftruncate(said, 0) != 0) said = -1;
}

}  // namespace lunadrill::recorder
