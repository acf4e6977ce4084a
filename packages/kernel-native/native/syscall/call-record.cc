#include "syscall/call-record.h"

#include <poll.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "util/failure.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
namespace at = layout::call;

static_assert(sizeof(pollfd) == 8, "the layout's poll element is the kernel's");
static_assert(sizeof(iovec) == 2 * sizeof(void*));

// What recvmsg returns before its control messages.
constexpr std::uint32_t kMessageHead = 16;
// struct epoll_event in the layout, packed as on x86.
constexpr std::uint32_t kEventSize = 12;
// No set of descriptors has more events than this, whatever maxevents says.
constexpr std::size_t kMostEvents = 65536;

// What is longer is refused whatever it holds (RFC 768: 16 bits of length).
constexpr std::uint64_t kLongestDatagram = 65536;

constexpr std::size_t kWholeMessage = 1 << 20;

std::size_t RoundUp(std::size_t length) { return (length + 7) & ~std::size_t{7}; }

}  // namespace

CallRecord::CallRecord(std::uint8_t* octets)
    : octets_(octets), zeros_(PROT_READ), scratch_(PROT_READ | PROT_WRITE), options_(PROT_READ | PROT_WRITE) {
  vector_.reserve(kDataSize / sizeof(std::uint32_t));
}

void CallRecord::Refuse(std::uint32_t op, const std::string& why) {
  throw Failure("LD_CALL", "call record of operation " + std::to_string(op) + ": " + why);
}

template <typename Value>
Value CallRecord::Get(std::size_t offset) const {
  Value value;
  std::memcpy(&value, octets_ + offset, sizeof value);
  return value;
}

template <typename Value>
void CallRecord::Put(std::size_t offset, Value value) {
  std::memcpy(octets_ + offset, &value, sizeof value);
}

void CallRecord::Prepare(std::size_t length) {
  op_ = Get<std::uint32_t>(at::kOp);
  fd_ = Get<std::int32_t>(at::kFd);
  const std::uint32_t arguments[] = {at::kArg0, at::kArg1, at::kArg2, at::kArg3};
  for (std::size_t i = 0; i < std::size(arguments); ++i) arg_[i] = Get<std::int32_t>(arguments[i]);
  in_length_ = Get<std::uint32_t>(at::kInLength);
  out_capacity_ = std::min(Get<std::uint32_t>(at::kOutCapacity), kDataSize);
  const std::size_t given = length - at::kData;
  if (in_length_ > given) {
    Refuse(op_, "inLength " + std::to_string(in_length_) + " is above " + std::to_string(given));
  }
  buffer_ = nullptr;
  count_ = 0;
  option_length_ = 0;
  out_copied_ = 0;

  switch (op_) {
    case op::kSocket:
    case op::kBind:
    case op::kListen:
    case op::kAccept:
    case op::kConnect:
    case op::kClose:
    case op::kShutdown:
    case op::kFcntl:
    case op::kEpollCreate:
    case op::kSplice:
    case op::kCapSet:
    case op::kStackTcpInfo:
      return;
    case op::kPipe:
      ends_ = {};
      return;
    case op::kRead:
    case op::kRecv:
    case op::kRecvfrom:
    case op::kWrite:
    case op::kSend:
    case op::kSendto: {
      if (arg_[0] < 0) Refuse(op_, "the count is negative");
      count_ = static_cast<std::uint64_t>(arg_[0]);
      if (arg_[2] == 1) return;
      const bool incoming = op_ == op::kRead || op_ == op::kRecv || op_ == op::kRecvfrom;
      const bool typed = op_ == op::kSendto && arg_[3] != 0 && count_ >= 8;
      buffer_ = (incoming || typed ? scratch_ : zeros_).AtLeast(count_);
      if (typed) {
        std::memset(buffer_, 0, std::min<std::uint64_t>(count_, kLongestDatagram));
        buffer_[0] = static_cast<std::uint8_t>(arg_[3]);
      }
      return;
    }
    case op::kReadv:
      return PrepareVector(in_length_ / sizeof(std::int32_t), false);
    case op::kWritev:
      return PrepareVector(in_length_ / sizeof(std::int32_t), true);
    case op::kSendmsg:
    case op::kRecvmsg:
      return PrepareMessage();
    case op::kPoll:
      if (arg_[0] < 0 || static_cast<std::uint32_t>(arg_[0]) > kDataSize / sizeof(pollfd) ||
          static_cast<std::uint32_t>(arg_[0]) * sizeof(pollfd) > in_length_) {
        Refuse(op_, "data holds fewer than nfds elements");
      }
      return;
    case op::kGetsockopt:
    case op::kSetsockopt:
      return PrepareOption();
    case op::kIoctl:
      // Requests carry a size of up to 14 bits, and the script's is an integer: neither may write past the end.
      buffer_ = options_.AtLeast(kDataSize + 1);
      std::memset(buffer_, 0, kDataSize);
      return;
    case op::kEpollCtl:
      if (in_length_ < kEventSize) Refuse(op_, "there is no event");
      buffer_ = options_.AtLeast(sizeof(epoll_event));
      event().events = Get<std::uint32_t>(at::kData);
      event().data.u64 = Get<std::uint64_t>(at::kData + sizeof(std::uint32_t));
      return;
    case op::kEpollWait: {
      const auto wanted = static_cast<std::size_t>(std::max(arg_[0], 1));
      buffer_ = scratch_.AtLeast(std::min(wanted, kMostEvents) * sizeof(epoll_event));
      std::memset(buffer_, 0, sizeof(epoll_event));
      return;
    }
    case op::kOpen:
      if (in_length_ == 0 || octets_[at::kData + in_length_ - 1] != 0) Refuse(op_, "the path has no end");
      return;
    case op::kSendfile:
      if (in_length_ < sizeof(std::int64_t)) Refuse(op_, "there is no offset");
      offset_ = static_cast<off_t>(Get<std::int64_t>(at::kData));
      return;
    default:
      Refuse(op_, "there is no such operation");
  }
}

