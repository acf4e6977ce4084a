#include "recorder/flight-recorder.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "lunadrill/layout.h"
#include "recorder/fault-context.h"
#include "recorder/sanitizer-report.h"
#include "util/failure.h"

namespace lunadrill::recorder {
namespace {

namespace at = layout::flight;
namespace kind = layout::flight_kind;

constexpr int kFaults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};
// What a stack overflow leaves no room for on the thread's own stack: the unwinder's tables.
constexpr std::size_t kSignalStack = 256 * 1024;
constexpr int kUnwound = at::kFrameRoom + 16;

// Signals are the process's, and their handlers have no other way to what they need.
struct Process {
  std::uint8_t* page = nullptr;
  std::uint8_t* signal_stack = nullptr;
  int watch_signal = 0;
  std::atomic<const std::atomic<std::uint32_t>*> in_stack{nullptr};
  std::atomic<int> host_id{0};
  pthread_t host{};
  std::atomic_flag recording = ATOMIC_FLAG_INIT;
  std::atomic<std::uint32_t> watched{0};
  // glibc's words of an assertion, or of its allocator: size, then text.
  char** abort_message = nullptr;
  stack_t stack_before{};
  struct sigaction before[NSIG] = {};
};

Process process;

std::atomic<std::uint32_t>& Word(std::size_t offset) {
  return *reinterpret_cast<std::atomic<std::uint32_t>*>(process.page + offset);
}

void Put(std::size_t offset, std::uint32_t value) { Word(offset).store(value, std::memory_order_relaxed); }

std::uint32_t Entry() {
  const std::atomic<std::uint32_t>* word = process.in_stack.load();
  return word == nullptr ? 0 : word->load(std::memory_order_relaxed);
}

// The lines of executable mappings, read piece by piece: no memory may be asked for.
void KeepMaps() {
  const int fd = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  std::uint8_t* into = process.page + at::kMapList;
  std::size_t kept = 0;
  std::size_t line = 0;  // of the line that is being read: kept from here on, unless it turns out to be of no use
  int spaces = 0;
  bool executable = false;
  char piece[4096];
  for (ssize_t got = ::read(fd, piece, sizeof piece); got > 0 && kept < at::kMapRoom;
       got = ::read(fd, piece, sizeof piece)) {
    for (ssize_t i = 0; i < got && kept < at::kMapRoom; ++i) {
      const char c = piece[i];
      into[kept++] = static_cast<std::uint8_t>(c);
      if (c == ' ') ++spaces;
      if (spaces == 1 && c == 'x') executable = true;
      if (c != '\n') continue;
      if (!executable) kept = line;
      line = kept;
      spaces = 0;
      executable = false;
    }
  }
  ::close(fd);
  Put(at::kMaps, static_cast<std::uint32_t>(line));
}

void KeepWords(const char* words, std::size_t length) {
  const std::size_t octets = std::min<std::size_t>(length, at::kWordRoom);
  std::memcpy(process.page + at::kWordList, words, octets);
  Put(at::kWords, static_cast<std::uint32_t>(octets));
}

// Why abort() has been called: a sanitizer says so, or the C library.
void KeepAbortMessage() {
  const std::size_t said = SaidInto(process.page + at::kWordList, at::kWordRoom);
  if (said > 0) return Put(at::kWords, static_cast<std::uint32_t>(said));
  if (process.abort_message == nullptr || *process.abort_message == nullptr) return;
  const char* message = *process.abort_message + sizeof(unsigned);
  KeepWords(message, ::strnlen(message, 4096));
}

// `context`: null where the thread is not interrupted, but has come here by itself.
void KeepFrames(const void* context) {
  void* unwound[kUnwound];
  const int count = ::backtrace(unwound, kUnwound);
  std::uint64_t frames[at::kFrameRoom];
  std::uint32_t kept = 0;
  int from = 0;
  if (context != nullptr) {
    const Where where = WhereOf(context);
    frames[kept++] = where.pc;
    while (from < count && reinterpret_cast<std::uint64_t>(unwound[from]) != where.pc) ++from;
    ++from;
    // A jump to where no code is: all that is known is who jumped.
    if (from >= count && where.caller != 0) frames[kept++] = where.caller;
  }
  for (; from < count && kept < at::kFrameRoom; ++from) {
    frames[kept++] = reinterpret_cast<std::uint64_t>(unwound[from]);
  }
  std::memcpy(process.page + at::kFrameList, frames, kept * sizeof frames[0]);
  Put(at::kExactFirst, context == nullptr ? 0 : 1);
  Put(at::kFrames, kept);
}

struct Fault {
  std::uint32_t kind;
  int number;
  int code;
  std::uint64_t address;
};

// Async-signal-safe, `backtrace` too once it has been called: the unwinder finds its tables without locks.
void Record(const Fault& fault, const void* context) {
  Put(at::kNumber, static_cast<std::uint32_t>(fault.number));
  Put(at::kCode, static_cast<std::uint32_t>(fault.code));
  Put(at::kEntry, Entry());
  Put(at::kOnHost, ::gettid() == process.host_id.load() ? 1 : 0);
  std::memcpy(process.page + at::kAddress, &fault.address, sizeof fault.address);
  // Should the rest fail, this much is known.
  Put(at::kFrames, 0);
  Word(at::kKind).store(fault.kind, std::memory_order_release);
  KeepMaps();
  KeepFrames(context);
}

void OnFault(int number, siginfo_t* info, void* context) {
  const bool first = !process.recording.test_and_set();
  if (first) {
    const bool has_address = info->si_code > 0 && number != SIGABRT;
    const auto address = has_address ? reinterpret_cast<std::uint64_t>(info->si_addr) : 0;
    if (number == SIGABRT && Word(at::kWords).load() == 0) KeepAbortMessage();
    Record({kind::kSignal, number, info->si_code, address}, context);
  }
  // Node knows of some of its own.
  const struct sigaction& before = process.before[number];
  if (::gettid() != process.host_id.load() && (before.sa_flags & SA_SIGINFO) != 0) {
    process.recording.clear();
    return before.sa_sigaction(number, info, context);
  }
  ::signal(number, SIG_DFL);
  // What was sent does not come again by itself.
  if (info->si_code <= 0) ::raise(number);
}

void OnWatch(int, siginfo_t*, void* context) {
  const int kept = errno;
  if (!process.recording.test_and_set()) {
    Record({kind::kWatched, 0, 0, 0}, context);
    process.recording.clear();
  }
  process.watched.fetch_add(1);
  errno = kept;
}

// Ends what exit() has begun before Node's own destructors meet threads that still run.
void OnExit(int status, void*) {
  if (::gettid() != process.host_id.load() || Entry() == 0 || process.recording.test_and_set()) return;
  Record({kind::kExit, status, 0, 0}, nullptr);
  std::fflush(nullptr);
  ::_exit(status);
}

// Handlers outlive the environment that loaded this addon.
void StayLoaded() {
  Dl_info here{};
  if (::dladdr(reinterpret_cast<void*>(&OnFault), &here) != 0) ::dlopen(here.dli_fname, RTLD_NOW | RTLD_NODELETE);
}

void Take(int number, void (*handler)(int, siginfo_t*, void*), int flags) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | flags;
  ::sigfillset(&action.sa_mask);
  for (const int other : kFaults) ::sigdelset(&action.sa_mask, other);
  ::sigaction(number, &action, &process.before[number]);
}

}  // namespace

