#include "syscall/call-runner.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "lunadrill/layout.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
namespace at = layout::call;

constexpr std::uint32_t kDataSize = at::kSize - at::kData;
constexpr socklen_t kAddressSize = sizeof(sockaddr_storage);
static_assert(sizeof(pollfd) == 8, "the layout's poll element is the kernel's");
static_assert(sizeof(iovec) == 2 * sizeof(void*));

[[noreturn]] void Refuse(std::uint32_t op, const std::string& why) {
  throw Failure("LD_CALL", "call record of operation " + std::to_string(op) + ": " + why);
}

}  // namespace

CallRunner::CallRunner(std::uint8_t* record, const RunClock& clock, DescriptorSet* descriptors)
    : record_(record),
      clock_(clock),
      descriptors_(descriptors),
      zeros_(PROT_READ),
      scratch_(PROT_READ | PROT_WRITE),
      options_(PROT_READ | PROT_WRITE) {
  vector_.reserve(kDataSize / sizeof(std::uint32_t));
}

template <typename Value>
Value CallRunner::Get(std::size_t offset) const {
  Value value;
  std::memcpy(&value, record_ + offset, sizeof value);
  return value;
}

template <typename Value>
void CallRunner::Put(std::size_t offset, Value value) {
  std::memcpy(record_ + offset, &value, sizeof value);
}

void CallRunner::Prepare() {
  op_ = Get<std::uint32_t>(at::kOp);
  fd_ = Get<std::int32_t>(at::kFd);
  const std::uint32_t arguments[] = {at::kArg0, at::kArg1, at::kArg2, at::kArg3};
  for (std::size_t i = 0; i < std::size(arguments); ++i) arg_[i] = Get<std::int32_t>(arguments[i]);
  in_length_ = Get<std::uint32_t>(at::kInLength);
  out_capacity_ = std::min(Get<std::uint32_t>(at::kOutCapacity), kDataSize);
  if (in_length_ > kDataSize)
    Refuse(op_, "inLength " + std::to_string(in_length_) + " is above " + std::to_string(kDataSize));
  buffer_ = nullptr;
  option_length_ = 0;

  switch (op_) {
    case op::kSocket:
    case op::kBind:
    case op::kListen:
    case op::kAccept:
    case op::kConnect:
    case op::kClose:
    case op::kShutdown:
    case op::kFcntl:
      return;
    case op::kRead:
    case op::kRecv:
    case op::kRecvfrom:
    case op::kWrite:
    case op::kSend:
    case op::kSendto: {
      if (arg_[0] < 0) Refuse(op_, "the count is negative");
      if (arg_[2] == 1) return;
      const bool incoming = op_ == op::kRead || op_ == op::kRecv || op_ == op::kRecvfrom;
      buffer_ = (incoming ? scratch_ : zeros_).AtLeast(static_cast<std::size_t>(arg_[0]));
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
      if (op_ == op::kSetsockopt) std::memcpy(buffer_, record_ + at::kData, in_length_);
      option_length_ = static_cast<std::uint32_t>(arg_[2]);
      return;
    }
    default:
      Refuse(op_, "the kernel has no such operation");
  }
}

void CallRunner::PrepareVector(bool outgoing) {
  const std::size_t count = in_length_ / sizeof(std::uint32_t);
  std::size_t longest = 0;
  vector_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    vector_[i].iov_len = Get<std::uint32_t>(at::kData + i * sizeof(std::uint32_t));
    longest = std::max(longest, vector_[i].iov_len);
  }
  // All elements share one buffer: nothing reads what comes in.
  buffer_ = (outgoing ? zeros_ : scratch_).AtLeast(longest);
  for (iovec& part : vector_) part.iov_base = buffer_;
}

void CallRunner::Execute(std::atomic<std::uint32_t>* inside, std::uint32_t mark) noexcept {
  const double start = clock_.NowUs();
  if (inside != nullptr) inside->store(mark, std::memory_order_release);
  errno = 0;
  const std::int64_t result = Enter();
  const int error = errno;
  const double end = clock_.NowUs();
  Put(at::kResult, static_cast<std::int32_t>(result));
  Put(at::kErrno, static_cast<std::int32_t>(result < 0 ? error : 0));
  Put(at::kStartUs, start);
  Put(at::kReturnUs, end);
  Finish(result);
}

