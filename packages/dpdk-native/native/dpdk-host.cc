#include "dpdk-host.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "eal/eal.h"
#include "leak/heap-check.h"
#include "lunadrill/layout.h"
#include "recorder/flight-recorder.h"
#include "util/arguments.h"

namespace lunadrill {
namespace {

// Of EAL's memory. Drivers keep some at each run: net_memif 83 KB for a pair.
constexpr std::size_t kKeptAtMost = kEalMemory / 4;

Gateway::Family FamilyOf(const Napi::Object& options) {
  const std::string local = arguments::Text(options.Get("localIp"), "localIp");
  return local.find(':') == std::string::npos ? Gateway::Family::kIpv4 : Gateway::Family::kIpv6;
}

Gateway::Ip Address(const Napi::Object& options, const char* name, Gateway::Family family) {
  const bool ipv4 = family == Gateway::Family::kIpv4;
  const std::string text = arguments::Text(options.Get(name), name);
  Gateway::Ip address{};
  if (::inet_pton(ipv4 ? AF_INET : AF_INET6, text.c_str(), address.data()) != 1) {
    const char* wanted = ipv4 ? "IPv4" : "IPv6";
    throw Failure("LD_ARGUMENT", std::string(name) + " must be an " + wanted + " address, but is '" + text + "'");
  }
  return address;
}

bool VirtualClock(const Napi::Object& options) {
  const std::string clock = arguments::Text(options.Get("clock"), "clock");
  if (clock != "virtual" && clock != "wall") throw Failure("LD_ARGUMENT", "clock must be 'virtual' or 'wall'");
  return clock == "virtual";
}

PortChoice Port(const Napi::Object& options) {
  using Kind = PortChoice::Kind;
  constexpr std::pair<const char*, Kind> kKinds[] = {{"ring", Kind::kRing},          {"tap", Kind::kTap},
                                                     {"af_packet", Kind::kAfPacket}, {"memif", Kind::kMemif},
                                                     {"pcap", Kind::kPcap},          {"device", Kind::kDevice}};
  PortChoice choice;
  if (options.Get("port").IsUndefined()) return choice;
  const Napi::Object given = arguments::Object(options.Get("port"), "port");
  const std::string kind = arguments::Text(given.Get("kind"), "port.kind");
  const auto* found =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& each) { return kind == each.first; });
  if (found == std::end(kKinds)) throw Failure("LD_ARGUMENT", "there is no port of kind '" + kind + "'");
  choice.kind = found->second;
  const auto text = [&](const char* name) {
    return given.Has(name) ? arguments::Text(given.Get(name), name) : std::string();
  };
  choice.stack = text("stack");
  choice.tester = text("tester");
  choice.program = text("program");
  if (given.Has("firstUs")) choice.first_us = arguments::Number(given.Get("firstUs"), "firstUs", 0, 1e15);
  return choice;
}

}  // namespace

void DpdkHost::Register(Napi::Env env, Napi::Object exports) {
  exports.Set("DpdkHost",
              DefineClass(env, "DpdkHost",
                          {InstanceMethod<&DpdkHost::Stack>("stack"), InstanceMethod<&DpdkHost::Poll>("poll"),
                           InstanceMethod<&DpdkHost::ParkTimeoutMs>("parkTimeoutMs"),
                           InstanceMethod<&DpdkHost::Pending>("pending"), InstanceMethod<&DpdkHost::Close>("close"),
                           InstanceMethod<&DpdkHost::Leaks>("leaks"), InstanceMethod<&DpdkHost::Spent>("spent"),
                           InstanceMethod<&DpdkHost::Carrier>("carrier")}));
}

DpdkHost::DpdkHost(const Napi::CallbackInfo& info) : Napi::ObjectWrap<DpdkHost>(info) {
  arguments::Guarded(info.Env(), [&] {
    const Napi::Object options = arguments::Object(info[0], "options");
    const std::string path = arguments::Text(options.Get("soPath"), "soPath");
    const bool virtual_clock = VirtualClock(options);
    LunaSetup setup{};
    setup.options = arguments::Text(options.Get("stackOptions"), "stackOptions");
    const Gateway::Family family = FamilyOf(options);
    const bool ipv4 = family == Gateway::Family::kIpv4;
    setup.family = ipv4 ? AF_INET : AF_INET6;
    setup.local_ip = Address(options, "localIp", family);
    setup.gateway_ip = Address(options, "gatewayIp", family);
    Address(options, "remoteIp", family);  // behind the gateway, or a neighbour: answered for in either case
    setup.prefix_length =
        static_cast<std::uint8_t>(arguments::Integer(options.Get("prefixLength"), "prefixLength", 0, ipv4 ? 32 : 128));
    setup.mtu = static_cast<std::uint16_t>(arguments::Integer(options.Get("mtu"), "mtu", 68, Wire::kMaxMtu));
    setup.mac = Gateway::kStackMac;
    const PortChoice port = Port(options);
    const auto channel = arguments::Bytes(options.Get("channel"), "channel", layout::channel::kSize);
    const auto admin = arguments::Bytes(options.Get("admin"), "admin", layout::channel::kSize);
    if (path.empty() || path.front() != '/') throw Failure("LD_ARGUMENT", "soPath must be absolute");
    if (setup.local_ip == setup.gateway_ip) throw Failure("LD_ARGUMENT", "localIp and gatewayIp must differ");
    if (!EalReady()) throw Failure("LD_EAL", "DPDK is not initialised: call initEal first");

    state_ = info.Env().GetInstanceData<AddonState>();
    channel_array_ = Napi::Persistent(options.Get("channel").As<Napi::Object>());
    admin_array_ = Napi::Persistent(options.Get("admin").As<Napi::Object>());
    try {
      open_ =
          std::make_unique<Open>(channel.data, admin.data, setup.mtu, port, family, setup.local_ip, setup.gateway_ip);
      if (virtual_clock && open_->wire.travels()) {
        throw Failure("LD_PORT_CLOCK", "frames travel by themselves over this port, so time cannot be virtual");
      }
      setup.port_id = open_->wire.stack_port();
      setup.pool = open_->wire.stack_pool();
      StartStack(state_, path, setup, virtual_clock, port.kind);
    } catch (const Failure&) {
      Release();
      throw;
    }
  });
}

