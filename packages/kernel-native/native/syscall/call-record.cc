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
    case op::kStackTcpInfo:
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
      buffer_ = (incoming ? scratch_ : zeros_).AtLeast(count_);
      return;
    }
    case op::kReadv:
      return PrepareVector(false);
    case op::kWritev:
      return PrepareVector(true);
    case op::kPoll:
      if (arg_[0] < 0 || static_cast<std::uint32_t>(arg_[0]) > kDataSize / sizeof(pollfd) ||
          static_cast<std::uint32_t>(arg_[0]) * sizeof(pollfd) > in_length_) {
        Refuse(op_, "data holds fewer than nfds elements");
      }
      return;
    case op::kGetsockopt:
    case op::kSetsockopt: {
      // optlen is the script's: longer than the value, zeros follow; one octet more than asked, as upstream gives.
      // Only the start can have been written to before, so only it is cleared.
      const std::size_t size = std::max<std::size_t>(static_cast<std::size_t>(std::max(arg_[2], 0)) + 1, kDataSize);
      buffer_ = options_.AtLeast(size);
      std::memset(buffer_, 0, kDataSize);
      if (op_ == op::kSetsockopt) std::memcpy(buffer_, data(), in_length_);
      option_length_ = static_cast<std::uint32_t>(arg_[2]);
      return;
    }
    default:
      Refuse(op_, "there is no such operation");
  }
}

void CallRecord::PrepareVector(bool outgoing) {
  const std::size_t parts = in_length_ / sizeof(std::uint32_t);
  std::size_t longest = 0;
  vector_.resize(parts);
  for (std::size_t i = 0; i < parts; ++i) {
    vector_[i].iov_len = Get<std::uint32_t>(at::kData + i * sizeof(std::uint32_t));
    longest = std::max(longest, vector_[i].iov_len);
    count_ += vector_[i].iov_len;
  }
  // All parts share one buffer: nothing reads what comes in.
  buffer_ = (outgoing ? zeros_ : scratch_).AtLeast(longest);
  for (iovec& part : vector_) part.iov_base = buffer_;
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

}  // namespace lunadrill
