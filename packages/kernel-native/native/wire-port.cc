#include "wire-port.h"

#include <limits>

#include "clock/priority.h"
#include "clock/run-clock.h"
#include "packet-socket/stamped.h"
#include "wire-nic.h"

namespace lunadrill {
namespace {

constexpr std::size_t kFrameSize = 65536 + 64;

}  // namespace

void WireDevice::Register(Napi::Env env, Napi::Object exports) {
  exports.Set("WireDevice",
              DefineClass(env, "WireDevice",
                          {InstanceMethod<&WireDevice::Mac>("mac"), InstanceMethod<&WireDevice::Close>("close")}));
}

WireDevice::WireDevice(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WireDevice>(info) {
  arguments::Guarded(info.Env(), [&] {
    const Device device = FindDevice(arguments::Text(info[0], "device"));
    mac_ = device.mac;
    stamps_ = AskForStamps();
    offloads_ = std::make_unique<Offloads>(device);
  });
}

Napi::Value WireDevice::Mac(const Napi::CallbackInfo& info) { return MacToArray(info.Env(), mac_); }

void WireDevice::Close(const Napi::CallbackInfo&) {
  offloads_.reset();
  stamps_.Reset();
}

void WirePort::Register(Napi::Env env, Napi::Object exports) {
  exports.Set(
      "WirePort",
      DefineClass(env, "WirePort",
                  {InstanceMethod<&WirePort::Receive>("receive"),
                   InstanceMethod<&WirePort::ReceivedAtUs>("receivedAtUs"), InstanceMethod<&WirePort::Send>("send"),
                   InstanceMethod<&WirePort::HoldPort>("holdPort"), InstanceMethod<&WirePort::Close>("close")}));
}

WirePort::WirePort(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WirePort>(info) {
  arguments::Guarded(info.Env(), [&] {
    const Napi::Object options = arguments::Object(info[0], "options");
    const auto port = [&](const char* name) {
      return static_cast<std::uint16_t>(arguments::Integer(options.Get(name), name, 0, 65535));
    };
    const IpAddress client = IpAddress::Parse(arguments::Text(options.Get("clientIp"), "clientIp"), "clientIp");
    const FrameSocket::Filter filter{client, port("sourcePort"), port("destinationPort"), port("otherDestinationPort")};
    const Device device = FindDevice(arguments::Text(options.Get("device"), "device"));
    frame_ = arguments::Bytes(options.Get("frame"), "frame", kFrameSize);
    if (!options.Get("onFrames").IsFunction()) throw Failure("LD_ARGUMENT", "onFrames must be a function");
    FineTimerSlack();
    socket_ = std::make_unique<FrameSocket>(device, filter);
    uv_loop_t* loop = nullptr;
    if (napi_get_uv_event_loop(info.Env(), &loop) != napi_ok)
      throw Failure("LD_SNIFF", "this thread has no event loop");
    auto poll = std::make_unique<uv_poll_t>();
    if (uv_poll_init(loop, poll.get(), socket_->descriptor()) != 0)
      throw Failure("LD_SNIFF", "cannot watch the device");
    poll_ = poll.release();
    poll_->data = this;
    uv_poll_start(poll_, UV_READABLE, OnReadable);
    on_frames_ = Napi::Persistent(options.Get("onFrames").As<Napi::Function>());
    frame_array_ = Napi::Persistent(options.Get("frame").As<Napi::Object>());
  });
}

// From the loop, so without a JavaScript frame below it. A callback that throws has the exception reported as uncaught.
void WirePort::OnReadable(uv_poll_t* poll, int, int) {
  auto* self = static_cast<WirePort*>(poll->data);
  const Napi::Env env = self->Env();
  const Napi::HandleScope scope(env);
  try {
    self->on_frames_.MakeCallback(env.Global(), std::initializer_list<napi_value>{});
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());
  }
}

FrameSocket& WirePort::Opened() {
  if (!socket_) throw Failure("LD_CLOSED", "this WirePort is closed");
  return *socket_;
}

Napi::Value WirePort::Receive(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const std::size_t length = Opened().Receive(frame_.data, frame_.length, &received_at_us_);
    return Napi::Number::New(info.Env(), static_cast<double>(length));
  });
}

Napi::Value WirePort::ReceivedAtUs(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), received_at_us_);
}

Napi::Value WirePort::Send(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const auto frame = arguments::Bytes(info[0], "frame", 14);
    const auto length = arguments::Integer(info[1], "length", 14, static_cast<std::int64_t>(frame.length));
    const double at_us = arguments::Number(info[2], "atUs", -kFarUs, kFarUs);
    return Napi::Number::New(info.Env(), Opened().Send(frame.data, static_cast<std::size_t>(length), at_us));
  });
}

Napi::Value WirePort::HoldPort(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    Opened();
    const IpAddress address = IpAddress::Parse(arguments::Text(info[0], "address"), "address");
    const auto port = static_cast<std::uint16_t>(arguments::Integer(info[1], "port", 0, 65535));
    return Napi::Number::New(info.Env(), ports_.Hold(address, port));
  });
}

void WirePort::Close(const Napi::CallbackInfo&) { Release(); }

void WirePort::Release() {
  if (poll_ != nullptr) {
    uv_poll_stop(poll_);
    uv_close(reinterpret_cast<uv_handle_t*>(poll_),
             [](uv_handle_t* handle) { delete reinterpret_cast<uv_poll_t*>(handle); });
    poll_ = nullptr;
  }
  socket_.reset();
  ports_ = SilentPorts();
  on_frames_.Reset();
  frame_array_.Reset();
  frame_ = {};
}

}  // namespace lunadrill
