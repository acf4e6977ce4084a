#include "poll/stack-call.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "poll/lacking.h"
#include "poll/socket-ioctl.h"
#include "poll/socket-query.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
namespace at = layout::call;

// No datagram is longer.
constexpr std::uint64_t kDatagram = 65536;
constexpr double kForever = std::numeric_limits<double>::infinity();
static_assert(sizeof(luna_tcp_info) <= CallRecord::kDataSize);

bool SameConnection(const luna_socket_info& a, const luna_socket_info& b) {
  return a.protocol == b.protocol && a.local_port == b.local_port && a.remote_port == b.remote_port &&
         std::memcmp(a.local_ip, b.local_ip, sizeof a.local_ip) == 0 &&
         std::memcmp(a.remote_ip, b.remote_ip, sizeof a.remote_ip) == 0;
}

// sk_stream_closing()
bool Closing(std::uint32_t state) {
  return state == LUNA_FIN_WAIT_1 || state == LUNA_CLOSING || state == LUNA_LAST_ACK;
}

}  // namespace

bool StackCall::OnlyInspects(const std::uint8_t* record, std::size_t length) {
  std::uint32_t op = 0;
  if (length < at::kData) return false;
  std::memcpy(&op, record + at::kOp, sizeof op);
  return op == op::kStackTcpInfo;
}

void StackCall::Take(const Table& stack, const std::uint8_t* record, std::size_t length, double now_us) {
  in_flight_ = false;
  if (length < at::kData || length > at::kSize) {
    CallRecord::Refuse(0, "it has " + std::to_string(length) + " octets");
  }
  std::memcpy(octets_, record, length);
  std::memset(octets_ + length, 0, sizeof octets_ - length);
  record_.Prepare(length);
  if (const char* lacking = Lacking(stack, descriptors_, &record_)) {
    throw Failure("LD_UNSUPPORTED", std::string("stack lacks ") + lacking);
  }
  kind_ = descriptors_->KindOf(stack, record_.fd());
  done_ = 0;
  moved_ = {};
  first_result_ = 0;
  closed_ = {};
  start_us_ = now_us;
  deadline_us_ = DeadlineUs(stack, now_us);
  in_flight_ = true;
}

double StackCall::DeadlineUs(const Table& stack, double now_us) const {
  const auto& options = descriptors_->options;
  const int fd = record_.fd();
  switch (record_.op()) {
    case op::kPoll:
    case op::kEpollWait:
      return record_.arg()[1] < 0 ? kForever : now_us + record_.arg()[1] * 1000.0;
    case op::kAccept:
      return now_us + options.ReceiveUs(fd);
    case op::kConnect:
    case op::kSendfile:
      return now_us + options.SendUs(fd);
    case op::kSplice: {
      const bool from_socket = kind_ == Kind::kSocket;
      return now_us + (from_socket ? options.ReceiveUs(fd) : options.SendUs(record_.arg()[0]));
    }
    case op::kClose: {
      linger kept = {};
      std::uint32_t size = sizeof kept;
      const bool found = kind_ == Kind::kSocket && stack.getsockopt(fd, SOL_SOCKET, SO_LINGER, &kept, &size) == 0;
      return found && kept.l_onoff != 0 ? now_us + kept.l_linger * 1e6 : now_us;
    }
    default:
      return Incoming() ? now_us + options.ReceiveUs(fd) : Outgoing() ? now_us + options.SendUs(fd) : kForever;
  }
}

StackCall::Outcome StackCall::Try(const Table& stack, double now_us) {
  std::int64_t result = Enter(stack);
  if (now_us < deadline_us_ && Sleeps(stack, result)) {
    if (first_result_ == 0) first_result_ = result;
    return Outcome::kSleeps;
  }
  // connect(2) that is over by time is under way still.
  if (record_.op() == op::kConnect && result == -EALREADY && first_result_ != 0) result = first_result_;
  if (result > 0 && WantsMore(stack, result)) {
    done_ += static_cast<std::uint64_t>(result);
    return Outcome::kWentOn;
  }
  // What has gone counts; an error that came behind it is the next call's.
  if (done_ > 0) result = static_cast<std::int64_t>(done_) + std::max<std::int64_t>(result, 0);
  record_.Finish(static_cast<std::int32_t>(result < 0 ? -1 : result),
                 static_cast<std::int32_t>(result < 0 ? -result : 0), start_us_, now_us);
  in_flight_ = false;
  return Outcome::kOver;
}

