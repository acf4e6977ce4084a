#include "tester-tap.h"

#include <limits>

#include "eal/eal.h"
#include "netlink/interface-plan.h"
#include "poll/stack-clock.h"
#include "util/arguments.h"

namespace lunadrill {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
// Longer than any run: keeps microseconds convertible to nanoseconds in 64 bits.
constexpr double kFarUs = 1e15;

}  // namespace

void TesterTap::Register(Napi::Env env, Napi::Object exports) {
  exports.Set("TesterTap",
              DefineClass(env, "TesterTap",
                          {InstanceMethod<&TesterTap::Inject>("inject"), InstanceMethod<&TesterTap::Sniff>("sniff"),
                           InstanceMethod<&TesterTap::SniffedAtUs>("sniffedAtUs"),
                           InstanceMethod<&TesterTap::Close>("close")}));
}

TesterTap::TesterTap(const Napi::CallbackInfo& info) : Napi::ObjectWrap<TesterTap>(info) {
  arguments::Guarded(info.Env(), [&] {
    const InterfacePlan plan = InterfacePlan::Read(arguments::Object(info[0], "options"));
    if (!EalReady()) throw Failure("LD_EAL", "DPDK is not initialised: call initEal first");
    end_.emplace(static_cast<std::uint16_t>(plan.mtu));
    try {
      plan.Apply(end_->index(), RouteSocket::Neighbours::kNone);
    } catch (const Failure&) {
      end_.reset();
      throw;
    }
  });
}

TapEnd& TesterTap::Opened() {
  if (!end_) throw Failure("LD_CLOSED", "this TesterTap is closed");
  return *end_;
}

void TesterTap::Inject(const Napi::CallbackInfo& info) {
  arguments::Guarded(info.Env(), [&] {
    const auto packet = arguments::Bytes(info[0], "packet", 1);
    const auto length = arguments::Integer(info[1], "length", 1, static_cast<std::int64_t>(packet.length));
    Opened().Inject(packet.data, static_cast<std::size_t>(length));
  });
}

Napi::Value TesterTap::Sniff(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const auto into = arguments::Bytes(info[0], "into", TapEnd::kLongest);
    const double timeout_us = arguments::Number(info[1], "timeoutUs", 0, kInfinity);
    const std::int64_t deadline_ns = timeout_us > kFarUs
                                         ? std::numeric_limits<std::int64_t>::max()
                                         : MonotonicNs() + static_cast<std::int64_t>(timeout_us * 1000.0);
    return Napi::Number::New(info.Env(), static_cast<double>(Opened().Sniff(into.data, deadline_ns)));
  });
}

Napi::Value TesterTap::SniffedAtUs(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    return Napi::Number::New(info.Env(), static_cast<double>(Opened().sniffed_at_ns()) / 1000.0);
  });
}

void TesterTap::Close(const Napi::CallbackInfo&) { end_.reset(); }

}  // namespace lunadrill