void DpdkHost::StartStack(AddonState* state, const std::string& path, const LunaSetup& setup, bool virtual_clock,
                          PortChoice::Kind port) {
  recorder::Open(open_->run.in_stack());
  heap::Watch(open_->run.in_stack());
  const Inside inside(&open_->run, layout::stack_entry::kInit);
  std::unique_ptr<StackObject> kept = std::move(state->kept);
  if (kept != nullptr && kept->CanReset(path, setup, virtual_clock)) {
    open_->stack = std::move(kept);
    open_->stack->Reset(virtual_clock);
  } else {
    kept.reset();
    open_->stack = LoadStack(path, virtual_clock);
    if (!open_->stack->knows_frames() && port != PortChoice::Kind::kRing) {
      throw Failure("LD_PORT", path +
                                   " carries IP packets and no frames (packetdrill_interface_init), so it runs over "
                                   "--port=ring alone");
    }
    open_->stack->Init(setup);
  }
  open_->loop.emplace(open_->stack.get(), &open_->wire, &open_->gateway, &open_->run, &open_->admin, &open_->leaks);
  open_->leaks.Look(LeakWatch::kNoEvent);
  open_->loop->Introduce();
}

PollLoop& DpdkHost::Loop() {
  if (open_ == nullptr) throw Failure("LD_CLOSED", "this DpdkHost is closed");
  return *open_->loop;
}

Napi::Value DpdkHost::Stack(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    Loop();
    Napi::Object answer = Napi::Object::New(info.Env());
    answer.Set("name", open_->stack->table().name);
    answer.Set("version", open_->stack->table().version);
    answer.Set("abiMinor", open_->stack->table().abi_minor);
    answer.Set("capabilities", Napi::BigInt::New(info.Env(), open_->stack->table().capabilities));
    return answer;
  });
}

Napi::Value DpdkHost::Carrier(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    Loop();
    return Napi::Number::New(info.Env(), open_->wire.carrier());
  });
}

Napi::Value DpdkHost::Poll(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] { return Napi::Number::New(info.Env(), Loop().Turn()); });
}

Napi::Value DpdkHost::ParkTimeoutMs(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] { return Napi::Number::New(info.Env(), Loop().ParkMs()); });
}

Napi::Value DpdkHost::Pending(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] { return Napi::Boolean::New(info.Env(), Loop().Pending()); });
}

Napi::Value DpdkHost::Leaks(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto event_of = [&](std::uint32_t event) -> Napi::Value {
    return event == LeakWatch::kNoEvent ? env.Null() : Napi::Number::New(env, event);
  };
  Napi::Array frames = Napi::Array::New(env);
  for (const LeakWatch::Frame& frame : kept_frames_) {
    Napi::Object one = Napi::Object::New(env);
    one.Set("event", event_of(frame.event));
    one.Set("octets", Napi::Buffer<std::uint8_t>::Copy(env, frame.octets.data(), frame.octets.size()));
    frames.Set(frames.Length(), one);
  }
  Napi::Array descriptors = Napi::Array::New(env);
  for (const LeakWatch::Descriptor& descriptor : kept_descriptors_) {
    Napi::Object one = Napi::Object::New(env);
    one.Set("event", event_of(descriptor.event));
    one.Set("number", descriptor.number);
    one.Set("target", descriptor.target);
    descriptors.Set(descriptors.Length(), one);
  }
  Napi::Object answer = Napi::Object::New(env);
  answer.Set("frames", frames);
  answer.Set("descriptors", descriptors);
  answer.Set("heap", lost_heap_);
  return answer;
}

Napi::Value DpdkHost::Close(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(Release()));
}

Napi::Value DpdkHost::Spent(const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), spent_); }

std::size_t DpdkHost::Release() {
  std::size_t kept_frames = 0;
  if (open_ != nullptr) {
    open_->loop.reset();
    if (open_->stack != nullptr && open_->stack->keeps_loaded() && open_->stack->alive()) {
      state_->kept = std::move(open_->stack);
    } else if (open_->stack != nullptr) {
      // Its destructors are the stack's as well.
      const Inside inside(&open_->run, layout::stack_entry::kShutdown);
      open_->stack->Shutdown();
      kept_frames = open_->wire.Recover([this](rte_mempool* pool) { open_->leaks.Missing(pool); });
      spent_ = open_->stack->outlives_end();
      {
        const Inside outside(&open_->run, layout::stack_entry::kNone);
        lost_heap_ = heap::Lost();
      }
      open_->stack.reset();
      // What goes on keeps what it has.
      if (!spent_) open_->leaks.End();
      kept_frames_ = open_->leaks.frames();
      kept_descriptors_ = open_->leaks.descriptors();
    }
    // It would be found again after the next run.
    if (!lost_heap_.empty()) spent_ = true;
    heap::Watch(nullptr);
    recorder::Close();
    open_.reset();
    const std::size_t taken = EalHeapTaken();
    if (!state_->taken) state_->taken = taken;
    if (taken > *state_->taken + kKeptAtMost) spent_ = true;
  }
  channel_array_.Reset();
  admin_array_.Reset();
  return kept_frames;
}

}  // namespace lunadrill
