#include "poll/stack-call.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include "util/failure.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
namespace at = layout::call;

using Table = struct ::luna_stack_v1;

constexpr std::uint32_t kDataSize = at::kSize - at::kData;
constexpr double kForever = std::numeric_limits<double>::infinity();
static_assert(sizeof(pollfd) == 8, "the layout's poll element is the kernel's");
static_assert(sizeof(luna_tcp_info) <= kDataSize);

[[noreturn]] void Refuse(std::uint32_t op, const std::string& why) {
  throw Failure("LD_CALL", "call record of operation " + std::to_string(op) + ": " + why);
}

bool Receives(std::uint32_t op) { return op == op::kRead || op == op::kRecv || op == op::kRecvfrom; }

}  // namespace

StackCall::StackCall() : zeros_(PROT_READ), scratch_(PROT_READ | PROT_WRITE), options_(PROT_READ | PROT_WRITE) {
  vector_.reserve(kDataSize / sizeof(std::uint32_t));
}

template <typename Value>
Value StackCall::Get(std::size_t offset) const {
  Value value;
  std::memcpy(&value, record_ + offset, sizeof value);
  return value;
}

template <typename Value>
void StackCall::Put(std::size_t offset, Value value) {
  std::memcpy(record_ + offset, &value, sizeof value);
}

bool StackCall::OnlyInspects(const std::uint8_t* record, std::size_t length) {
  std::uint32_t op = 0;
  if (length < at::kData) return false;
  std::memcpy(&op, record + at::kOp, sizeof op);
  return op == op::kStackTcpInfo;
}

void StackCall::Take(const std::uint8_t* record, std::size_t length, double now_us) {
  in_flight_ = false;
  if (length < at::kData || length > at::kSize) Refuse(0, "it has " + std::to_string(length) + " octets");
  std::memcpy(record_, record, length);
  std::memset(record_ + length, 0, sizeof record_ - length);
  op_ = Get<std::uint32_t>(at::kOp);
  fd_ = Get<std::int32_t>(at::kFd);
  const std::uint32_t arguments[] = {at::kArg0, at::kArg1, at::kArg2, at::kArg3};
  for (std::size_t i = 0; i < std::size(arguments); ++i) arg_[i] = Get<std::int32_t>(arguments[i]);
  in_length_ = Get<std::uint32_t>(at::kInLength);
  out_capacity_ = std::min(Get<std::uint32_t>(at::kOutCapacity), kDataSize);
  if (in_length_ > length - at::kData) Refuse(op_, "inLength is beyond the record");
  buffer_ = nullptr;
  count_ = done_ = 0;
  length_ = 0;
  out_copied_ = 0;
  deadline_us_ = kForever;
  Prepare();
  Put(at::kStartUs, now_us);
  if (op_ == op::kPoll && arg_[1] >= 0) deadline_us_ = now_us + arg_[1] * 1000.0;
  in_flight_ = true;
}

void StackCall::Prepare() {
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
    case op::kSendto:
      if (arg_[0] < 0) Refuse(op_, "the count is negative");
      count_ = static_cast<std::uint64_t>(arg_[0]);
      if (arg_[2] != 1) buffer_ = (Receives(op_) ? scratch_ : zeros_).AtLeast(count_);
      return;
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
      const std::size_t size = std::max<std::size_t>(static_cast<std::size_t>(std::max(arg_[2], 0)) + 1, kDataSize);
      buffer_ = options_.AtLeast(size);
      std::memset(buffer_, 0, kDataSize);
      if (op_ == op::kSetsockopt) std::memcpy(buffer_, record_ + at::kData, in_length_);
      length_ = static_cast<std::uint32_t>(arg_[2]);
      return;
    }
    default:
      Refuse(op_, "there is no such operation");
  }
}

