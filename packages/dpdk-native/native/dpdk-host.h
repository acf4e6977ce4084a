// DpdkHost as JavaScript sees it (src/native.ts documents each method): arguments in, the rooms' classes behind.
// All of it on the thread that constructed it, the host's thread.
#pragma once
#include <napi.h>

#include <memory>
#include <optional>

#include "channel/host-end.h"
#include "leak/leak-watch.h"
#include "neighbour/gateway.h"
#include "poll/poll-loop.h"
#include "port/wire.h"
#include "stack/stack-object.h"

namespace lunadrill {

/// What one environment (main thread or worker) keeps.
struct AddonState {
  /// A stack with LUNA_CAP_RESET, between two hosts.
  std::unique_ptr<StackObject> kept;
  /// Of EAL's memory what was taken when the first host had closed.
  std::optional<std::size_t> taken;
};

class DpdkHost : public Napi::ObjectWrap<DpdkHost> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit DpdkHost(const Napi::CallbackInfo& info);
  ~DpdkHost() override { Release(); }

 private:
  // Everything that Close takes down, in order of construction.
  struct Open {
    Open(std::uint8_t* channel, std::uint8_t* admin, std::uint16_t mtu, const PortChoice& port, Gateway::Family family,
         Gateway::Ip local, Gateway::Ip gateway)
        : run(channel), admin(admin), wire(mtu, port), gateway(family, local, gateway) {}
    HostEnd run;
    HostEnd admin;
    Wire wire;
    LeakWatch leaks;
    Gateway gateway;
    std::unique_ptr<StackObject> stack;
    std::optional<PollLoop> loop;
  };

  Napi::Value Stack(const Napi::CallbackInfo& info);
  Napi::Value Poll(const Napi::CallbackInfo& info);
  Napi::Value ParkTimeoutMs(const Napi::CallbackInfo& info);
  Napi::Value Pending(const Napi::CallbackInfo& info);
  Napi::Value Leaks(const Napi::CallbackInfo& info);
  Napi::Value Close(const Napi::CallbackInfo& info);
  Napi::Value Carrier(const Napi::CallbackInfo& info);
  Napi::Value Spent(const Napi::CallbackInfo& info);

  void StartStack(AddonState* state, const std::string& path, const LunaSetup& setup, bool virtual_clock,
                  PortChoice::Kind port);
  PollLoop& Loop();
  std::size_t Release();

  AddonState* state_ = nullptr;
  // The channels' memory, kept alive by the references.
  Napi::ObjectReference channel_array_;
  Napi::ObjectReference admin_array_;
  std::unique_ptr<Open> open_;
  // After Close.
  bool spent_ = false;
  std::vector<LeakWatch::Frame> kept_frames_;
  std::vector<LeakWatch::Descriptor> kept_descriptors_;
  std::string lost_heap_;
};

}  // namespace lunadrill
