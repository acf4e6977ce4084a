// Registers what src/native.ts declares. State is per environment, so every worker thread has its own.
#include <napi.h>
#include <sys/mman.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clock/pacemaker.h"
#include "clock/priority.h"
#include "kernel-host.h"
#include "nic/nic-address.h"
#include "process/child.h"
#include "util/arguments.h"
#include "wire-nic.h"
#include "wire-port.h"
#include "wire-stream.h"

namespace lunadrill {
namespace {

Napi::Value RaisePriorityOf(const Napi::CallbackInfo& info) {
  const Priority raised = RaisePriority();
  Napi::Object answer = Napi::Object::New(info.Env());
  answer.Set("scheduler", raised.fifo ? "fifo" : "other");
  answer.Set("locked", raised.locked);
  return answer;
}

Napi::Value SetScheduleOf(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const std::string name = arguments::Text(info[0], "schedule");
    const std::pair<const char*, Schedule> known[] = {{"timed", Schedule::kTimed},
                                                      {"command", Schedule::kCommand},
                                                      {"normal", Schedule::kNormal},
                                                      {"untimed", Schedule::kUntimed}};
    for (const auto& [word, schedule] : known) {
      if (name == word) return Napi::Boolean::New(info.Env(), SetSchedule(schedule));
    }
    throw Failure("LD_ARGUMENT", "schedule must be timed, command, normal or untimed, but is '" + name + "'");
  });
}

void SetPaceOf(const Napi::CallbackInfo& info) {
  arguments::Guarded(info.Env(), [&] {
    const std::string name = arguments::Text(info[0], "pace");
    if (name == "on") return Pacemaker::OfProcess().Set(Pace::kOn);
    if (name == "loosed") return Pacemaker::OfProcess().Set(Pace::kLoosed);
    if (name == "off") return Pacemaker::OfProcess().Rest();
    throw Failure("LD_ARGUMENT", "pace must be on, loosed or off, but is '" + name + "'");
  });
}

Napi::Value PacemakerCpuOf(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), Pacemaker::OfProcess().CpuUs());
}

Napi::Value MapShared(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const auto fd = static_cast<int>(arguments::Integer(info[0], "fd", 0, 0x7fffffff));
    const auto length = static_cast<std::size_t>(arguments::Integer(info[1], "length", 1, 1 << 30));
    void* memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
      throw Failure("LD_MAP", "cannot map descriptor " + std::to_string(fd), errno, "mmap");
    }
    return Napi::ArrayBuffer::New(info.Env(), memory, length,
                                  [length](Napi::BasicEnv, void* mapped) { ::munmap(mapped, length); });
  });
}

std::vector<std::string> Texts(const Napi::Value& value, const char* name) {
  const Napi::Array list = arguments::List(value, name);
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < list.Length(); ++i) texts.push_back(arguments::Text(list[i], name));
  return texts;
}

ChildOrder ChildOrderOf(const Napi::Value& value) {
  const Napi::Object given = arguments::Object(value, "order");
  ChildOrder order{arguments::Text(given.Get("program"), "program"),
                   Texts(given.Get("args"), "args"),
                   Texts(given.Get("environment"), "environment"),
                   {}};
  const Napi::Array descriptors = arguments::List(given.Get("descriptors"), "descriptors");
  if (descriptors.Length() > kMostDescriptors) {
    throw Failure("LD_ARGUMENT", "descriptors must be " + std::to_string(kMostDescriptors) + " at most");
  }
  for (std::uint32_t i = 0; i < descriptors.Length(); ++i) {
    order.descriptors.push_back(static_cast<int>(arguments::Integer(descriptors[i], "descriptors", 0, 0x7fffffff)));
  }
  return order;
}

Napi::Value RunChild(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const ChildOrder order = ChildOrderOf(info[0]);
    const double timeout_ms = arguments::Number(info[1], "timeoutMs", -1, 1e12);
    const ChildEnd end = AwaitChild(StartChild(order), timeout_ms);
    Napi::Object answer = Napi::Object::New(info.Env());
    answer.Set("waitStatus", end.status);
    answer.Set("timedOut", end.timed_out);
    return answer;
  });
}

Napi::Value ChildrenCpu(const Napi::CallbackInfo& info) { return Napi::Number::New(info.Env(), ChildrenCpuUs()); }

Napi::Value IsLocalAddress(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const IpAddress address = IpAddress::Parse(arguments::Text(info[0], "address"), "address");
    return Napi::Boolean::New(info.Env(), IsLocal(address));
  });
}

void EnterLayerOf(const Napi::CallbackInfo& info) {
  arguments::Guarded(info.Env(), [&] {
    auto* state = info.Env().GetInstanceData<AddonState>();
    if (state->layer) throw Failure("LD_GUEST_LAYER", "a layer is there already");
    state->layer = std::make_unique<guest::Layer>();
  });
}

void LeaveLayerOf(const Napi::CallbackInfo& info) { info.Env().GetInstanceData<AddonState>()->layer.reset(); }

Napi::Object Initialize(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new AddonState());  // deleted with the environment
  KernelHost::Register(env, exports);
  WireStream::Register(env, exports);
  WireNic::Register(env, exports);
  WireDevice::Register(env, exports);
  WirePort::Register(env, exports);
  exports.Set("raisePriority", Napi::Function::New(env, RaisePriorityOf, "raisePriority"));
  exports.Set("setSchedule", Napi::Function::New(env, SetScheduleOf, "setSchedule"));
  exports.Set("setPace", Napi::Function::New(env, SetPaceOf, "setPace"));
  exports.Set("pacemakerCpuUs", Napi::Function::New(env, PacemakerCpuOf, "pacemakerCpuUs"));
  exports.Set("mapShared", Napi::Function::New(env, MapShared, "mapShared"));
  exports.Set("runChild", Napi::Function::New(env, RunChild, "runChild"));
  exports.Set("childrenCpuUs", Napi::Function::New(env, ChildrenCpu, "childrenCpuUs"));
  exports.Set("enterLayer", Napi::Function::New(env, EnterLayerOf, "enterLayer"));
  exports.Set("leaveLayer", Napi::Function::New(env, LeaveLayerOf, "leaveLayer"));
  exports.Set("isLocalAddress", Napi::Function::New(env, IsLocalAddress, "isLocalAddress"));
  return exports;
}

NODE_API_MODULE(lunadrill_kernel, Initialize)

}  // namespace
}  // namespace lunadrill