bool StackCall::Incoming() const {
  const std::uint32_t op = record_.op();
  return op == op::kRead || op == op::kReadv || op == op::kRecv || op == op::kRecvfrom || op == op::kRecvmsg;
}

bool StackCall::Outgoing() const {
  const std::uint32_t op = record_.op();
  return op == op::kWrite || op == op::kWritev || op == op::kSend || op == op::kSendto || op == op::kSendmsg;
}

// MSG_… of the calls that take them.
std::int32_t StackCall::Flags() const {
  switch (record_.op()) {
    case op::kRecv:
    case op::kRecvfrom:
    case op::kSend:
    case op::kSendto:
      return record_.arg()[1];
    case op::kRecvmsg:
    case op::kSendmsg:
      return record_.arg()[0];
    default:
      return 0;
  }
}

bool StackCall::Stream(const Table& stack) const {
  if (kind_ == Kind::kFile) return true;
  int type = 0;
  std::uint32_t size = sizeof type;
  return stack.getsockopt(record_.fd(), SOL_SOCKET, SO_TYPE, &type, &size) < 0 || type == SOCK_STREAM;
}

bool StackCall::Blocking(const Table& stack) const {
  if (kind_ == Kind::kFile) return descriptors_->files.Blocking(record_.fd());
  if ((Flags() & MSG_DONTWAIT) != 0) return false;
  const int kept = stack.fcntl(record_.fd(), F_GETFL, 0);
  return kept >= 0 && (kept & O_NONBLOCK) == 0;
}

bool StackCall::Sleeps(const Table& stack, std::int64_t result) {
  switch (record_.op()) {
    case op::kPoll:
    case op::kEpollWait:
      return result == 0;
    case op::kConnect:
      return (result == -EINPROGRESS || result == -EALREADY) && Blocking(stack);
    case op::kAccept:
      return result == -EAGAIN && Blocking(stack);
    case op::kSplice:
    case op::kSendfile:
      return moved_.sleeps;
    case op::kClose:
      return Lingers(stack);
    default:
      return result == -EAGAIN && (Incoming() || Outgoing()) && Blocking(stack);
  }
}

// A blocking send returns when all has gone; a receive when as much has come as it wants at least.
bool StackCall::WantsMore(const Table& stack, std::int64_t result) {
  if (record_.op() == op::kSplice || record_.op() == op::kSendfile) return moved_.goes_on;
  if (kind_ == Kind::kSet || !(Incoming() || Outgoing())) return false;
  if (done_ + static_cast<std::uint64_t>(result) >= Target()) return false;
  return Stream(stack) && Blocking(stack);
}

// Octets that a stream's call waits for: MSG_WAITALL, SO_RCVLOWAT (sock_rcvlowat()).
std::uint64_t StackCall::Target() const {
  if (Outgoing()) return record_.count();
  if (kind_ == Kind::kFile || (Flags() & MSG_PEEK) != 0) return 0;
  if ((Flags() & MSG_WAITALL) != 0) return record_.count();
  return std::min<std::uint64_t>(record_.count(), descriptors_->options.LowWater(record_.fd()));
}

// A connection that close(2) has left behind, as long as its octets and its FIN are under way.
bool StackCall::Lingers(const Table& stack) const {
  struct Search {
    const luna_socket_info* closed;
    bool closing;
  } search = {&closed_, false};
  if (closed_.protocol != IPPROTO_TCP) return false;
  const auto visit = [](void* context, const luna_socket_info* each) {
    auto* const of = static_cast<Search*>(context);
    if (SameConnection(*each, *of->closed) && Closing(each->state)) of->closing = true;
  };
  stack.list_sockets(visit, &search);
  return search.closing;
}

