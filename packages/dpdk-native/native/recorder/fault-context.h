// Where a thread was when a signal interrupted it; one branch for each processor. Async-signal-safe.
// Read first: sigaction(2), "the siginfo_t argument"; ucontext_t in sys/ucontext.h.
#pragma once
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdint>

namespace lunadrill::recorder {

struct Where {
  std::uint64_t pc;
  /// Return address of a call that has pushed no frame yet; 0 where it cannot be read.
  std::uint64_t caller;
};

inline Where WhereOf(const void* context) {
  const mcontext_t& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  const auto pc = static_cast<std::uint64_t>(machine.gregs[REG_RIP]);
  const auto stack = static_cast<std::uint64_t>(machine.gregs[REG_RSP]);
  std::uint64_t caller = 0;
  // By the kernel, since the stack may be gone.
  const iovec into{&caller, sizeof caller};
  const iovec from{reinterpret_cast<void*>(stack), sizeof caller};
  if (::process_vm_readv(::getpid(), &into, 1, &from, 1, 0) != sizeof caller) caller = 0;
  return {pc, caller};
#elif defined(__aarch64__)
  return {machine.pc, machine.regs[30]};
#else
#error "name the program counter of this processor here"
#endif
}

}  // namespace lunadrill::recorder
