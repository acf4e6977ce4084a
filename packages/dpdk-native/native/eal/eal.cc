#include "eal/eal.h"

#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <mutex>
#include <optional>

#include "eal/captured-log.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

// EAL's state is the process's, so this is too.
struct Process {
  std::mutex mutex;
  std::optional<std::vector<std::string>> extra;  // once initialised
  std::string runtime;
  std::vector<std::string> words;  // EAL keeps pointers to its arguments
  std::vector<char*> pointers;
};

Process& TheProcess() {
  static Process process;
  return process;
}

// EAL's usage, and getopt's words about an option, go where the C library's streams lead: here into the log, or
// nowhere.
class QuietStreams {
 public:
  explicit QuietStreams(FILE* log) : nowhere_(std::fopen("/dev/null", "we")), out_(stdout), error_(stderr) {
    if (nowhere_ != nullptr) stdout = nowhere_;
    if (log != nullptr) stderr = log;
  }
  QuietStreams(const QuietStreams&) = delete;
  QuietStreams& operator=(const QuietStreams&) = delete;
  ~QuietStreams() {
    stdout = out_;
    stderr = error_;
    if (nowhere_ != nullptr) std::fclose(nowhere_);
  }

 private:
  FILE* nowhere_;
  FILE* out_;
  FILE* error_;
};

// One lcore that may run wherever this thread may: mapped to a single CPU, EAL would bind the thread to it.
std::string Lcores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  ::sched_getaffinity(0, sizeof allowed, &allowed);
  std::string list;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) list += (list.empty() ? "" : ",") + std::to_string(cpu);
  }
  return "--lcores=0@(" + list + ")";
}

// Whether one of the options is among them, however its value is written (-a ADDRESS, --allow=ADDRESS).
bool HasAny(const std::vector<std::string>& words, std::initializer_list<std::string> options) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    const std::string name = word.substr(0, word.find('='));
    const std::string flag = word.rfind("--", 0) == 0 ? name : word.substr(0, 2);
    return std::find(options.begin(), options.end(), flag) != options.end();
  });
}

}  // namespace

void InitEal(const std::vector<std::string>& extra) {
  Process& process = TheProcess();
  const std::lock_guard<std::mutex> lock(process.mutex);
  if (process.extra) {
    if (*process.extra == extra) return;
    throw Failure("LD_EAL", "DPDK is initialised in this process already, with other arguments");
  }
  process.words = {"lunadrill", "--no-shconf", "--no-telemetry", "--log-level=error", Lcores()};
  // A card is wanted where one is named, hugepages where their use is.
  if (!HasAny(extra, {"-a", "--allow", "-b", "--block"})) process.words.push_back("--no-pci");
  if (HasAny(extra, {"--socket-mem", "--huge-dir"})) {
    process.words.push_back("--huge-unlink");
  } else {
    process.words.insert(process.words.end(), {"--no-huge", "-m", std::to_string(kEalMemory >> 20)});
  }
  process.words.insert(process.words.end(), extra.begin(), extra.end());
  const char* runtime = std::getenv("RUNTIME_DIRECTORY");
  process.runtime = runtime == nullptr ? "" : runtime;
  process.pointers.clear();
  for (std::string& word : process.words) process.pointers.push_back(word.data());
  process.pointers.push_back(nullptr);
  const CapturedLog log;
  int up = 0;
  {
    const QuietStreams quiet(log.stream());
    up = rte_eal_init(static_cast<int>(process.words.size()), process.pointers.data());
  }
  if (up < 0) {
    const std::string said = log.Text();
    throw Failure("LD_EAL", "DPDK does not initialise" + (said.empty() ? "" : " (" + said + ")"), rte_errno,
                  "rte_eal_init");
  }
  process.extra = extra;
}

std::string EalRuntimeFolder() {
  Process& process = TheProcess();
  const std::lock_guard<std::mutex> lock(process.mutex);
  return process.runtime;
}

std::size_t EalHeapTaken() {
  std::size_t taken = 0;
  for (int socket = 0; socket < RTE_MAX_NUMA_NODES; ++socket) {
    rte_malloc_socket_stats heap{};
    if (rte_malloc_get_socket_stats(socket, &heap) == 0) taken += heap.heap_allocsz_bytes;
  }
  return taken;
}

bool EalReady() {
  Process& process = TheProcess();
  const std::lock_guard<std::mutex> lock(process.mutex);
  return process.extra.has_value();
}

}  // namespace lunadrill