// By what the call is about.
std::int64_t StackCall::Enter(const Table& stack) {
  EpollTable& epolls = descriptors_->epolls;
  const auto& arg = record_.arg();
  switch (record_.op()) {
    case op::kSocket: {
      const int fd = stack.socket(arg[0], arg[1], arg[2]);
      if (fd >= 0 && (arg[1] & SOCK_CLOEXEC) != 0) descriptors_->options.SetCloseOnExec(fd, true);
      return fd;
    }
    case op::kOpen:
      return descriptors_->files.Open(reinterpret_cast<const char*>(record_.data()), arg[0]);
    case op::kPipe:
      return descriptors_->files.Pipe(&record_.ends());
    case op::kEpollCreate:
      return epolls.Create(arg[0]);
    case op::kEpollCtl:
      return epolls.Control(stack, record_.fd(), arg[0], arg[1], record_.event());
    case op::kEpollWait:
      return epolls.Wait(stack, record_.fd(), arg[0], &record_.event());
    case op::kPoll:
      return EnterPoll(stack);
    case op::kSplice:
    case op::kSendfile:
      return EnterTransfer(stack);
    case op::kClose:
      return EnterClose(stack);
    case op::kFcntl:
      if (kind_ != Kind::kFile && kind_ != Kind::kNone && (arg[0] == F_GETFD || arg[0] == F_SETFD)) {
        return EnterCloseOnExec();
      }
      [[fallthrough]];
    default:
      return kind_ == Kind::kFile ? EnterFile() : kind_ == Kind::kSet ? EnterSet() : EnterSocket(stack);
  }
}

// From the first part that has not gone, whose rest it is.
template <typename Call>
std::int64_t StackCall::WithRest(Call call) {
  std::vector<iovec>& vector = record_.vector();
  std::uint64_t skip = done_;
  std::size_t first = 0;
  while (first < vector.size() && skip > 0 && skip >= vector[first].iov_len) skip -= vector[first++].iov_len;
  iovec* const parts = vector.data() + first;
  const int count = static_cast<int>(vector.size() - first);
  if (count == 0) return call(parts, 0);
  parts->iov_len -= skip;
  const std::int64_t result = call(parts, count);
  parts->iov_len += skip;
  return result;
}

std::int64_t StackCall::EnterFile() {
  HostFiles& files = descriptors_->files;
  const int fd = record_.fd();
  const auto& arg = record_.arg();
  switch (record_.op()) {
    case op::kRead:
      return files.Read(fd, record_.buffer(), record_.count());
    case op::kReadv:
      return files.ReadVector(fd, record_.vector().data(), static_cast<int>(record_.vector().size()));
    case op::kWrite:
      return files.Write(fd, record_.buffer(), record_.count() - done_);
    case op::kWritev:
      return WithRest([&](const iovec* parts, int count) { return files.WriteVector(fd, parts, count); });
    case op::kFcntl:
      return files.Fcntl(fd, arg[0], arg[1] == 1 ? arg[2] : 0);
    case op::kIoctl:
      return files.Ioctl(fd, static_cast<std::uint32_t>(arg[0]), arg[1] == 1 ? record_.buffer() : nullptr);
    case op::kStackTcpInfo:
      return -EINVAL;
    default:
      return -ENOTSOCK;
  }
}

std::int64_t StackCall::EnterSet() {
  const auto& arg = record_.arg();
  switch (record_.op()) {
    case op::kRead:
    case op::kReadv:
    case op::kWrite:
    case op::kWritev:
    case op::kStackTcpInfo:
      return -EINVAL;
    case op::kFcntl:
      if (arg[0] == F_GETFL) return descriptors_->epolls.Flags(record_.fd());
      if (arg[0] != F_SETFL) return -EINVAL;
      descriptors_->epolls.SetFlags(record_.fd(), arg[2]);
      return 0;
    case op::kIoctl:
      return -EINVAL;  // since Linux 6.9, ENOTTY before
    default:
      return -ENOTSOCK;
  }
}

