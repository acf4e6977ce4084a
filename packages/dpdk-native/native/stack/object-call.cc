#include "stack/object-call.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <string>
#include <utility>

#include "stack/quiet-thread.h"
#include "syscall/thread-sleeps.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

namespace op = layout::call_op;
namespace at = layout::call;

// How long a call that may sleep is waited for until it does: one that works for longer is taken to sleep.
constexpr std::int64_t kFallAsleepNs = 100'000'000;
constexpr useconds_t kLookUs = 15;

// An offset of splice that a script gives as a number, and upstream as an address.
loff_t* BadPointer(bool wanted) { return wanted ? reinterpret_cast<loff_t*>(std::uintptr_t{8}) : nullptr; }

const char* Missing(bool there, const char* words) { return there ? nullptr : words; }

}  // namespace

ObjectCall::ObjectCall(std::shared_ptr<ObjectTable> table, const StackClock* clock)
    : clock_(clock), flight_(std::make_shared<Flight>(std::move(table))) {}

double ObjectCall::deadline_us() const { return std::numeric_limits<double>::infinity(); }

void ObjectCall::Take(const struct ::luna_stack_v1&, const std::uint8_t* record, std::size_t length, double) {
  if (length < at::kData || length > at::kSize) {
    CallRecord::Refuse(0, "it has " + std::to_string(length) + " octets");
  }
  Flight& flight = *flight_;
  std::memcpy(flight.octets, record, length);
  std::memset(flight.octets + length, 0, sizeof flight.octets - length);
  flight.record.Prepare(length);
  if (const char* lacking = Lacking()) throw Failure("LD_UNSUPPORTED", std::string("stack lacks ") + lacking);
  std::uint32_t flags = 0;
  std::memcpy(&flags, record + at::kFlags, sizeof flags);
  sleeps_ = (flags & layout::call_flag::kBlocking) != 0;
  started_ = false;
  flight.state.store(State::kWaits);
  in_flight_ = true;
}

ScriptCall::Outcome ObjectCall::Try(const struct ::luna_stack_v1&, double) {
  Flight& flight = *flight_;
  if (!sleeps_) {
    flight.Enter();
  } else if (!std::exchange(started_, true)) {
    StartThread();
  }
  if (flight.state.load(std::memory_order_acquire) != State::kReturned) return Outcome::kSleeps;
  if (flight.record.op() == op::kRecvmsg) flight.record.set_epoch_us(EpochUs());
  flight.record.Finish(static_cast<std::int32_t>(flight.result), flight.error, clock_->UsOf(flight.start_ns),
                       clock_->UsOf(flight.return_ns));
  in_flight_ = false;
  return Outcome::kOver;
}

// Of the object's clock, at time 0.
double ObjectCall::EpochUs() const {
  const ObjectTable& table = *flight_->table;
  timeval now{};
  if (table.functions.gettimeofday(table.data(), &now, nullptr) < 0) return 0;
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_usec) - clock_->NowUs();
}

// Comes back when the call has returned, or sleeps: what the script does next happens to a sleeping call.
void ObjectCall::StartThread() {
  flight_->thread_id.store(0);
  StartQuietThread([flight = flight_] {
    flight->thread_id.store(::gettid());
    flight->table->asleep.fetch_add(1);
    flight->Enter();
    flight->table->asleep.fetch_sub(1);
  });
  const std::int64_t until_ns = MonotonicNs() + kFallAsleepNs;
  while (MonotonicNs() < until_ns) {
    const State state = flight_->state.load(std::memory_order_acquire);
    if (state == State::kReturned) return;
    if (state == State::kInside && ThreadSleeps(flight_->thread_id.load()) &&
        flight_->state.load(std::memory_order_acquire) == State::kInside) {
      return;
    }
    ::usleep(kLookUs);
  }
}

void ObjectCall::Flight::Enter() {
  start_ns = MonotonicNs();
  errno = 0;
  state.store(State::kInside, std::memory_order_release);
  result = EnterObject();
  error = result < 0 ? errno : 0;
  return_ns = MonotonicNs();
  state.store(State::kReturned, std::memory_order_release);
}