void StackCall::PrepareVector(bool outgoing) {
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

StackCall::Outcome StackCall::Try(const Table& stack, double now_us) {
  std::int64_t result = op_ == op::kPoll ? EnterPoll(stack) : Enter(stack);
  if (op_ == op::kPoll) {
    if (result == 0 && now_us < deadline_us_) return Outcome::kSleeps;
  } else if (Sleeps(stack, result)) {
    return Outcome::kSleeps;
  } else if (result > 0 && WantsMore(stack, result)) {
    done_ += static_cast<std::uint64_t>(result);
    return Outcome::kWentOn;
  } else if (done_ > 0) {
    // What has gone counts; an error that came behind it is the next call's.
    result = static_cast<std::int64_t>(done_) + std::max<std::int64_t>(result, 0);
  }
  Finish(result, now_us);
  in_flight_ = false;
  return Outcome::kOver;
}

bool StackCall::Outgoing() const {
  return op_ == op::kWrite || op_ == op::kWritev || op_ == op::kSend || op_ == op::kSendto;
}

bool StackCall::Blocking(const Table& stack) const {
  const bool flags = Receives(op_) || op_ == op::kSend || op_ == op::kSendto;
  if (flags && op_ != op::kRead && (arg_[1] & MSG_DONTWAIT) != 0) return false;
  const int kept = stack.fcntl(fd_, F_GETFL, 0);
  return kept >= 0 && (kept & O_NONBLOCK) == 0;
}

bool StackCall::Sleeps(const Table& stack, std::int64_t result) {
  switch (op_) {
    case op::kConnect:
      return (result == -EINPROGRESS || result == -EALREADY) && Blocking(stack);
    case op::kAccept:
    case op::kRead:
    case op::kReadv:
    case op::kRecv:
    case op::kRecvfrom:
    case op::kWrite:
    case op::kWritev:
    case op::kSend:
    case op::kSendto:
      return result == -EAGAIN && Blocking(stack);
    default:
      return false;
  }
}

// A blocking send returns when all has gone; a receive with MSG_WAITALL when all has come.
bool StackCall::WantsMore(const Table& stack, std::int64_t result) {
  if (done_ + static_cast<std::uint64_t>(result) >= count_) return false;
  const bool all = Outgoing() || ((op_ == op::kRecv || op_ == op::kRecvfrom) && (arg_[1] & MSG_WAITALL) != 0 &&
                                  (arg_[1] & MSG_PEEK) == 0);
  if (!all) return false;
  int type = 0;
  std::uint32_t size = sizeof type;
  const bool stream = stack.getsockopt(fd_, SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type == SOCK_STREAM;
  return stream && Blocking(stack);
}

std::int64_t StackCall::Enter(const Table& stack) {
  std::uint8_t* const data = record_ + at::kData;
  auto* const address = reinterpret_cast<sockaddr*>(data);
  const std::uint64_t count = count_ - done_;
  switch (op_) {
    case op::kSocket:
      return stack.socket(arg_[0], arg_[1], arg_[2]);
    case op::kBind:
      return stack.bind(fd_, address, in_length_);
    case op::kListen:
      return stack.listen(fd_, arg_[0]);
    case op::kAccept:
      length_ = sizeof(sockaddr_storage);
      return stack.accept(fd_, address, &length_);
    case op::kConnect:
      return stack.connect(fd_, address, in_length_);
    case op::kRead:
      return stack.read(fd_, buffer_, count);
    case op::kReadv:
      return EnterVector(stack, false);
    case op::kRecv:
      return stack.recv(fd_, buffer_, count, arg_[1]);
    case op::kRecvfrom: {
      sockaddr_storage from;
      std::uint32_t length = sizeof from;
      return stack.recvfrom(fd_, buffer_, count, arg_[1], reinterpret_cast<sockaddr*>(&from), &length);
    }
    case op::kWrite:
      return stack.write(fd_, buffer_, count);
    case op::kWritev:
      return EnterVector(stack, true);
    case op::kSend:
      return stack.send(fd_, buffer_, count, arg_[1]);
    case op::kSendto:
      return stack.sendto(fd_, buffer_, count, arg_[1], in_length_ == 0 ? nullptr : address, in_length_);
    case op::kClose:
      return stack.close(fd_);
    case op::kShutdown:
      return stack.shutdown_socket(fd_, arg_[0]);
    case op::kFcntl:
      return stack.fcntl(fd_, arg_[0], arg_[1] == 1 ? arg_[2] : 0);
    case op::kGetsockopt:
      return stack.getsockopt(fd_, arg_[0], arg_[1], buffer_, &length_);
    case op::kSetsockopt:
      return stack.setsockopt(fd_, arg_[0], arg_[1], buffer_, length_);
    case op::kStackTcpInfo: {
      luna_tcp_info info = {};
      const int result = stack.tcp_info(fd_, &info);
      length_ = result < 0 ? 0 : sizeof info;
      std::memcpy(data, &info, length_);
      return result;
    }
    default:
      return -ENOSYS;
  }
}

// From the first part that has not gone, whose rest it is.
std::int64_t StackCall::EnterVector(const Table& stack, bool outgoing) {
  std::uint64_t skip = done_;
  std::size_t first = 0;
  while (first < vector_.size() && skip > 0 && skip >= vector_[first].iov_len) skip -= vector_[first++].iov_len;
  iovec* parts = vector_.data() + first;
  const int count = static_cast<int>(vector_.size() - first);
  if (skip == 0) return outgoing ? stack.writev(fd_, parts, count) : stack.readv(fd_, parts, count);
  parts->iov_len -= skip;
  const std::int64_t result = outgoing ? stack.writev(fd_, parts, count) : stack.readv(fd_, parts, count);
  parts->iov_len += skip;
  return result;
}

std::int64_t StackCall::EnterPoll(const Table& stack) {
  auto* elements = reinterpret_cast<pollfd*>(record_ + at::kData);
  std::int64_t hits = 0;
  for (std::int32_t i = 0; i < arg_[0]; ++i) {
    pollfd& element = elements[i];
    element.revents = 0;
    if (element.fd < 0) continue;
    const int ready = stack.ready(element.fd);
    element.revents = ready < 0 ? POLLNVAL : static_cast<short>(ready & (element.events | POLLERR | POLLHUP));
    if (element.revents != 0) ++hits;
  }
  return hits;
}

void StackCall::Finish(std::int64_t result, double now_us) {
  std::uint32_t out = 0;
  switch (op_) {
    case op::kAccept:
      out = result < 0 ? 0 : std::min<std::uint32_t>(length_, sizeof(sockaddr_storage));
      out_copied_ = out;
      break;
    case op::kPoll:
      out = out_copied_ = static_cast<std::uint32_t>(arg_[0]) * sizeof(pollfd);
      break;
    case op::kGetsockopt:
      // Filled after a failure too: scripts check out-parameters whatever the result was (3-calls.md 2).
      out = length_;
      out_copied_ = std::min({length_, out_capacity_, static_cast<std::uint32_t>(std::max(arg_[2], 0))});
      std::memcpy(record_ + at::kData, buffer_, out_copied_);
      break;
    case op::kStackTcpInfo:
      out = out_copied_ = length_;
      break;
    default:
      break;
  }
  Put(at::kResult, static_cast<std::int32_t>(result < 0 ? -1 : result));
  Put(at::kErrno, static_cast<std::int32_t>(result < 0 ? -result : 0));
  Put(at::kOutLength, out);
  Put(at::kReturnUs, now_us);
}

}  // namespace lunadrill
