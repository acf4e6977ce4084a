#include "leak/heap-check.h"

#include <dlfcn.h>
#include <rte_memory.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>

#include "recorder/sanitizer-report.h"

namespace lunadrill::heap {
namespace {

// By name: the addon is built without the runtime.
template <typename Function>
Function Runtime(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

// Whether a process may trace another one here, and nobody traces this one: LeakSanitizer stops threads that way, and
// ends the process where it cannot.
bool MayTrace() {
  static const bool may = [] {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : 1);
    int status = 1;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
  }();
  if (!may) return false;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("TracerPid:", 0) == 0) return line.substr(10).find_first_not_of("\t 0") == std::string::npos;
  }
  return true;
}

// The memory of DPDK, which a stack may keep its pointers in; in as few pieces as there are, since each costs
// LeakSanitizer a look through /proc/self/maps.
void EachSegment(void (*visit)(const void* start, std::size_t octets)) {
  rte_memseg_contig_walk(
      [](const rte_memseg_list*, const rte_memseg* first, std::size_t octets, void* visitor) {
        reinterpret_cast<void (*)(const void*, std::size_t)>(visitor)(first->addr, octets);
        return 0;
      },
      reinterpret_cast<void*>(visit));
}

}  // namespace

void Watch(const std::atomic<std::uint32_t>* in_stack) {
  const auto watch = Runtime<void (*)(const std::atomic<std::uint32_t>*)>("lunadrill_heap_of_stack");
  if (watch != nullptr) watch(in_stack);
}

std::string Lost() {
  if (Runtime<void*>("lunadrill_heap_of_stack") == nullptr) return "";
  const auto check = Runtime<int (*)()>("__lsan_do_recoverable_leak_check");
  const auto add = Runtime<void (*)(const void*, std::size_t)>("__lsan_register_root_region");
  const auto remove = Runtime<void (*)(const void*, std::size_t)>("__lsan_unregister_root_region");
  if (check == nullptr || add == nullptr || remove == nullptr || !MayTrace()) return "";
  recorder::ForgetSaid();
  EachSegment(add);
  const bool lost = check() != 0;
  EachSegment(remove);
  return lost ? recorder::Said() : "";
}

}  // namespace lunadrill::heap