// optlen is the script's: longer than the value, zeros follow; one octet more than asked, as upstream gives. Only the
// start can have been written to before, so only it is cleared.
void CallRecord::PrepareOption() {
  const std::size_t size = std::max<std::size_t>(static_cast<std::size_t>(std::max(arg_[2], 0)) + 1, kDataSize);
  buffer_ = options_.AtLeast(size);
  std::memset(buffer_, 0, kDataSize);
  if (op_ == op::kSetsockopt) std::memcpy(buffer_, data(), in_length_);
  option_length_ = static_cast<std::uint32_t>(arg_[2]);
}

// The lengths stand at the start of the data. The kernel refuses negative ones.
void CallRecord::PrepareVector(std::size_t parts, bool outgoing) {
  std::int32_t longest = 0;
  vector_.resize(parts);
  for (std::size_t i = 0; i < parts; ++i) {
    const auto length = Get<std::int32_t>(at::kData + i * sizeof(std::int32_t));
    vector_[i].iov_len = static_cast<std::size_t>(std::int64_t{length});
    longest = std::max(longest, length);
    count_ += static_cast<std::uint64_t>(std::max(length, 0));
  }
  // All parts share one buffer: nothing reads what comes in. It holds a whole message, within reason, for stacks that
  // take it in one piece.
  whole_ = std::min<std::size_t>(count_, kWholeMessage);
  buffer_ = (outgoing ? zeros_ : scratch_).AtLeast(std::max<std::size_t>(static_cast<std::size_t>(longest), whole_));
  for (iovec& part : vector_) part.iov_base = buffer_;
}

void CallRecord::PrepareMessage() {
  const bool outgoing = op_ == op::kSendmsg;
  if (arg_[1] < 0 || arg_[2] < 0) Refuse(op_, "a length is negative");
  const auto parts = static_cast<std::size_t>(arg_[1]);
  const auto control = static_cast<std::size_t>(arg_[2]);
  const std::size_t controls_at = RoundUp(parts * sizeof(std::int32_t));
  if (controls_at + control > in_length_ || control > kDataSize - kMessageHead) {
    Refuse(op_, "data holds fewer parts or control messages than it says");
  }
  PrepareVector(parts, outgoing);
  std::uint8_t* controls = options_.AtLeast(kDataSize);
  std::memset(controls, 0, kDataSize);
  std::memcpy(controls, data() + controls_at, control);
  message_ = {};
  message_.msg_iov = vector_.data();
  message_.msg_iovlen = parts;
  message_.msg_control = controls;
  message_.msg_controllen = control;
  if (outgoing) {
    const std::size_t name_at = controls_at + control;
    const std::size_t length = in_length_ - name_at;
    if (length > 0) message_.msg_name = data() + name_at;
    message_.msg_namelen = static_cast<socklen_t>(length);
  } else {
    message_.msg_name = &name_;
    message_.msg_namelen = sizeof name_;
    message_.msg_flags = arg_[3];
  }
}

void CallRecord::Finish(std::int32_t result, std::int32_t error, double start_us, double return_us) noexcept {
  std::uint32_t out_length = 0;
  switch (op_) {
    case op::kAccept:
      out_length = out_copied_ = result < 0 ? 0 : std::min(option_length_, kAddressSize);
      break;
    case op::kPoll:
      out_length = out_copied_ = static_cast<std::uint32_t>(arg_[0]) * sizeof(pollfd);
      break;
    case op::kGetsockopt:
      // Filled after a failure too: scripts check out-parameters whatever the result was (3-calls.md 2).
      out_length = option_length_;
      out_copied_ = std::min({option_length_, out_capacity_, static_cast<std::uint32_t>(std::max(arg_[2], 0))});
      std::memcpy(data(), buffer_, out_copied_);
      break;
    case op::kRecvmsg:
      FinishMessage();
      out_length = out_copied_;
      break;
    case op::kIoctl:
      out_length = out_copied_ = sizeof(std::int32_t);
      std::memcpy(data(), buffer_, out_copied_);
      break;
    case op::kEpollWait:
      out_length = out_copied_ = kEventSize;
      Put(at::kData, std::uint32_t{event().events});
      Put(at::kData + sizeof(std::uint32_t), std::uint64_t{event().data.u64});
      break;
    case op::kPipe:
      out_length = out_copied_ = 2 * sizeof(std::int32_t);
      Put(at::kData, std::int32_t{ends_[0]});
      Put(at::kData + sizeof(std::int32_t), std::int32_t{ends_[1]});
      break;
    case op::kStackTcpInfo:
      out_length = out_copied_ = option_length_;
      break;
    default:
      break;
  }
  Put(at::kResult, result);
  Put(at::kErrno, error);
  Put(at::kOutLength, out_length);
  Put(at::kStartUs, start_us);
  Put(at::kReturnUs, return_us);
}

// After a failure too: then flags and control messages are those that were put in.
void CallRecord::FinishMessage() noexcept {
  const std::size_t left = std::max(static_cast<std::size_t>(arg_[2]), message_.msg_controllen);
  const auto control = static_cast<std::uint32_t>(std::min<std::size_t>(left, kDataSize - kMessageHead));
  Put(at::kData, std::int32_t{message_.msg_flags});
  Put(at::kData + 4, static_cast<std::uint32_t>(message_.msg_controllen));
  Put(at::kData + 8, epoch_us_);
  std::memcpy(data() + kMessageHead, message_.msg_control, control);
  out_copied_ = kMessageHead + control;
}

}  // namespace lunadrill
