#include "kernel-host.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "clock/priority.h"
#include "lunadrill/layout.h"
#include "netlink/interface-plan.h"
#include "packet-socket/stamped.h"
#include "util/ip-address.h"

namespace lunadrill {
namespace {

constexpr std::size_t kPacketSize = 65536 + 64;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kRehearseUs = 60;

bool IsRouterSolicitation(const std::uint8_t* packet, std::size_t length) {
  return length > 40 && packet[0] >> 4 == 6 && packet[6] == IPPROTO_ICMPV6 && packet[40] == 133;
}

}  // namespace

KernelHost::Open::Open(std::uint8_t* call_record, std::uint8_t* blocking_record, std::unique_ptr<Network> entered,
                       TimeFlow flow)
    : network(std::move(entered)),
      interrupt(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      clock(flow),
      call(call_record, clock, &descriptors, &capabilities),
      blocking(blocking_record, clock, &descriptors, &capabilities) {}

void KernelHost::Register(Napi::Env env, Napi::Object exports) {
  exports.Set(
      "KernelHost",
      DefineClass(
          env, "KernelHost",
          {InstanceMethod<&KernelHost::RemotePort>("remotePort"),
           InstanceMethod<&KernelHost::InterruptFd>("interruptFd"), InstanceMethod<&KernelHost::Start>("start"),
           InstanceMethod<&KernelHost::Now>("now"), InstanceMethod<&KernelHost::WaitUntil>("waitUntil"),
           InstanceMethod<&KernelHost::Call>("call"),
           InstanceMethod<&KernelHost::StartBlockingCall>("startBlockingCall"),
           InstanceMethod<&KernelHost::BlockingReturned>("blockingReturned"),
           InstanceMethod<&KernelHost::WaitBlocking>("waitBlocking"), InstanceMethod<&KernelHost::Inject>("inject"),
           InstanceMethod<&KernelHost::Sniff>("sniff"), InstanceMethod<&KernelHost::SniffedAtUs>("sniffedAtUs"),
           InstanceMethod<&KernelHost::Close>("close")}));
}

KernelHost::KernelHost(const Napi::CallbackInfo& info) : Napi::ObjectWrap<KernelHost>(info) {
  arguments::Guarded(info.Env(), [&] {
    const Napi::Object options = arguments::Object(info[0], "options");
    const auto call = arguments::Bytes(options.Get("call"), "call", layout::call::kSize);
    const auto blocking = arguments::Bytes(options.Get("blockingCall"), "blockingCall", layout::call::kSize);
    socket_family_ = FamilyOption(options, options.Has("socketFamily") ? "socketFamily" : "family");
    packet_ = arguments::Bytes(options.Get("packet"), "packet", kPacketSize);
    call_array_ = Napi::Persistent(options.Get("call").As<Napi::Object>());
    blocking_array_ = Napi::Persistent(options.Get("blockingCall").As<Napi::Object>());
    packet_array_ = Napi::Persistent(options.Get("packet").As<Napi::Object>());

    FineTimerSlack();
    auto* state = info.Env().GetInstanceData<AddonState>();
    if (!state->stamps.open()) state->stamps = AskForStamps();
    try {
      const bool entered = !options.Get("network").IsString();
      if (!entered && arguments::Text(options.Get("network"), "network") != "none") {
        throw Failure("LD_ARGUMENT", "network must be 'none' or absent");
      }
      const TimeFlow flow = options.Get("virtualTime").ToBoolean() ? TimeFlow::kVirtual : TimeFlow::kWall;
      if (flow == TimeFlow::kVirtual) SleepToTick();
      open_.emplace(call.data, blocking.data, entered ? EnterNetwork(options) : nullptr, flow);
    } catch (const Failure&) {
      Release();
      throw;
    }
  });
}

std::unique_ptr<KernelHost::Network> KernelHost::EnterNetwork(const Napi::Object& options) {
  const InterfacePlan plan = InterfacePlan::Read(options);
  const auto speed = arguments::Integer(options.Get("speedMbps"), "speedMbps", 0, 0xffffffff, 0);
  const auto gso_size = arguments::Integer(options.Get("gsoSize"), "gsoSize", 0, 65535, 0);
  auto network = std::make_unique<Network>(static_cast<std::uint16_t>(gso_size), static_cast<std::uint32_t>(speed));
  plan.Apply(network->tun.index(), RouteSocket::Neighbours::kAsked);
  return network;
}

KernelHost::Network& KernelHost::OpenedNetwork() {
  Open& open = Opened();
  if (!open.network) throw Failure("LD_ARGUMENT", "this KernelHost has no packets (network: 'none')");
  return *open.network;
}

KernelHost::Open& KernelHost::Opened() {
  if (!open_) throw Failure("LD_CLOSED", "this KernelHost is closed");
  return *open_;
}

// An ephemeral port with a listener that stays open, so that it is not given out twice (4-running.md 3.5).
int KernelHost::Listen() {
  Descriptor listener(::socket(socket_family_, SOCK_STREAM | SOCK_CLOEXEC, 0));
  IpAddress wildcard;
  wildcard.family = socket_family_;
  sockaddr_storage here{};
  socklen_t length = wildcard.ToSocket(0, &here);
  auto* address = reinterpret_cast<sockaddr*>(&here);
  if (!listener.open() || ::bind(listener.get(), address, length) != 0 || ::listen(listener.get(), 100) != 0 ||
      ::getsockname(listener.get(), address, &length) != 0) {
    throw Failure("LD_PORT", "no ephemeral port for the remote end", errno, "bind");
  }
  Opened().listeners.push_back(std::move(listener));
  // In the same place in both families.
  static_assert(offsetof(sockaddr_in6, sin6_port) == offsetof(sockaddr_in, sin_port));
  return ntohs(reinterpret_cast<const sockaddr_in*>(&here)->sin_port);
}

Napi::Value KernelHost::RemotePort(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    Opened();
    return Napi::Number::New(info.Env(), Listen());
  });
}

