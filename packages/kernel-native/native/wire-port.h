// WireDevice and WirePort as JavaScript sees them (src/native.ts documents each method): the server's interface, and
// its end of the link to one client. Both belong to a thread with an event loop, which tells when frames are there.
#pragma once
#include <napi.h>
#include <uv.h>

#include <memory>

#include "nic/device.h"
#include "nic/offloads.h"
#include "remote/frame-socket.h"
#include "remote/silent-ports.h"
#include "util/arguments.h"
#include "util/descriptor.h"

namespace lunadrill {

class WireDevice : public Napi::ObjectWrap<WireDevice> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit WireDevice(const Napi::CallbackInfo& info);

 private:
  Napi::Value Mac(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  MacAddress mac_{};
  /// Keeps the kernel's time stamps switched on between clients.
  Descriptor stamps_;
  std::unique_ptr<Offloads> offloads_;
};

class WirePort : public Napi::ObjectWrap<WirePort> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit WirePort(const Napi::CallbackInfo& info);
  ~WirePort() override { Release(); }

 private:
  Napi::Value Receive(const Napi::CallbackInfo& info);
  Napi::Value ReceivedAtUs(const Napi::CallbackInfo& info);
  Napi::Value Send(const Napi::CallbackInfo& info);
  Napi::Value HoldPort(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  static void OnReadable(uv_poll_t* poll, int status, int events);
  FrameSocket& Opened();
  void Release();

  std::unique_ptr<FrameSocket> socket_;
  SilentPorts ports_;
  /// libuv's until its close callback.
  uv_poll_t* poll_ = nullptr;
  Napi::FunctionReference on_frames_;
  Napi::ObjectReference frame_array_;
  arguments::Octets frame_{};
  double received_at_us_ = 0;
};

}  // namespace lunadrill