const char* ObjectCall::Lacking() const {
  const packetdrill_interface& object = flight_->table->functions;
  switch (flight_->record.op()) {
    case op::kSocket:
      return Missing(object.socket != nullptr, "socket()");
    case op::kBind:
      return Missing(object.bind != nullptr, "bind()");
    case op::kListen:
      return Missing(object.listen != nullptr, "listen()");
    case op::kAccept:
      return Missing(object.accept != nullptr, "accept()");
    case op::kConnect:
      return Missing(object.connect != nullptr, "connect()");
    case op::kRead:
      return Missing(object.read != nullptr, "read()");
    case op::kReadv:
      return Missing(object.readv != nullptr, "readv()");
    case op::kRecv:
      return Missing(object.recv != nullptr, "recv()");
    case op::kRecvfrom:
      return Missing(object.recvfrom != nullptr, "recvfrom()");
    case op::kRecvmsg:
      return Missing(object.recvmsg != nullptr, "recvmsg()");
    case op::kWrite:
      return Missing(object.write != nullptr, "write()");
    case op::kWritev:
      return Missing(object.writev != nullptr, "writev()");
    case op::kSend:
      return Missing(object.send != nullptr, "send()");
    case op::kSendto:
      return Missing(object.sendto != nullptr, "sendto()");
    case op::kSendmsg:
      return Missing(object.sendmsg != nullptr, "sendmsg()");
    case op::kFcntl:
      return Missing(object.fcntl != nullptr, "fcntl()");
    case op::kIoctl:
      return Missing(object.ioctl != nullptr, "ioctl()");
    case op::kClose:
      return Missing(object.close != nullptr, "close()");
    case op::kShutdown:
      return Missing(object.shutdown != nullptr, "shutdown()");
    case op::kGetsockopt:
      return Missing(object.getsockopt != nullptr, "getsockopt()");
    case op::kSetsockopt:
      return Missing(object.setsockopt != nullptr, "setsockopt()");
    case op::kPoll:
      return Missing(object.poll != nullptr, "poll()");
    case op::kEpollCreate:
      return Missing(object.epoll_create != nullptr, "epoll_create()");
    case op::kEpollCtl:
      return Missing(object.epoll_ctl != nullptr, "epoll_ctl()");
    case op::kEpollWait:
      return Missing(object.epoll_wait != nullptr, "epoll_wait()");
    case op::kPipe:
      return Missing(object.pipe != nullptr, "pipe()");
    case op::kSplice:
      return Missing(object.splice != nullptr, "splice()");
    case op::kStackTcpInfo:
      return "TCP_INFO (packetdrill_interface_init has none)";
    case op::kOpen:
      return "open()";
    case op::kSendfile:
      return "sendfile()";
    default:
      return "capabilities(7)";
  }
}

std::int64_t ObjectCall::Flight::EnterObject() {
  const packetdrill_interface& object = table->functions;
  void* const data = table->data();
  const int fd = record.fd();
  const auto& arg = record.arg();
  sockaddr* const address = record.address();
  std::uint8_t* const buffer = record.buffer();
  const std::size_t count = record.count();
  const std::vector<iovec>& vector = record.vector();
  const int parts = static_cast<int>(vector.size());
  socklen_t& option_length = record.option_length();
  switch (record.op()) {
    case op::kSocket:
      return object.socket(data, arg[0], arg[1], arg[2]);
    case op::kBind:
      return object.bind(data, fd, address, record.in_length());
    case op::kListen:
      return object.listen(data, fd, arg[0]);
    case op::kAccept:
      option_length = CallRecord::kAddressSize;
      return object.accept(data, fd, address, &option_length);
    case op::kConnect:
      return object.connect(data, fd, address, record.in_length());
    case op::kRead:
      return object.read(data, fd, buffer, count);
    case op::kReadv:
      return object.readv(data, fd, vector.data(), parts);
    case op::kRecv:
      return object.recv(data, fd, buffer, count, arg[1]);
    case op::kRecvfrom: {
      sockaddr_storage from;
      socklen_t length = sizeof from;
      return object.recvfrom(data, fd, buffer, count, arg[1], reinterpret_cast<sockaddr*>(&from), &length);
    }
    case op::kRecvmsg:
      return object.recvmsg(data, fd, &record.message(), arg[0]);
    case op::kWrite:
      return object.write(data, fd, buffer, count);
    case op::kWritev:
      return object.writev(data, fd, vector.data(), parts);
    case op::kSend:
      return object.send(data, fd, buffer, count, arg[1]);
    case op::kSendto:
      return object.sendto(data, fd, buffer, count, arg[1], record.in_length() == 0 ? nullptr : address,
                           record.in_length());
    case op::kSendmsg:
      return object.sendmsg(data, fd, &record.message(), arg[0]);
    case op::kFcntl:
      return arg[1] == 1 ? object.fcntl(data, fd, arg[0], arg[2]) : object.fcntl(data, fd, arg[0]);
    case op::kIoctl: {
      const auto request = static_cast<unsigned long>(arg[0]);
      return arg[1] == 1 ? object.ioctl(data, fd, request, buffer) : object.ioctl(data, fd, request);
    }
    case op::kClose:
      return object.close(data, fd);
    case op::kShutdown:
      return object.shutdown(data, fd, arg[0]);
    case op::kGetsockopt:
      return object.getsockopt(data, fd, arg[0], arg[1], buffer, &option_length);
    case op::kSetsockopt:
      return object.setsockopt(data, fd, arg[0], arg[1], buffer, option_length);
    case op::kPoll:
      return object.poll(data, reinterpret_cast<pollfd*>(record.data()), static_cast<nfds_t>(arg[0]), arg[1]);
    case op::kEpollCreate:
      return object.epoll_create(data, arg[0]);
    case op::kEpollCtl:
      return object.epoll_ctl(data, fd, arg[0], arg[1], &record.event());
    case op::kEpollWait:
      return object.epoll_wait(data, fd, &record.event(), arg[0], arg[1]);
    case op::kPipe:
      return object.pipe(data, record.ends().data());
    case op::kSplice:
      return object.splice(data, fd, BadPointer((arg[3] & 1) != 0), arg[0], BadPointer((arg[3] & 2) != 0),
                           static_cast<std::size_t>(std::int64_t{arg[1]}), static_cast<unsigned>(arg[2]));
    default:
      errno = ENOSYS;
      return -1;
  }
}

}  // namespace lunadrill