std::int64_t CallRunner::Enter() noexcept {
  std::uint8_t* const data = record_ + at::kData;
  auto* const address = reinterpret_cast<sockaddr*>(data);
  const auto count = static_cast<std::size_t>(arg_[0]);
  switch (op_) {
    case op::kSocket:
      return ::socket(arg_[0], arg_[1], arg_[2]);
    case op::kBind:
      return ::bind(fd_, address, in_length_);
    case op::kListen:
      return ::listen(fd_, arg_[0]);
    case op::kAccept:
      option_length_ = kAddressSize;
      return ::accept(fd_, address, &option_length_);
    case op::kConnect:
      return ::connect(fd_, address, in_length_);
    case op::kRead:
      return ::read(fd_, buffer_, count);
    case op::kReadv:
      return ::readv(fd_, vector_.data(), static_cast<int>(vector_.size()));
    case op::kRecv:
      return ::recv(fd_, buffer_, count, arg_[1]);
    case op::kRecvfrom: {
      sockaddr_storage from;
      socklen_t length = sizeof from;
      return ::recvfrom(fd_, buffer_, count, arg_[1], reinterpret_cast<sockaddr*>(&from), &length);
    }
    case op::kWrite:
      return ::write(fd_, buffer_, count);
    case op::kWritev:
      return ::writev(fd_, vector_.data(), static_cast<int>(vector_.size()));
    case op::kSend:
      return ::send(fd_, buffer_, count, arg_[1]);
    case op::kSendto:
      return ::sendto(fd_, buffer_, count, arg_[1], in_length_ == 0 ? nullptr : address, in_length_);
    case op::kClose:
      return ::close(fd_);
    case op::kShutdown:
      return ::shutdown(fd_, arg_[0]);
    case op::kFcntl:
      return arg_[1] == 1 ? ::fcntl(fd_, arg_[0], arg_[2]) : ::fcntl(fd_, arg_[0]);
    case op::kPoll:
      return ::poll(reinterpret_cast<pollfd*>(data), static_cast<nfds_t>(arg_[0]), arg_[1]);
    case op::kGetsockopt:
      return ::getsockopt(fd_, arg_[0], arg_[1], buffer_, &option_length_);
    case op::kSetsockopt:
      return ::setsockopt(fd_, arg_[0], arg_[1], buffer_, option_length_);
    default:
      errno = ENOSYS;
      return -1;
  }
}

// Out-parameters, and the set of open descriptors.
void CallRunner::Finish(std::int64_t result) noexcept {
  std::uint32_t out_length = 0;
  switch (op_) {
    case op::kSocket:
      if (result >= 0) descriptors_->Add(static_cast<int>(result));
      break;
    case op::kAccept:
      if (result >= 0) {
        descriptors_->Add(static_cast<int>(result));
        out_length = std::min<std::uint32_t>(option_length_, kAddressSize);
      }
      break;
    case op::kFcntl:
      if (result >= 0 && (arg_[0] == F_DUPFD || arg_[0] == F_DUPFD_CLOEXEC)) {
        descriptors_->Add(static_cast<int>(result));
      }
      break;
    case op::kClose:
      if (result == 0) descriptors_->Remove(fd_);
      break;
    case op::kPoll:
      out_length = static_cast<std::uint32_t>(arg_[0]) * sizeof(pollfd);
      break;
    case op::kGetsockopt:
      // Filled after a failure too: scripts check out-parameters whatever the result was (3-calls.md 2).
      out_length = option_length_;
      std::memcpy(record_ + at::kData, buffer_,
                  std::min({option_length_, out_capacity_, static_cast<std::uint32_t>(std::max(arg_[2], 0))}));
      break;
    default:
      break;
  }
  Put(at::kOutLength, out_length);
}

}  // namespace lunadrill
