// Registers what src/native.ts declares. DPDK is the process's; everything else is per environment.
#include <napi.h>

#include "dpdk-host.h"
#include "eal/eal.h"
#include "recorder/flight-recorder.h"
#include "recorder/sanitizer-report.h"
#include "stack-check/stack-check.h"
#include "tester-tap.h"
#include "util/arguments.h"

namespace lunadrill {
namespace {

void InitEalOf(const Napi::CallbackInfo& info) {
  arguments::Guarded(info.Env(), [&] {
    if (!info[0].IsArray()) throw Failure("LD_ARGUMENT", "arguments must be an array of strings");
    const auto given = info[0].As<Napi::Array>();
    std::vector<std::string> extra;
    for (std::uint32_t i = 0; i < given.Length(); ++i) extra.push_back(arguments::Text(given.Get(i), "arguments"));
    InitEal(extra);
  });
}

void KeepRecord(const Napi::CallbackInfo& info) {
  arguments::Guarded(info.Env(), [&] {
    recorder::Install(static_cast<int>(arguments::Integer(info[0], "fd", 0, INT32_MAX)));
    recorder::TakeSanitizerReports();
  });
}

Napi::Value WatchHost(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), recorder::WatchHost()); }

Napi::Value HostThread(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), recorder::HostThread()); }

Napi::Value CheckStackOf(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    if (!EalReady()) throw Failure("LD_EAL", "DPDK is not initialised: call initEal first");
    const std::string path = arguments::Text(info[0], "soPath");
    const int fd = static_cast<int>(arguments::Integer(info[1], "fd", 0, INT32_MAX));
    const auto first = static_cast<std::uint32_t>(arguments::Integer(info[2], "first", 0, UINT32_MAX));
    if (!info[3].IsBigInt()) throw Failure("LD_ARGUMENT", "capabilities must be a bigint");
    bool lossless = false;
    const std::uint64_t capabilities = info[3].As<Napi::BigInt>().Uint64Value(&lossless);
    const std::uint32_t next = CheckStack(path, fd, first, capabilities);
    return next == kAllDone ? info.Env().Null() : Napi::Value(Napi::Number::New(info.Env(), next));
  });
}

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new AddonState());  // deleted with the environment
  DpdkHost::Register(env, exports);
  TesterTap::Register(env, exports);
  exports.Set("initEal", Napi::Function::New(env, InitEalOf, "initEal"));
  exports.Set("keepRecord", Napi::Function::New(env, KeepRecord, "keepRecord"));
  exports.Set("watchHost", Napi::Function::New(env, WatchHost, "watchHost"));
  exports.Set("hostThread", Napi::Function::New(env, HostThread, "hostThread"));
  exports.Set("checkStack", Napi::Function::New(env, CheckStackOf, "checkStack"));
  return exports;
}

NODE_API_MODULE(lunadrill_dpdk, Initialize)

}  // namespace
}  // namespace lunadrill
