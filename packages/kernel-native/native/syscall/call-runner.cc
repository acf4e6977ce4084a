#include "syscall/call-runner.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "lunadrill/layout.h"

namespace lunadrill {

namespace op = layout::call_op;

namespace {

// Of a file that open() makes: upstream passes none, so chance says.
constexpr mode_t kMode = 0600;

// A pointer that leads nowhere: a script's offset is a number, and upstream passes it as an address.
loff_t* BadPointer(bool wanted) { return wanted ? reinterpret_cast<loff_t*>(std::uintptr_t{8}) : nullptr; }

std::size_t AsSize(std::int32_t count) { return static_cast<std::size_t>(std::int64_t{count}); }

}  // namespace

CallRunner::CallRunner(std::uint8_t* record, const RunClock& clock, DescriptorSet* descriptors,
                       Capabilities* capabilities)
    : record_(record), clock_(clock), descriptors_(descriptors), capabilities_(capabilities) {}

void CallRunner::Prepare() {
  record_.Prepare();
  if (record_.op() == op::kStackTcpInfo) CallRecord::Refuse(op::kStackTcpInfo, "the kernel has no such operation");
}

void CallRunner::Execute(std::atomic<std::uint32_t>* inside, std::uint32_t mark) noexcept {
  const double start = clock_.NowUs();
  if (inside != nullptr) inside->store(mark, std::memory_order_release);
  errno = 0;
  const std::int64_t result = Enter();
  const int error = errno;
  const double end = clock_.NowUs();
  if (record_.op() == op::kRecvmsg) record_.set_epoch_us(clock_.EpochUs());
  record_.Finish(static_cast<std::int32_t>(result), result < 0 ? error : 0, start, end);
  KeepDescriptors(result);
}

std::int64_t CallRunner::Enter() noexcept {
  const int fd = record_.fd();
  const auto& arg = record_.arg();
  sockaddr* const address = record_.address();
  std::uint8_t* const buffer = record_.buffer();
  const std::size_t count = record_.count();
  const std::vector<iovec>& vector = record_.vector();
  socklen_t& option_length = record_.option_length();
  switch (record_.op()) {
    case op::kSocket:
      return ::socket(arg[0], arg[1], arg[2]);
    case op::kBind:
      return ::bind(fd, address, record_.in_length());
    case op::kListen:
      return ::listen(fd, arg[0]);
    case op::kAccept:
      option_length = CallRecord::kAddressSize;
      return ::accept(fd, address, &option_length);
    case op::kConnect:
      return ::connect(fd, address, record_.in_length());
    case op::kRead:
      return ::read(fd, buffer, count);
    case op::kReadv:
      return ::readv(fd, vector.data(), static_cast<int>(vector.size()));
    case op::kRecv:
      return ::recv(fd, buffer, count, arg[1]);
    case op::kRecvfrom: {
      sockaddr_storage from;
      socklen_t length = sizeof from;
      return ::recvfrom(fd, buffer, count, arg[1], reinterpret_cast<sockaddr*>(&from), &length);
    }
    case op::kWrite:
      return ::write(fd, buffer, count);
    case op::kWritev:
      return ::writev(fd, vector.data(), static_cast<int>(vector.size()));
    case op::kSend:
      return ::send(fd, buffer, count, arg[1]);
    case op::kSendto:
      return ::sendto(fd, buffer, count, arg[1], record_.in_length() == 0 ? nullptr : address, record_.in_length());
    case op::kClose:
      return ::close(fd);
    case op::kShutdown:
      return ::shutdown(fd, arg[0]);
    case op::kFcntl:
      return arg[1] == 1 ? ::fcntl(fd, arg[0], arg[2]) : ::fcntl(fd, arg[0]);
    case op::kPoll:
      return ::poll(reinterpret_cast<pollfd*>(record_.data()), static_cast<nfds_t>(arg[0]), arg[1]);
    case op::kGetsockopt:
      return ::getsockopt(fd, arg[0], arg[1], buffer, &option_length);
    case op::kSetsockopt:
      return ::setsockopt(fd, arg[0], arg[1], buffer, option_length);
    case op::kSendmsg:
      return ::sendmsg(fd, &record_.message(), arg[0]);
    case op::kRecvmsg:
      return ::recvmsg(fd, &record_.message(), arg[0]);
    case op::kIoctl:
      return arg[1] == 1 ? ::ioctl(fd, static_cast<unsigned long>(arg[0]), buffer)
                         : ::ioctl(fd, static_cast<unsigned long>(arg[0]));
    case op::kEpollCreate:
      return ::epoll_create(arg[0]);
    case op::kEpollCtl:
      return ::epoll_ctl(fd, arg[0], arg[1], &record_.event());
    case op::kEpollWait:
      return ::epoll_wait(fd, &record_.event(), arg[0], arg[1]);
    case op::kPipe:
      return ::pipe(record_.ends().data());
    case op::kSplice:
      return ::splice(fd, BadPointer((arg[3] & 1) != 0), arg[0], BadPointer((arg[3] & 2) != 0), AsSize(arg[1]),
                      static_cast<unsigned>(arg[2]));
    case op::kOpen:
      return ::open(reinterpret_cast<const char*>(record_.data()), arg[0], kMode);
    case op::kSendfile:
      return ::sendfile(fd, arg[0], &record_.offset(), AsSize(arg[1]));
    case op::kCapSet:
      return capabilities_->Change(arg[0], arg[1] != 0);
    default:
      errno = ENOSYS;
      return -1;
  }
}

// The set of open descriptors.
void CallRunner::KeepDescriptors(std::int64_t result) noexcept {
  switch (record_.op()) {
    case op::kSocket:
    case op::kAccept:
    case op::kEpollCreate:
    case op::kOpen:
      if (result >= 0) descriptors_->Add(static_cast<int>(result));
      break;
    case op::kFcntl:
      if (result >= 0 && (record_.arg()[0] == F_DUPFD || record_.arg()[0] == F_DUPFD_CLOEXEC)) {
        descriptors_->Add(static_cast<int>(result));
      }
      break;
    case op::kPipe:
      if (result == 0) {
        for (const int end : record_.ends()) descriptors_->Add(end);
      }
      break;
    case op::kClose:
      if (result == 0) descriptors_->Remove(record_.fd());
      break;
    default:
      break;
  }
}

}  // namespace lunadrill
