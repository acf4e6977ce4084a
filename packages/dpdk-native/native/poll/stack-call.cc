#include "poll/stack-call.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "util/failure.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
namespace at = layout::call;

using Table = struct ::luna_stack_v1;

constexpr double kForever = std::numeric_limits<double>::infinity();
static_assert(sizeof(luna_tcp_info) <= CallRecord::kDataSize);

// What the table has no function for; null for what it can do, or what the host does by itself.
const char* Lacking(std::uint32_t op) {
  switch (op) {
    case op::kRecvmsg:
      return "recvmsg() of the stack";
    case op::kSendmsg:
      return "sendmsg() of the stack";
    case op::kIoctl:
      return "ioctl() of the stack";
    case op::kEpollCreate:
    case op::kEpollCtl:
    case op::kEpollWait:
      return "epoll of the stack";
    case op::kPipe:
      return "pipe() of the stack";
    case op::kSplice:
      return "splice() of the stack";
    case op::kOpen:
      return "open() of the stack";
    case op::kSendfile:
      return "sendfile() of the stack";
    case op::kCapSet:
      return "cap_set() of the stack";
    default:
      return nullptr;
  }
}

}  // namespace

bool StackCall::OnlyInspects(const std::uint8_t* record, std::size_t length) {
  std::uint32_t op = 0;
  if (length < at::kData) return false;
  std::memcpy(&op, record + at::kOp, sizeof op);
  return op == op::kStackTcpInfo;
}

void StackCall::Take(const std::uint8_t* record, std::size_t length, double now_us) {
  in_flight_ = false;
  if (length < at::kData || length > at::kSize) {
    CallRecord::Refuse(0, "it has " + std::to_string(length) + " octets");
  }
  std::memcpy(octets_, record, length);
  std::memset(octets_ + length, 0, sizeof octets_ - length);
  record_.Prepare(length);
  if (const char* lacking = Lacking(record_.op())) throw Failure("LD_UNSUPPORTED", lacking);
  done_ = 0;
  start_us_ = now_us;
  deadline_us_ = record_.op() == op::kPoll && record_.arg()[1] >= 0 ? now_us + record_.arg()[1] * 1000.0 : kForever;
  in_flight_ = true;
}

