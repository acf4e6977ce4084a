#include "port/capture.h"

#include <fcntl.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>
#include <rte_mbuf_dyn.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <utility>

#include "port/capture-file.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr std::size_t kEthernet = 14;
constexpr std::size_t kFileHead = 24;
constexpr std::size_t kRecordHead = 16;
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kVersion = 2 | 4 << 16;  // 2.4
constexpr std::uint32_t kSnapshot = 65535;
constexpr std::uint32_t kEthernetLink = 1;
constexpr off_t kForget = 1 << 20;

std::int64_t StampUs(const rte_mbuf* frame) {
  static const int offset = rte_mbuf_dynfield_lookup(RTE_MBUF_DYNFIELD_TIMESTAMP_NAME, nullptr);
  return offset < 0 ? 0 : static_cast<std::int64_t>(*RTE_MBUF_DYNFIELD(frame, offset, const rte_mbuf_timestamp_t*));
}

unsigned Word(const std::uint8_t* octets) { return static_cast<unsigned>(octets[0] << 8 | octets[1]); }

}  // namespace

Capture::Capture(const std::string& in, const std::string& out, double first_us, rte_mempool* pool)
    : pool_(pool),
      in_(OpenCapture(in)),
      staging_(::memfd_create("lunadrill-capture", MFD_CLOEXEC)),
      out_name_(out),
      first_us_(first_us) {
  if (!staging_.open()) throw Failure("LD_MEMORY", "no memory for the capture that is written", errno, "memfd_create");
  device_ = Device::Plug("net_pcap90", "rx_pcap=" + PathOf(in_) + ",tx_pcap=" + PathOf(staging_), {pool},
                         "DPDK's net_pcap cannot be made");
  OpenOutput(out, in_);
}

Capture::~Capture() { rte_pktmbuf_free(frame_); }

// Never without a head, so that it is a capture from its first octet on.
void Capture::OpenOutput(const std::string& out, const Descriptor& in) {
  out_ = Descriptor(::open(out.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666));
  if (!out_.open()) throw Failure("LD_PORT", "cannot write the capture " + out, errno, "open");
  struct stat read {};
  struct stat written {};
  if (::fstat(in.get(), &read) == 0 && ::fstat(out_.get(), &written) == 0 && read.st_dev == written.st_dev &&
      read.st_ino == written.st_ino) {
    throw Failure("LD_PORT", "the capture " + out + " cannot be read and written at once: name two files");
  }
  const std::uint32_t head[] = {kMicroseconds, kVersion, 0, 0, kSnapshot, kEthernetLink};
  static_assert(sizeof head == kFileHead);
  if (::write(out_.get(), head, sizeof head) != sizeof head) {
    throw Failure("LD_PORT", "cannot write the capture " + out, errno, "write");
  }
  // A device takes no such thing.
  [[maybe_unused]] const int refused = ::ftruncate(out_.get(), sizeof head);
}

void Capture::Start(Feeds feeds) {
  feeds_ = std::move(feeds);
  next_us_ = 0;
  Advance();
}

void Capture::Advance() {
  for (;;) {
    rte_pktmbuf_free(std::exchange(frame_, nullptr));
    if (rte_eth_rx_burst(device_->port(), 0, &frame_, 1) != 1) {
      frame_ = nullptr;
      next_us_ = kNever;
      return;
    }
    if (IsFed()) break;
  }
  const std::int64_t stamp_us = StampUs(frame_);
  if (zero_us_ < 0) zero_us_ = stamp_us;
  next_us_ = std::max(next_us_, first_us_ + static_cast<double>(stamp_us - zero_us_));
}

// Whole IP packets in plain Ethernet, without the padding behind them.
bool Capture::IsFed() {
  const std::size_t there = rte_pktmbuf_data_len(frame_);
  const auto* octets = rte_pktmbuf_mtod(frame_, const std::uint8_t*);
  if (there < kEthernet + 20) return false;
  packet_ = octets + kEthernet;
  const unsigned type = Word(octets + 12);
  const bool ipv4 = type == 0x0800 && packet_[0] >> 4 == 4;
  const bool ipv6 = type == 0x86dd && packet_[0] >> 4 == 6 && there >= kEthernet + 40;
  if (!ipv4 && !ipv6) return false;
  length_ = ipv4 ? Word(packet_ + 2) : 40 + Word(packet_ + 4);
  return length_ >= 20 && length_ <= there - kEthernet && feeds_(packet_, length_);
}

// By way of the driver's own file: its stamps are the wall's and not the run's, and it may be ended in the midst of a
// frame. Here each frame is one write.
void Capture::Write(const std::uint8_t* frame, std::size_t length, double now_us) {
  if (!trouble_.empty()) return;
  rte_mbuf* copy = rte_pktmbuf_alloc(pool_);
  if (copy == nullptr) return;
  std::memcpy(rte_pktmbuf_append(copy, static_cast<std::uint16_t>(length)), frame, length);
  if (rte_eth_tx_burst(device_->port(), 0, &copy, 1) != 1) {
    rte_pktmbuf_free(copy);
    return;
  }
  std::uint8_t record[kRecordHead + UINT16_MAX];
  const std::size_t octets = kRecordHead + length;
  if (::pread(staging_.get(), record, octets, staged_) != static_cast<ssize_t>(octets)) return;
  staged_ += static_cast<off_t>(octets);
  const double seconds = std::floor(now_us / 1e6);
  const std::uint32_t stamp[] = {static_cast<std::uint32_t>(seconds),
                                 static_cast<std::uint32_t>(now_us - seconds * 1e6)};
  std::memcpy(record, stamp, sizeof stamp);
  errno = 0;
  if (::write(out_.get(), record, octets) != static_cast<ssize_t>(octets)) {
    trouble_ = "cannot write the capture " + out_name_ + ": " + ::strerror(errno == 0 ? ENOSPC : errno);
  }
  if (staged_ % kForget < static_cast<off_t>(octets)) {
    ::fallocate(staging_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, staged_);
  }
}

}  // namespace lunadrill
