// libpacketdrill-lwip.so: lwIP with SACK and timestamps behind upstream's packetdrill_interface_init, and nothing else:
// an example of such an object, with a lock, a thread for lwIP's timers, calls that really sleep, and the wall's clock.
// The calls are those of stacks/lwip. Flags: its IPv4 and IPv6 address, `192.168.0.2,fd3d:fa7b:d17d::2` where there are
// none. Read first: include/packetdrill_interface.h, docs/packetdrill-so.md.
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "luna_stack.h"
#include "packetdrill_interface.h"
#include "packets.h"

namespace luna {
namespace {

using Clock = std::chrono::steady_clock;
using Table = struct ::luna_stack_v1;
using Lock = std::unique_lock<std::mutex>;

constexpr const char* kAddresses = "192.168.0.2,fd3d:fa7b:d17d::2";
// netdev_receive comes back after this, with nothing.
constexpr auto kPatience = std::chrono::milliseconds(10);

class Object {
 public:
  /// Null, with a word on standard error, where the flags mean nothing.
  static Object* Open(const char* flags);
  ~Object();

  /// Calls `call` under the lock, again and again while it would sleep and may. A call's result.
  template <typename Attempt>
  ssize_t Run(int fd, int flags, Attempt attempt);
  int Poll(pollfd* fds, nfds_t count, int timeout_ms);
  bool Give(const void* packet, std::size_t count);
  bool Take(void* packet, std::size_t* count, long long* time_us);

 private:
  Object() : table_(luna_stack_v1()) {}
  bool Init(const std::string& addresses);
  std::uint64_t NowUs() const {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - zero_).count());
  }
  bool MaySleep(int fd, int flags) const;
  void RunTimers();

  const Table* const table_;
  const Clock::time_point zero_ = Clock::now();
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread timers_;
};

Object* Object::Open(const char* flags) {
  std::unique_ptr<Object> object(new Object);
  const std::string addresses = flags == nullptr ? kAddresses : flags;
  if (object->Init(addresses)) return object.release();
  std::fprintf(stderr,
               "libpacketdrill-lwip.so: --so_flags=%s: want an IPv4 and an IPv6 address, with a comma between\n",
               addresses.c_str());
  return nullptr;
}

bool Object::Init(const std::string& addresses) {
  const std::size_t comma = addresses.find(',');
  luna_config config = {};
  config.size = sizeof config;
  config.mtu = 1500;
  config.family = AF_INET;
  config.other.family = AF_INET6;
  config.other.prefix_length = 64;
  config.options = "";
  config.now_us = [](void* of) { return static_cast<const Object*>(of)->NowUs(); };
  config.now_context = this;
  if (comma == std::string::npos) return false;
  if (::inet_pton(AF_INET, addresses.substr(0, comma).c_str(), config.local_ip) != 1) return false;
  if (::inet_pton(AF_INET6, addresses.substr(comma + 1).c_str(), config.other.local_ip) != 1) return false;
  if (table_->init(&config) < 0) return false;
  timers_ = std::thread([this] { RunTimers(); });
  return true;
}

Object::~Object() {
  if (!timers_.joinable()) return;
  {
    const Lock lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  timers_.join();
  table_->shutdown();
}

// After whatever has happened, too: it may have set a timer.
void Object::RunTimers() {
  Lock lock(mutex_);
  while (!ending_) {
    const std::uint64_t due_us = table_->poll(NowUs());
    changed_.notify_all();
    if (due_us == UINT64_MAX) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, zero_ + std::chrono::microseconds(due_us));
    }
  }
}

bool Object::MaySleep(int fd, int flags) const {
  if ((flags & MSG_DONTWAIT) != 0) return false;
  const int kept = table_->fcntl(fd, F_GETFL, 0);
  return kept >= 0 && (kept & O_NONBLOCK) == 0;
}