StackCall::Outcome StackCall::Try(const Table& stack, double now_us) {
  const bool poll = record_.op() == op::kPoll;
  std::int64_t result = poll ? EnterPoll(stack) : Enter(stack);
  if (poll) {
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
  record_.Finish(static_cast<std::int32_t>(result < 0 ? -1 : result),
                 static_cast<std::int32_t>(result < 0 ? -result : 0), start_us_, now_us);
  in_flight_ = false;
  return Outcome::kOver;
}

bool StackCall::Outgoing() const {
  const std::uint32_t op = record_.op();
  return op == op::kWrite || op == op::kWritev || op == op::kSend || op == op::kSendto;
}

bool StackCall::Blocking(const Table& stack) const {
  const std::uint32_t op = record_.op();
  const bool flags = op == op::kRecv || op == op::kRecvfrom || op == op::kSend || op == op::kSendto;
  if (flags && (record_.arg()[1] & MSG_DONTWAIT) != 0) return false;
  const int kept = stack.fcntl(record_.fd(), F_GETFL, 0);
  return kept >= 0 && (kept & O_NONBLOCK) == 0;
}

bool StackCall::Sleeps(const Table& stack, std::int64_t result) {
  switch (record_.op()) {
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
  if (done_ + static_cast<std::uint64_t>(result) >= record_.count()) return false;
  const std::uint32_t op = record_.op();
  const std::int32_t flags = record_.arg()[1];
  const bool all =
      Outgoing() || ((op == op::kRecv || op == op::kRecvfrom) && (flags & MSG_WAITALL) != 0 && (flags & MSG_PEEK) == 0);
  if (!all) return false;
  int type = 0;
  std::uint32_t size = sizeof type;
  const bool stream = stack.getsockopt(record_.fd(), SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type == SOCK_STREAM;
  return stream && Blocking(stack);
}

std::int64_t StackCall::Enter(const Table& stack) {
  const int fd = record_.fd();
  const auto& arg = record_.arg();
  sockaddr* const address = record_.address();
  std::uint8_t* const buffer = record_.buffer();
  const std::uint64_t count = record_.count() - done_;
  socklen_t& option_length = record_.option_length();
  switch (record_.op()) {
    case op::kSocket:
      return stack.socket(arg[0], arg[1], arg[2]);
    case op::kBind:
      return stack.bind(fd, address, record_.in_length());
    case op::kListen:
      return stack.listen(fd, arg[0]);
    case op::kAccept:
      option_length = CallRecord::kAddressSize;
      return stack.accept(fd, address, &option_length);
    case op::kConnect:
      return stack.connect(fd, address, record_.in_length());
    case op::kRead:
      return stack.read(fd, buffer, count);
    case op::kReadv:
      return EnterVector(stack, false);
    case op::kRecv:
      return stack.recv(fd, buffer, count, arg[1]);
    case op::kRecvfrom: {
      sockaddr_storage from;
      std::uint32_t length = sizeof from;
      return stack.recvfrom(fd, buffer, count, arg[1], reinterpret_cast<sockaddr*>(&from), &length);
    }
    case op::kWrite:
      return stack.write(fd, buffer, count);
    case op::kWritev:
      return EnterVector(stack, true);
    case op::kSend:
      return stack.send(fd, buffer, count, arg[1]);
    case op::kSendto:
      return stack.sendto(fd, buffer, count, arg[1], record_.in_length() == 0 ? nullptr : address, record_.in_length());
    case op::kClose:
      return stack.close(fd);
    case op::kShutdown:
      return stack.shutdown_socket(fd, arg[0]);
    case op::kFcntl:
      return stack.fcntl(fd, arg[0], arg[1] == 1 ? arg[2] : 0);
    case op::kGetsockopt:
      return stack.getsockopt(fd, arg[0], arg[1], buffer, &option_length);
    case op::kSetsockopt:
      return stack.setsockopt(fd, arg[0], arg[1], buffer, option_length);
    case op::kStackTcpInfo: {
      luna_tcp_info info = {};
      const int result = stack.tcp_info(fd, &info);
      option_length = result < 0 ? 0 : sizeof info;
      std::memcpy(record_.data(), &info, option_length);
      return result;
    }
    default:
      return -ENOSYS;
  }
}

// From the first part that has not gone, whose rest it is.
std::int64_t StackCall::EnterVector(const Table& stack, bool outgoing) {
  const int fd = record_.fd();
  std::vector<iovec>& vector = record_.vector();
  std::uint64_t skip = done_;
  std::size_t first = 0;
  while (first < vector.size() && skip > 0 && skip >= vector[first].iov_len) skip -= vector[first++].iov_len;
  iovec* parts = vector.data() + first;
  const int count = static_cast<int>(vector.size() - first);
  if (skip == 0) return outgoing ? stack.writev(fd, parts, count) : stack.readv(fd, parts, count);
  parts->iov_len -= skip;
  const std::int64_t result = outgoing ? stack.writev(fd, parts, count) : stack.readv(fd, parts, count);
  parts->iov_len += skip;
  return result;
}

std::int64_t StackCall::EnterPoll(const Table& stack) {
  auto* elements = reinterpret_cast<pollfd*>(record_.data());
  std::int64_t hits = 0;
  for (std::int32_t i = 0; i < record_.arg()[0]; ++i) {
    pollfd& element = elements[i];
    element.revents = 0;
    if (element.fd < 0) continue;
    const int ready = stack.ready(element.fd);
    element.revents = ready < 0 ? POLLNVAL : static_cast<short>(ready & (element.events | POLLERR | POLLHUP));
    if (element.revents != 0) ++hits;
  }
  return hits;
}

}  // namespace lunadrill
