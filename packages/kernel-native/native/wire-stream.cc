#include "wire-stream.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "clock/run-clock.h"
#include "util/arguments.h"

namespace lunadrill {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

void WireStream::Register(Napi::Env env, Napi::Object exports) {
  exports.Set("WireStream",
              DefineClass(env, "WireStream",
                          {InstanceMethod<&WireStream::Send>("send"), InstanceMethod<&WireStream::Receive>("receive"),
                           InstanceMethod<&WireStream::Close>("close")}));
}

WireStream::WireStream(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WireStream>(info) {
  arguments::Guarded(info.Env(), [&] {
    const IpAddress address = IpAddress::Parse(arguments::Text(info[0], "address"), "address");
    const auto port = arguments::Integer(info[1], "port", 1, 65535);
    const auto timeout_ms = arguments::Integer(info[2], "timeoutMs", 0, 600'000);
    open_.emplace(address, static_cast<std::uint16_t>(port), static_cast<int>(timeout_ms));
  });
}

StreamSocket& WireStream::Opened() {
  if (!open_) throw Failure("LD_CLOSED", "this WireStream is closed");
  return *open_;
}

Napi::Value WireStream::Send(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const auto octets = arguments::Bytes(info[0], "octets", 0);
    const auto length = arguments::Integer(info[1], "length", 0, static_cast<std::int64_t>(octets.length));
    return Napi::Boolean::New(info.Env(), Opened().Send(octets.data, static_cast<std::size_t>(length)));
  });
}

Napi::Value WireStream::Receive(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const auto into = arguments::Bytes(info[0], "into", 1);
    const auto at = arguments::Integer(info[1], "at", 0, static_cast<std::int64_t>(into.length) - 1);
    const double timeout_us = arguments::Number(info[2], "timeoutUs", 0, kInfinity);
    const std::int64_t deadline = timeout_us > kFarUs
                                      ? std::numeric_limits<std::int64_t>::max()
                                      : ClockNs(CLOCK_MONOTONIC) + static_cast<std::int64_t>(timeout_us * 1000.0);
    const auto start = static_cast<std::size_t>(at);
    const std::ptrdiff_t length = Opened().Receive(into.data + start, into.length - start, deadline);
    return Napi::Number::New(info.Env(), static_cast<double>(length));
  });
}

void WireStream::Close(const Napi::CallbackInfo&) { open_.reset(); }

}  // namespace lunadrill