template <typename Attempt>
ssize_t Object::Run(int fd, int flags, Attempt attempt) {
  Lock lock(mutex_);
  for (;;) {
    const std::int64_t result = attempt(*table_);
    const bool sleeps = result == -EAGAIN || result == -EINPROGRESS || result == -EALREADY;
    if (!sleeps || !MaySleep(fd, flags)) {
      changed_.notify_all();
      if (result >= 0) return static_cast<ssize_t>(result);
      errno = static_cast<int>(-result);
      return -1;
    }
    changed_.wait(lock);
  }
}

int Object::Poll(pollfd* fds, nfds_t count, int timeout_ms) {
  Lock lock(mutex_);
  const auto until = Clock::now() + std::chrono::milliseconds(std::max(timeout_ms, 0));
  for (;;) {
    int hits = 0;
    for (nfds_t i = 0; i < count; ++i) {
      fds[i].revents = 0;
      if (fds[i].fd < 0) continue;
      const int ready = table_->ready(fds[i].fd);
      fds[i].revents = ready < 0 ? POLLNVAL : static_cast<short>(ready & (fds[i].events | POLLERR | POLLHUP));
      if (fds[i].revents != 0) ++hits;
    }
    if (hits > 0 || timeout_ms == 0) return hits;
    if (timeout_ms < 0) {
      changed_.wait(lock);
    } else if (changed_.wait_until(lock, until) == std::cv_status::timeout) {
      timeout_ms = 0;
    }
  }
}

bool Object::Give(const void* packet, std::size_t count) {
  const Lock lock(mutex_);
  const bool taken = TakePacket(packet, count);
  changed_.notify_all();
  return taken;
}

bool Object::Take(void* packet, std::size_t* count, long long* time_us) {
  Lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [] { return !SentPackets().empty(); })) return false;
  const SentPacket& sent = SentPackets().front();
  *count = std::min(*count, sent.octets.size());
  std::memcpy(packet, sent.octets.data(), *count);
  *time_us = sent.time_us;
  SentPackets().pop_front();
  return true;
}

// ---- The table's functions

Object& Of(void* data) { return *static_cast<Object*>(data); }

void Free(void* data) { delete static_cast<Object*>(data); }

// Calls that never sleep.
template <typename Attempt>
int Now(void* data, Attempt attempt) {
  return static_cast<int>(Of(data).Run(-1, MSG_DONTWAIT, attempt));
}

int Socket(void* data, int domain, int type, int protocol) {
  return Now(data, [=](const Table& t) { return t.socket(domain, type, protocol); });
}

int Bind(void* data, int fd, const sockaddr* address, socklen_t length) {
  return Now(data, [=](const Table& t) { return t.bind(fd, address, length); });
}

int Listen(void* data, int fd, int backlog) {
  return Now(data, [=](const Table& t) { return t.listen(fd, backlog); });
}

int Accept(void* data, int fd, sockaddr* address, socklen_t* length) {
  return static_cast<int>(Of(data).Run(fd, 0, [=](const Table& t) { return t.accept(fd, address, length); }));
}

int Connect(void* data, int fd, const sockaddr* address, socklen_t length) {
  return static_cast<int>(Of(data).Run(fd, 0, [=](const Table& t) { return t.connect(fd, address, length); }));
}

ssize_t Read(void* data, int fd, void* buffer, size_t count) {
  return Of(data).Run(fd, 0, [=](const Table& t) { return t.read(fd, buffer, count); });
}

ssize_t ReadVector(void* data, int fd, const iovec* parts, int count) {
  return Of(data).Run(fd, 0, [=](const Table& t) { return t.readv(fd, parts, count); });
}

ssize_t Receive(void* data, int fd, void* buffer, size_t count, int flags) {
  return Of(data).Run(fd, flags, [=](const Table& t) { return t.recv(fd, buffer, count, flags); });
}

ssize_t ReceiveFrom(void* data, int fd, void* buffer, size_t count, int flags, sockaddr* address, socklen_t* length) {
  return Of(data).Run(fd, flags, [=](const Table& t) { return t.recvfrom(fd, buffer, count, flags, address, length); });
}