void Install(int fd) {
  if (process.page != nullptr) return;
  struct stat seen {};
  if (::fstat(fd, &seen) != 0 || seen.st_size < static_cast<off_t>(at::kSize)) {
    throw Failure("LD_MAP", "descriptor " + std::to_string(fd) + " is no file for the flight record");
  }
  void* page = ::mmap(nullptr, at::kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (page == MAP_FAILED) throw Failure("LD_MAP", "the flight record cannot be mapped", errno, "mmap");
  void* stack = ::mmap(nullptr, kSignalStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) {
    ::munmap(page, at::kSize);
    throw Failure("LD_MEMORY", "no memory for the stack of signal handlers", errno, "mmap");
  }
  process.page = static_cast<std::uint8_t*>(page);
  process.signal_stack = static_cast<std::uint8_t*>(stack);
  process.abort_message = static_cast<char**>(::dlsym(RTLD_DEFAULT, "__abort_msg"));
  process.watch_signal = SIGRTMIN + 9;
  StayLoaded();
  void* first[1];
  ::backtrace(first, 1);  // loads the unwinder
  for (const int number : kFaults) Take(number, OnFault, 0);
  Take(process.watch_signal, OnWatch, SA_RESTART);
  ::on_exit(OnExit, nullptr);
}

void Open(const std::atomic<std::uint32_t>* in_stack) {
  if (process.page == nullptr) return;
  for (const std::size_t word : {at::kKind, at::kFrames, at::kWords, at::kMaps, at::kPackets}) Put(word, 0);
  const stack_t own{process.signal_stack, 0, kSignalStack};
  ::sigaltstack(&own, &process.stack_before);
  process.host = ::pthread_self();
  process.in_stack = in_stack;
  process.host_id = ::gettid();
}

void Close() {
  if (process.page == nullptr || process.host_id.load() != ::gettid()) return;
  process.host_id = 0;
  process.in_stack = nullptr;
  ::sigaltstack(&process.stack_before, nullptr);
}

void Keep(bool to_stack, double time_us, const std::uint8_t* packet, std::size_t length) {
  if (process.page == nullptr) return;
  const std::uint32_t number = Word(at::kPackets).load(std::memory_order_relaxed);
  std::uint8_t* slot = process.page + at::kPacketSlots + (number % at::kSlots) * at::kSlotSize;
  const auto octets = static_cast<std::uint32_t>(length);
  const std::uint32_t head[4] = {octets, std::min(octets, at::kPacketRoom), to_stack ? 1u : 0u, 0u};
  std::memcpy(slot, head, sizeof head);
  std::memcpy(slot + sizeof head, &time_us, sizeof time_us);
  std::memcpy(slot + at::kPacketHead, packet, head[1]);
  Word(at::kPackets).store(number + 1, std::memory_order_release);
}

void Report(const char* text) {
  if (process.page == nullptr || process.recording.test_and_set()) return;
  KeepWords(text, std::strlen(text));
  Record({kind::kReport, 0, 0, 0}, nullptr);
}

bool WatchHost() {
  if (process.page == nullptr || process.host_id.load() == 0) return false;
  const std::uint32_t before = process.watched.load();
  if (::pthread_kill(process.host, process.watch_signal) != 0) return false;
  for (int i = 0; i < 500 && process.watched.load() == before; ++i) {
    const timespec lap{0, 1'000'000};
    ::nanosleep(&lap, nullptr);
  }
  return process.watched.load() != before;
}

std::uint32_t Event() {
  if (process.page == nullptr) return UINT32_MAX;
  return Word(layout::progress::kEventIndex).load(std::memory_order_relaxed);
}

int HostThread() { return process.host_id.load(); }

}  // namespace lunadrill::recorder
