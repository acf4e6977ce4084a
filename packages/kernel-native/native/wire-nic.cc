#include "wire-nic.h"

#include <algorithm>

#include "util/arguments.h"

namespace lunadrill {

Napi::Value MacToArray(Napi::Env env, const MacAddress& mac) {
  Napi::Uint8Array octets = Napi::Uint8Array::New(env, mac.size());
  std::copy(mac.begin(), mac.end(), octets.Data());
  return octets;
}

void WireNic::Register(Napi::Env env, Napi::Object exports) {
  exports.Set("WireNic", DefineClass(env, "WireNic",
                                     {InstanceMethod<&WireNic::Mac>("mac"), InstanceMethod<&WireNic::Close>("close")}));
}

WireNic::WireNic(const Napi::CallbackInfo& info) : Napi::ObjectWrap<WireNic>(info) {
  arguments::Guarded(info.Env(), [&] {
    const Napi::Object options = arguments::Object(info[0], "options");
    const auto address = [&](const char* name) {
      return IpAddress::Parse(arguments::Text(options.Get(name), name), name);
    };
    NicAddress::Plan plan{address("localIp"), address("gatewayIp"), address("remoteIp"), 0};
    if (plan.local.family != plan.gateway.family || plan.local.family != plan.remote.family) {
      throw Failure("LD_ARGUMENT", "localIp, gatewayIp and remoteIp must be of one family");
    }
    plan.remote_prefix_length = static_cast<std::uint8_t>(arguments::Integer(
        options.Get("remotePrefixLength"), "remotePrefixLength", 0, static_cast<std::int64_t>(plan.local.bits())));
    const Device device = FindDevice(arguments::Text(options.Get("device"), "device"));
    mac_ = device.mac;
    address_ = std::make_unique<NicAddress>(device, plan);
  });
}

Napi::Value WireNic::Mac(const Napi::CallbackInfo& info) { return MacToArray(info.Env(), mac_); }

void WireNic::Close(const Napi::CallbackInfo&) { address_.reset(); }

}  // namespace lunadrill
