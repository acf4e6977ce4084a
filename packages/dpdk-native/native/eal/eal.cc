#include "eal/eal.h"

#include <rte_debug.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <sched.h>

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
  std::vector<std::string> words;                 // EAL keeps pointers to its arguments
  std::vector<char*> pointers;
};

Process& TheProcess() {
  static Process process;
  return process;
}

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

}  // namespace

void InitEal(const std::vector<std::string>& extra) {
  Process& process = TheProcess();
  const std::lock_guard<std::mutex> lock(process.mutex);
  if (process.extra) {
    if (*process.extra == extra) return;
    throw Failure("LD_EAL", "DPDK is initialised in this process already, with other arguments");
  }
  process.words = {"lunadrill",      "--no-huge",         "-m",    "128", "--no-pci", "--no-shconf",
                   "--no-telemetry", "--log-level=error", Lcores()};
  process.words.insert(process.words.end(), extra.begin(), extra.end());
  process.pointers.clear();
  for (std::string& word : process.words) process.pointers.push_back(word.data());
  process.pointers.push_back(nullptr);
  const CapturedLog log;
  if (rte_eal_init(static_cast<int>(process.words.size()), process.pointers.data()) < 0) {
    const std::string said = log.Text();
    throw Failure("LD_EAL", "DPDK does not initialise" + (said.empty() ? "" : " (" + said + ")"), rte_errno,
                  "rte_eal_init");
  }
  process.extra = extra;
}

bool EalReady() {
  Process& process = TheProcess();
  const std::lock_guard<std::mutex> lock(process.mutex);
  return process.extra.has_value();
}

}  // namespace lunadrill