Napi::Value KernelHost::InterruptFd(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] { return Napi::Number::New(info.Env(), Opened().interrupt.get()); });
}

void KernelHost::Start(const Napi::CallbackInfo& info) {
  arguments::Guarded(info.Env(), [&] {
    Open& open = Opened();
    if (!open.blocking.Returned()) throw Failure("LD_BLOCKED", "time 0 cannot be set while a blocking call runs");
    open.clock.Start(&info.Env().GetInstanceData<AddonState>()->tick);
  });
}

Napi::Value KernelHost::Now(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] { return Napi::Number::New(info.Env(), Opened().clock.NowUs()); });
}

Napi::Value KernelHost::WaitUntil(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const double us = arguments::Number(info[0], "us", -kFarUs, kFarUs);
    return Napi::Number::New(info.Env(), Opened().clock.WaitUntil(us));
  });
}

void KernelHost::Call(const Napi::CallbackInfo& info) {
  arguments::Guarded(info.Env(), [&] {
    CallRunner& call = Opened().call;
    call.Prepare();
    call.Execute();
  });
}

Napi::Value KernelHost::StartBlockingCall(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const double at_us = arguments::Number(info[0], "atUs", -kFarUs, kFarUs);
    return Napi::String::New(info.Env(), Opened().blocking.Start(at_us) ? "blocked" : "returned");
  });
}

Napi::Value KernelHost::BlockingReturned(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] { return Napi::Boolean::New(info.Env(), Opened().blocking.Returned()); });
}

Napi::Value KernelHost::WaitBlocking(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    double us = arguments::Number(info[0], "timeoutUs", 0, kInfinity);
    if (us > kFarUs) us = kInfinity;
    return Napi::Boolean::New(info.Env(), Opened().blocking.Wait(us));
  });
}

Napi::Value KernelHost::Inject(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const auto length = arguments::Integer(info[0], "length", 1, static_cast<std::int64_t>(packet_.length));
    const double at_us = info.Length() > 1 ? arguments::Number(info[1], "atUs", -kFarUs, kFarUs) : -kFarUs;
    Open& open = Opened();
    Network& network = OpenedNetwork();
    // The way to the stack is as cold after a sleep as the rest: gone once before the moment.
    const bool wall = open.clock.flow() == TimeFlow::kWall;
    if (wall && open.clock.WaitUntil(at_us - kRehearseUs) < at_us) network.tun.Rehearse();
    const double now_us = open.clock.WaitUntil(at_us);
    network.tun.Inject(packet_.data, static_cast<std::size_t>(length));
    return Napi::Number::New(info.Env(), now_us);
  });
}

Napi::Value KernelHost::Sniff(const Napi::CallbackInfo& info) {
  return arguments::Guarded(info.Env(), [&] {
    const double timeout_us = arguments::Number(info[0], "timeoutUs", 0, kInfinity);
    Open& open = Opened();
    Network& network = OpenedNetwork();
    const std::int64_t deadline = timeout_us > kFarUs
                                      ? std::numeric_limits<std::int64_t>::max()
                                      : ClockNs(CLOCK_MONOTONIC) + static_cast<std::int64_t>(timeout_us * 1000.0);
    const PacketSocket::Packet packet =
        network.packets.Next(packet_.data, packet_.length, deadline, open.interrupt.get());
    if (packet.length != 0) {
      sniffed_at_us_ = open.clock.ToUs(packet.monotonic_ns);
      // In step with sniffing, and nowhere else: a packet that waits in tun0's queue is not joined with others when the
      // kernel retransmits it (2-packets.md O-14). Upstream's packet socket is opened when tun0 has said its first
      // word, which therefore stays in the queue, and with it at any time the packet that was sniffed last.
      if (!network.solicited && IsRouterSolicitation(packet_.data, packet.length)) {
        network.solicited = true;
      } else {
        network.tun.Drain(1);
      }
    }
    return Napi::Number::New(info.Env(), static_cast<double>(packet.length));
  });
}

Napi::Value KernelHost::SniffedAtUs(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), sniffed_at_us_);
}

void KernelHost::Close(const Napi::CallbackInfo&) { Release(); }

void KernelHost::Release() {
  open_.reset();
  call_array_.Reset();
  blocking_array_.Reset();
  packet_array_.Reset();
  packet_ = {};
}

}  // namespace lunadrill
