#include "poll/traffic.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "recorder/flight-recorder.h"

namespace lunadrill {
namespace event = layout::event_kind;

Traffic::Traffic(Wire* wire, Gateway* gateway, StackClock* clock, HostEnd* run, LeakWatch* leaks)
    : wire_(wire),
      gateway_(gateway),
      clock_(clock),
      run_(run),
      leaks_(leaks),
      capture_(wire->capture()),
      packet_faults_(wire, [this](std::uint32_t direction, const std::uint8_t* packet, std::size_t length) {
        Arrive(direction, packet, length);
      }) {}

void Traffic::Start() {
  if (capture_ == nullptr) return;
  capture_->Start([this](const std::uint8_t* packet, std::size_t) { return !gateway_->IsFromStack(packet); });
}

const char* Traffic::trouble() const {
  return capture_ == nullptr || capture_->trouble().empty() ? nullptr : capture_->trouble().c_str();
}

double Traffic::NextUs() const {
  const double replayed_us = capture_ == nullptr ? std::numeric_limits<double>::infinity() : capture_->NextUs();
  return std::min({port_faults_.NextUs(), packet_faults_.NextUs(), replayed_us});
}

bool Traffic::ActAt(double now_us) {
  bool acted = port_faults_.EndAt(now_us);
  acted = packet_faults_.ReleaseAt(now_us) || acted;
  return Replay(now_us) || acted;
}

void Traffic::ClearFaults() {
  port_faults_.Clear();
  packet_faults_.Clear();
}

bool Traffic::Replay(double now_us) {
  if (capture_ == nullptr || capture_->NextUs() > now_us) return false;
  capture_->Play(now_us, [&](const std::uint8_t* packet, std::size_t length) { Inject(packet, length, now_us); });
  return true;
}

void Traffic::Inject(const std::uint8_t* packet, std::size_t length, double now_us) {
  packet_faults_.Pass(PacketFaults::kToStack, packet, length, now_us);
}

void Traffic::Receive() {
  wire_->Receive([this](const std::uint8_t* frame, std::size_t length, std::int64_t sent_ns) {
    heard_ = true;
    const double now_us = clock_->NowUs();
    sent_us_ = sent_ns == 0 ? now_us : clock_->UsOf(sent_ns);
    if (!port_faults_.link_is_up()) return;
    if (capture_ != nullptr) capture_->Write(frame, length, now_us);
    const Gateway::Seen seen = gateway_->Look(frame, length);
    if (seen.content == Gateway::Content::kPacket) {
      packet_faults_.Pass(PacketFaults::kFromStack, seen.packet, seen.length, now_us);
    }
    if (seen.content == Gateway::Content::kQuestion) TalkToNeighbour(true);
  });
  sent_us_ = kArrival;
}

void Traffic::Arrive(std::uint32_t direction, const std::uint8_t* packet, std::size_t length) {
  if (direction == PacketFaults::kToStack) {
    ToStack(packet, length);
  } else {
    Sniffed(packet, length);
  }
}

void Traffic::Sniffed(const std::uint8_t* packet, std::size_t length) {
  const double at_us = std::isnan(sent_us_) ? clock_->NowUs() : sent_us_;
  recorder::Keep(false, at_us, packet, length);
  std::uint8_t* record = run_->Begin(event::kSniffed, at_us, 8 + length, HostEnd::kReserve);
  if (record == nullptr) {
    overflow_ = true;
    return;
  }
  const auto octets = static_cast<std::uint32_t>(length);
  std::memcpy(record, &octets, sizeof octets);
  std::memset(record + 4, 0, 4);
  std::memcpy(record + 8, packet, length);
  run_->Commit();
  ++sniffed_;
}

// Without memory or room on the ring the frame is lost, as on any wire.
void Traffic::ToStack(const std::uint8_t* packet, std::size_t length) {
  if (!port_faults_.TakesFrame()) return;
  std::uint8_t* frame = wire_->NewFrame(Gateway::kHeader + length);
  if (frame == nullptr) return;
  gateway_->Wrap(frame, packet[0]);
  std::memcpy(frame + Gateway::kHeader, packet, length);
  recorder::Keep(true, clock_->NowUs(), packet, length);
  if (leaks_ != nullptr) leaks_->Gave(frame, Gateway::kHeader + length, recorder::Event());
  wire_->Send();
}

void Traffic::TalkToNeighbour(bool answer) {
  if (!port_faults_.TakesFrame()) return;
  std::uint8_t message[Gateway::kLongest];
  const std::size_t length = answer ? gateway_->Answer(message) : gateway_->Introduce(message);
  std::uint8_t* frame = wire_->NewFrame(length);
  if (frame == nullptr) return;
  std::memcpy(frame, message, length);
  wire_->Send();
}

}  // namespace lunadrill