std::int64_t StackCall::EnterSocket(const Table& stack) {
  const int fd = record_.fd();
  const auto& arg = record_.arg();
  sockaddr* const address = record_.address();
  std::uint8_t* const buffer = record_.buffer();
  const std::uint64_t count = record_.count() - done_;
  socklen_t& option_length = record_.option_length();
  switch (record_.op()) {
    case op::kBind:
      return stack.bind(fd, address, record_.in_length());
    case op::kListen:
      return stack.listen(fd, arg[0]);
    case op::kAccept:
      return EnterAccept(stack);
    case op::kConnect:
      return stack.connect(fd, address, record_.in_length());
    case op::kRead:
      return stack.read(fd, buffer, count);
    case op::kReadv:
      return WithRest([&](const iovec* parts, int count) { return stack.readv(fd, parts, count); });
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
      return WithRest([&](const iovec* parts, int count) { return stack.writev(fd, parts, count); });
    case op::kSend:
      return stack.send(fd, buffer, count, arg[1]);
    case op::kSendto:
      return stack.sendto(fd, buffer, count, arg[1], record_.in_length() == 0 ? nullptr : address, record_.in_length());
    case op::kSendmsg:
    case op::kRecvmsg:
      return (stack.capabilities & LUNA_CAP_CONTROL) != 0 ? EnterMessage(stack) : EnterPlainMessage(stack);
    case op::kIoctl:
      return SocketIoctl(stack, &descriptors_->options, fd, static_cast<std::uint32_t>(arg[0]),
                         arg[1] == 1 ? buffer : nullptr);
    case op::kShutdown: {
      const int result = stack.shutdown_socket(fd, arg[0]);
      if (result == 0) descriptors_->epolls.Woken(fd);  // as inet_shutdown()
      return result;
    }
    case op::kFcntl:
      return stack.fcntl(fd, arg[0], arg[1] == 1 ? arg[2] : 0);
    case op::kGetsockopt:
    case op::kSetsockopt:
      return EnterOption(stack);
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

// The rest of the parts; control messages go out with the first of them.
std::int64_t StackCall::EnterMessage(const Table& stack) {
  msghdr& whole = record_.message();
  const std::int32_t flags = record_.arg()[0];
  return WithRest([&](iovec* parts, int count) -> std::int64_t {
    msghdr message = whole;
    message.msg_iov = parts;
    message.msg_iovlen = static_cast<std::size_t>(count);
    if (record_.op() == op::kSendmsg) {
      if (done_ > 0) message.msg_control = nullptr;
      if (done_ > 0) message.msg_controllen = 0;
      return stack.sendmsg(record_.fd(), &message, flags);
    }
    const std::int64_t result = stack.recvmsg(record_.fd(), &message, flags);
    if (result < 0) return result;
    whole.msg_flags = message.msg_flags;
    whole.msg_controllen = std::min<std::size_t>(message.msg_controllen, static_cast<std::size_t>(record_.arg()[2]));
    return result;
  });
}

// Of a stack that has no control messages.
std::int64_t StackCall::EnterPlainMessage(const Table& stack) {
  if (record_.op() == op::kRecvmsg) return EnterReceive(stack);
  const msghdr& message = record_.message();
  const std::uint64_t part = std::min<std::uint64_t>(record_.count() - done_, record_.whole());
  return stack.sendto(record_.fd(), record_.buffer(), part, record_.arg()[0],
                      static_cast<const sockaddr*>(message.msg_name), message.msg_namelen);
}

// recvmsg without control messages. Of a datagram the whole is taken, to see what is cut off.
std::int64_t StackCall::EnterReceive(const Table& stack) {
  msghdr& message = record_.message();
  const std::int32_t flags = record_.arg()[0];
  const std::uint64_t wanted = record_.count() - done_;
  const bool stream = Stream(stack);
  std::uint32_t length = sizeof(sockaddr_storage);
  const std::uint64_t room =
      stream ? std::min<std::uint64_t>(wanted, record_.whole()) : std::max<std::uint64_t>(wanted, kDatagram);
  std::int64_t result = stack.recvfrom(record_.fd(), stream ? record_.buffer() : datagram_.AtLeast(room), room,
                                       flags & ~MSG_TRUNC, static_cast<sockaddr*>(message.msg_name), &length);
  if (result < 0) return result;
  message.msg_flags = 0;
  message.msg_controllen = 0;
  if (!stream && static_cast<std::uint64_t>(result) > wanted) {
    message.msg_flags = MSG_TRUNC;
    if ((flags & MSG_TRUNC) == 0) result = static_cast<std::int64_t>(wanted);
  }
  return result;
}

std::int64_t StackCall::EnterCloseOnExec() {
  KeptOptions& options = descriptors_->options;
  const auto& arg = record_.arg();
  if (arg[0] == F_GETFD) return options.CloseOnExec(record_.fd()) ? FD_CLOEXEC : 0;
  options.SetCloseOnExec(record_.fd(), arg[1] == 1 && (arg[2] & FD_CLOEXEC) != 0);
  return 0;
}

std::int64_t StackCall::EnterAccept(const Table& stack) {
  record_.option_length() = CallRecord::kAddressSize;
  const int fd = stack.accept(record_.fd(), record_.address(), &record_.option_length());
  if (fd >= 0) descriptors_->options.Accepted(record_.fd(), fd);
  return fd;
}

std::int64_t StackCall::EnterOption(const Table& stack) {
  const int fd = record_.fd();
  const auto& arg = record_.arg();
  KeptOptions& options = descriptors_->options;
  const bool kept = kind_ == Kind::kSocket && KeptOptions::Has(arg[0], arg[1]);
  if (record_.op() == op::kSetsockopt) {
    return kept ? options.Set(fd, arg[1], record_.buffer(), record_.option_length())
                : stack.setsockopt(fd, arg[0], arg[1], record_.buffer(), record_.option_length());
  }
  return kept ? options.Get(fd, arg[1], record_.buffer(), &record_.option_length())
              : stack.getsockopt(fd, arg[0], arg[1], record_.buffer(), &record_.option_length());
}

// Once closed, the connection alone is looked for.
std::int64_t StackCall::EnterClose(const Table& stack) {
  if (closed_.protocol != 0) return 0;
  const int fd = record_.fd();
  if (kind_ == Kind::kFile) descriptors_->files.Close(fd);
  if (kind_ == Kind::kSocket || kind_ == Kind::kNone) {
    luna_socket_info info = {};
    const bool found = FindSocket(stack, fd, &info);
    const int result = stack.close(fd);
    if (result < 0) return result;
    if (found) closed_ = info;
  }
  descriptors_->Forget(fd);
  return 0;
}

std::int64_t StackCall::EnterTransfer(const Table& stack) {
  const auto& arg = record_.arg();
  const bool splice = record_.op() == op::kSplice;
  FileTransfer::Request request = {};
  request.in = splice ? record_.fd() : arg[0];
  request.out = splice ? arg[0] : record_.fd();
  request.count = static_cast<std::uint64_t>(std::int64_t{arg[1]});
  request.done = done_;
  if (splice) {
    request.flags = static_cast<std::uint32_t>(arg[2]);
    request.in_offset = (arg[3] & 1) != 0;
    request.out_offset = (arg[3] & 2) != 0;
  }
  moved_ = splice ? transfer_.Splice(stack, request) : transfer_.SendFile(stack, request, record_.offset());
  return moved_.result;
}

std::int64_t StackCall::EnterPoll(const Table& stack) {
  auto* elements = reinterpret_cast<pollfd*>(record_.data());
  std::int64_t hits = 0;
  for (std::int32_t i = 0; i < record_.arg()[0]; ++i) {
    pollfd& element = elements[i];
    element.revents = 0;
    if (element.fd < 0) continue;
    const int ready = descriptors_->Ready(stack, element.fd);
    element.revents = ready < 0 ? POLLNVAL : static_cast<short>(ready & (element.events | POLLERR | POLLHUP));
    if (element.revents != 0) ++hits;
  }
  return hits;
}

}  // namespace lunadrill