// A sleeping send returns when all has gone; what goes before an error counts.
template <typename Piece>
ssize_t SendAll(void* data, int fd, size_t count, int flags, Piece piece) {
  size_t done = 0;
  do {
    const ssize_t result =
        Of(data).Run(fd, flags, [&](const Table& t) { return piece(t, done, static_cast<uint64_t>(count - done)); });
    if (result < 0) return done > 0 ? static_cast<ssize_t>(done) : result;
    done += static_cast<size_t>(result);
    if (result == 0) break;
  } while (done < count);
  return static_cast<ssize_t>(done);
}

ssize_t SendTo(void* data, int fd, const void* buffer, size_t count, int flags, const sockaddr* address,
               socklen_t length) {
  const auto* octets = static_cast<const std::uint8_t*>(buffer);
  return SendAll(data, fd, count, flags, [=](const Table& t, size_t done, uint64_t left) {
    return t.sendto(fd, octets == nullptr ? nullptr : octets + done, left, flags, address, length);
  });
}

ssize_t Send(void* data, int fd, const void* buffer, size_t count, int flags) {
  return SendTo(data, fd, buffer, count, flags, nullptr, 0);
}

ssize_t Write(void* data, int fd, const void* buffer, size_t count) {
  return SendTo(data, fd, buffer, count, 0, nullptr, 0);
}

ssize_t WriteVector(void* data, int fd, const iovec* parts, int count) {
  return Of(data).Run(fd, 0, [=](const Table& t) { return t.writev(fd, parts, count); });
}

int Fcntl(void* data, int fd, int command, ...) {
  va_list more;
  va_start(more, command);
  const int argument = command == F_SETFL ? va_arg(more, int) : 0;
  va_end(more);
  return Now(data, [=](const Table& t) { return t.fcntl(fd, command, argument); });
}

int Close(void* data, int fd) {
  return Now(data, [=](const Table& t) { return t.close(fd); });
}

int Shutdown(void* data, int fd, int how) {
  return Now(data, [=](const Table& t) { return t.shutdown_socket(fd, how); });
}

int GetOption(void* data, int fd, int level, int name, void* value, socklen_t* length) {
  return Now(data, [=](const Table& t) { return t.getsockopt(fd, level, name, value, length); });
}

int SetOption(void* data, int fd, int level, int name, const void* value, socklen_t length) {
  return Now(data, [=](const Table& t) { return t.setsockopt(fd, level, name, value, length); });
}

int Poll(void* data, pollfd* fds, nfds_t count, int timeout_ms) { return Of(data).Poll(fds, count, timeout_ms); }

int NetdevSend(void* data, const void* packet, size_t count) { return Of(data).Give(packet, count) ? 0 : -1; }

int NetdevReceive(void* data, void* packet, size_t* count, long long* time_us) {
  return Of(data).Take(packet, count, time_us) ? 0 : -1;
}

int Sleep(void*, useconds_t us) { return ::usleep(us); }

int TimeOfDay(void*, timeval* now, struct timezone*) { return ::gettimeofday(now, nullptr); }

}  // namespace
}  // namespace luna

extern "C" {

int packetdrill_interface_init(const char* flags, struct packetdrill_interface* table) {
  luna::Object* object = luna::Object::Open(flags);
  if (object == nullptr) return -1;
  *table = {};
  table->userdata = object;
  table->free = luna::Free;
  table->socket = luna::Socket;
  table->bind = luna::Bind;
  table->listen = luna::Listen;
  table->accept = luna::Accept;
  table->connect = luna::Connect;
  table->read = luna::Read;
  table->readv = luna::ReadVector;
  table->recv = luna::Receive;
  table->recvfrom = luna::ReceiveFrom;
  table->write = luna::Write;
  table->writev = luna::WriteVector;
  table->send = luna::Send;
  table->sendto = luna::SendTo;
  table->fcntl = luna::Fcntl;
  table->close = luna::Close;
  table->shutdown = luna::Shutdown;
  table->getsockopt = luna::GetOption;
  table->setsockopt = luna::SetOption;
  table->poll = luna::Poll;
  table->netdev_send = luna::NetdevSend;
  table->netdev_receive = luna::NetdevReceive;
  table->usleep = luna::Sleep;
  table->gettimeofday = luna::TimeOfDay;
  return 0;
}

}  // extern "C"
