// KernelHost as JavaScript sees it (src/native.ts documents each method): arguments in, the rooms' classes behind.
// All of it on the thread that constructed it.
#pragma once
#include <napi.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "clock/run-clock.h"
#include "guest/layer.h"
#include "netns/run-namespace.h"
#include "packet-socket/packet-socket.h"
#include "syscall/blocking-call.h"
#include "syscall/call-runner.h"
#include "syscall/descriptor-set.h"
#include "tun/tun-device.h"
#include "util/arguments.h"
#include "util/descriptor.h"

namespace lunadrill {

/// What one environment (main thread or worker) keeps.
struct AddonState {
  /// From the first host on.
  Descriptor stamps;
  TickPhase tick;
  /// In a guest, during a run.
  std::unique_ptr<guest::Layer> layer;
};

class KernelHost : public Napi::ObjectWrap<KernelHost> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit KernelHost(const Napi::CallbackInfo& info);
  ~KernelHost() override { Release(); }

 private:
  struct Network {
    Network(std::uint16_t gso_size, std::uint32_t speed_mbps) : tun(gso_size, speed_mbps), packets(tun.index()) {}
    RunNamespace name_space;
    TunDevice tun;
    PacketSocket packets;
    /// Whether tun0's own first packet has been sniffed.
    bool solicited = false;
  };

  // Everything that Close takes down, in order of construction.
  struct Open {
    Open(std::uint8_t* call, std::uint8_t* blocking, std::unique_ptr<Network> network, TimeFlow flow);
    /// Packets through TUN, in a namespace. Absent where they travel otherwise: a wire client's calls and clock alone.
    std::unique_ptr<Network> network;
    Descriptor interrupt;
    std::vector<Descriptor> listeners;
    RunClock clock;
    DescriptorSet descriptors;
    Capabilities capabilities;
    CallRunner call;
    BlockingCall blocking;
  };

  Napi::Value RemotePort(const Napi::CallbackInfo& info);
  Napi::Value InterruptFd(const Napi::CallbackInfo& info);
  void Start(const Napi::CallbackInfo& info);
  Napi::Value Now(const Napi::CallbackInfo& info);
  Napi::Value WaitUntil(const Napi::CallbackInfo& info);
  void Call(const Napi::CallbackInfo& info);
  Napi::Value StartBlockingCall(const Napi::CallbackInfo& info);
  Napi::Value BlockingReturned(const Napi::CallbackInfo& info);
  Napi::Value WaitBlocking(const Napi::CallbackInfo& info);
  Napi::Value Inject(const Napi::CallbackInfo& info);
  Napi::Value Sniff(const Napi::CallbackInfo& info);
  Napi::Value SniffedAtUs(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  Open& Opened();
  Network& OpenedNetwork();
  static std::unique_ptr<Network> EnterNetwork(const Napi::Object& options);
  int Listen();
  void Release();

  // The records' and the packet's memory, kept alive by the references.
  Napi::ObjectReference call_array_;
  Napi::ObjectReference blocking_array_;
  Napi::ObjectReference packet_array_;
  arguments::Octets packet_{};
  double sniffed_at_us_ = 0;
  /// AF_INET or AF_INET6, of the listeners.
  int socket_family_ = 0;
  std::optional<Open> open_;
};

}  // namespace lunadrill
