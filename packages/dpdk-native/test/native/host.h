// The host's end of a run, put together as dpdk-host.cc does it, for the tests of the rooms. One thread.
#pragma once
#include <sys/socket.h>

#include <memory>
#include <string>

#include "leak/leak-watch.h"
#include "poll/poll-loop.h"
#include "recorder/flight-recorder.h"
#include "traffic.h"

namespace lunadrill {

/// A channel's memory.
class Memory {
 public:
  std::uint8_t* octets() { return reinterpret_cast<std::uint8_t*>(words_.get()); }

 private:
  std::unique_ptr<std::uint64_t[]> words_ = std::make_unique<std::uint64_t[]>(layout::channel::kSize / 8);
};

class Host {
 public:
  /// `path`: of the stack's object. The memories' versions are written by their clients before. As Wire, LoadStack.
  Host(const std::string& path, std::uint8_t* run, std::uint8_t* admin, const PortChoice& port, bool virtual_clock)
      : run_(run), admin_(admin), wire_(1500, port), gateway_(Gateway::Family::kIpv4, kLocal, kGateway) {
    recorder::Open(run_.in_stack());
    stack_ = LoadStack(path, virtual_clock);
    LunaSetup setup{};
    setup.port_id = wire_.stack_port();
    setup.mtu = 1500;
    setup.mac = Gateway::kStackMac;
    setup.prefix_length = 16;
    setup.family = AF_INET;
    setup.local_ip = kLocal;
    setup.gateway_ip = kGateway;
    setup.pool = wire_.stack_pool();
    stack_->Init(setup);
    loop_ = std::make_unique<PollLoop>(stack_.get(), &wire_, &gateway_, &run_, &admin_, &leaks_);
    loop_->Introduce();
  }

  PollLoop& loop() { return *loop_; }

  /// After `closed`. How many mbufs the stack has kept; `leaks` tells which.
  std::size_t Close() {
    loop_.reset();
    stack_->Shutdown();
    const std::size_t kept = wire_.Recover([this](rte_mempool* pool) { leaks_.Missing(pool); });
    stack_.reset();
    leaks_.End();
    recorder::Close();
    return kept;
  }
  const LeakWatch& leaks() const { return leaks_; }

 private:
  HostEnd run_;
  HostEnd admin_;
  Wire wire_;
  LeakWatch leaks_;
  Gateway gateway_;
  std::unique_ptr<StackObject> stack_;
  std::unique_ptr<PollLoop> loop_;
};

}  // namespace lunadrill
