// lunadrill-memif SOCKET: the other process of --port=memif. It joins two memif interfaces of one socket, 0 and 1,
// whose server lunadrill is: what comes from either goes to the other, run after run, until it is killed. `@NAME` is an
// abstract socket. No Node in it. Read first: docs/ports.md; port/memif-link.h, which starts it.
#include <rte_ethdev.h>
#include <rte_log.h>
#include <rte_mbuf.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "eal/eal.h"
#include "memif/arguments.h"
#include "port/device.h"
#include "port/frame-pool.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr std::uint16_t kBurst = 32;
constexpr unsigned kFrames = 2047;
constexpr int kIdleTurns = 20'000;
constexpr unsigned kNapUs = 50;
constexpr unsigned kRetryUs = 20'000;
constexpr int kConnectMs = 1000;

bool Pass(std::uint16_t from, std::uint16_t to) {
  rte_mbuf* frames[kBurst];
  const std::uint16_t received = rte_eth_rx_burst(from, 0, frames, kBurst);
  const std::uint16_t sent = received == 0 ? std::uint16_t{0} : rte_eth_tx_burst(to, 0, frames, received);
  rte_pktmbuf_free_bulk(frames + sent, received - sent);
  return received > 0;
}

bool IsUp(const Device& device) { return device.AwaitLink(0); }

// While the server is there. Failure: it is not.
void Join(const char* socket, rte_mempool* pool) {
  const Device stack =
      Device::Plug("net_memif0", memif::Arguments(memif::Role::kClient, 0, socket), {pool}, "memif interface 0");
  const Device tester =
      Device::Plug("net_memif1", memif::Arguments(memif::Role::kClient, 1, socket), {pool}, "memif interface 1");
  for (const Device* each : {&stack, &tester}) {
    if (!each->AwaitLink(kConnectMs)) return;
  }
  for (int idle = 0;; ++idle) {
    const bool there = Pass(stack.port(), tester.port());
    if (Pass(tester.port(), stack.port()) || there) idle = 0;
    if (idle < kIdleTurns) continue;
    if (!IsUp(stack) || !IsUp(tester)) return;
    ::usleep(kNapUs);
  }
}

[[noreturn]] void JoinAgainAndAgain(const char* socket) {
  InitEal({});
  // The driver complains whenever the server goes.
  rte_log_set_global_level(RTE_LOG_EMERG);
  rte_mempool* pool = FramePool("luna_memif", kFrames, FrameRoom(1500));
  for (;; ::usleep(kRetryUs)) {
    try {
      Join(socket, pool);
    } catch (const Failure&) {
      // Nobody listens there yet, or no more.
    }
  }
}

}  // namespace
}  // namespace lunadrill

int main(int count, char** words) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (count != 2) {
    std::fputs("usage: lunadrill-memif SOCKET\n", stderr);
    return 2;
  }
  try {
    lunadrill::JoinAgainAndAgain(words[1]);
  } catch (const lunadrill::Failure& failure) {
    std::fprintf(stderr, "lunadrill-memif: %s\n", failure.what());
    return 1;
  }
}
