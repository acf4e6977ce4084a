// fcntl, getsockopt, setsockopt, ioctl, ready.
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

#include "stack-check/groups.h"

namespace lunadrill {
namespace {

using packet::kAck;
using packet::kFin;
using packet::kPsh;

const Wanted kBadFd = Wanted::Exactly({-EBADF});
const Wanted kDone = Wanted::Exactly({0});

void CheckFcntl(Trial& trial) {
  StackReport& report = trial.report();
  const auto fcntl = [&](int fd, int command, int argument) {
    return [&trial, fd, command, argument] { return trial.stack().fcntl(fd, command, argument); };
  };
  report.Result("fcntl", "of no descriptor", kBadFd, fcntl(kNoFd, F_GETFL, 0));
  for (const int type : TypesOf(trial)) {
    const int fd = trial.Open(type);
    const std::string of = std::string(" of ") + TypeText(type);
    report.Result("fcntl", "F_GETFL" + of, Wanted::Exactly({O_RDWR}), fcntl(fd, F_GETFL, 0));
    report.Result("fcntl", "F_SETFL" + of, kDone, fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK));
    report.Result("fcntl", "F_GETFL after F_SETFL" + of, Wanted::Exactly({O_RDWR | O_NONBLOCK}), fcntl(fd, F_GETFL, 0));
    report.Result("fcntl", "F_SETFL takes O_NONBLOCK off" + of, kDone, fcntl(fd, F_SETFL, O_RDWR));
    report.Result("fcntl", "F_GETFL in the end" + of, Wanted::Exactly({O_RDWR}), fcntl(fd, F_GETFL, 0));
    report.Result("fcntl", "another command" + of, Wanted::Exactly({-EINVAL}), fcntl(fd, 0x7fff, 0));
  }
}

void CheckGetsockopt(Trial& trial) {
  StackReport& report = trial.report();
  std::int32_t value = -1;
  std::uint32_t length = sizeof value;
  const auto get = [&](int fd, int level, int name) {
    return [&, fd, level, name] {
      value = -1;
      length = sizeof value;
      return trial.stack().getsockopt(fd, level, name, &value, &length);
    };
  };
  report.Result("getsockopt", "of no descriptor", kBadFd, get(kNoFd, SOL_SOCKET, SO_TYPE));
  for (const int type : TypesOf(trial)) {
    const int fd = trial.Open(type);
    const std::string of = std::string(" of ") + TypeText(type);
    report.Result("getsockopt", "SO_TYPE" + of, kDone, get(fd, SOL_SOCKET, SO_TYPE));
    report.That("getsockopt", "SO_TYPE is right" + of, value == type && length == 4,
                std::to_string(type) + " in 4 octets",
                std::to_string(value) + " in " + std::to_string(length) + " octets");
    report.Result("getsockopt", "SO_ERROR" + of, kDone, get(fd, SOL_SOCKET, SO_ERROR));
    report.That("getsockopt", "SO_ERROR is 0" + of, value == 0 && length == 4, "0 in 4 octets",
                std::to_string(value) + " in " + std::to_string(length) + " octets");
    report.Result("getsockopt", "an option that there is not" + of, Wanted::Exactly({-ENOPROTOOPT}),
                  get(fd, SOL_SOCKET, 0x7fff));
    report.Result("getsockopt", "a level that there is not" + of, Wanted::Exactly({-ENOPROTOOPT, -EOPNOTSUPP}),
                  get(fd, 0x7fff, 1));
    report.Result("getsockopt", "into nothing" + of, Wanted::Exactly({-EFAULT}), [&] {
      length = sizeof value;
      return trial.stack().getsockopt(fd, SOL_SOCKET, SO_TYPE, nullptr, &length);
    });
  }
}

void CheckSetsockopt(Trial& trial) {
  StackReport& report = trial.report();
  const std::int32_t one = 1;
  const auto set = [&](int fd, int level, int name) {
    return [&trial, &one, fd, level, name] { return trial.stack().setsockopt(fd, level, name, &one, sizeof one); };
  };
  report.Result("setsockopt", "of no descriptor", kBadFd, set(kNoFd, SOL_SOCKET, SO_REUSEADDR));
  for (const int type : TypesOf(trial)) {
    const int fd = trial.Open(type);
    const std::string of = std::string(" of ") + TypeText(type);
    report.Result("setsockopt", "an option that there is not" + of, Wanted::Exactly({-ENOPROTOOPT}),
                  set(fd, SOL_SOCKET, 0x7fff));
    report.Result("setsockopt", "a level that there is not" + of, Wanted::Exactly({-ENOPROTOOPT, -EOPNOTSUPP}),
                  set(fd, 0x7fff, 1));
  }
}

std::string BitsText(std::int64_t bits) {
  if (bits < 0) return StackReport::ResultText(bits);
  std::string text;
  const std::pair<int, const char*> names[] = {
      {POLLIN, "POLLIN"}, {POLLPRI, "POLLPRI"}, {POLLOUT, "POLLOUT"}, {POLLERR, "POLLERR"}, {POLLHUP, "POLLHUP"}};
  for (const auto& [bit, name] : names) {
    if ((bits & bit) != 0) text += (text.empty() ? "" : "|") + std::string(name);
  }
  return text.empty() ? "none of them" : text;
}

void CheckReady(Trial& trial) {
  StackReport& report = trial.report();
  const auto ready = [&](int fd) { return [&trial, fd] { return trial.stack().ready(fd); }; };
  const auto says = [&](int fd, const char* what, int set, int clear, const char* expected) {
    const std::int64_t bits = report.ByTheWay("ready", ready(fd));
    report.That("ready", what, bits >= 0 && (bits & set) == set && (bits & clear) == 0, expected, BitsText(bits));
  };
  report.Result("ready", "of no descriptor", kBadFd, ready(kNoFd));
  if (trial.Can(LUNA_CAP_UDP)) {
    const int fd = trial.Bound(SOCK_DGRAM);
    says(fd, "of a datagram socket", POLLOUT, POLLIN, "POLLOUT without POLLIN");
    trial.Inject(packet::Make(trial.hosts(), packet::Datagram{9, Trial::kPort, 10}));
    says(fd, "of a datagram that came", POLLIN, 0, "POLLIN");
    says(fd, "is without effect", POLLIN, 0, "POLLIN again");
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  const int listener = trial.Listener();
  says(listener, "of a listener", 0, POLLIN | POLLOUT, "neither POLLIN nor POLLOUT");
  auto connection = trial.Accept(listener, 40000);
  says(connection.fd, "of a connection", POLLOUT, POLLIN | POLLHUP | POLLERR, "POLLOUT alone");
  trial.Send(&connection, kAck | kPsh, 10);
  says(connection.fd, "of octets that came", POLLIN | POLLOUT, 0, "POLLIN|POLLOUT");
  trial.Send(&connection, kAck | kFin, 0);
  char room[20];
  report.ByTheWay("read", [&] { return trial.stack().read(connection.fd, room, sizeof room); });
  says(connection.fd, "after the peer has closed", POLLIN, 0, "POLLIN");
  auto waiting = trial.hosts();
  trial.Inject(packet::Make(waiting, packet::Segment{40001, Trial::kPort, packet::kSyn, 1000, 0}));
  const auto answer = trial.NextSegment(40001);
  if (!answer) throw Leave{"a SYN gets no SYN-ACK"};
  trial.Inject(packet::Make(waiting, packet::Segment{40001, Trial::kPort, kAck, 1001, answer->seq + 1}));
  says(listener, "of a listener with a connection", POLLIN, 0, "POLLIN");
}

void CheckIoctl(Trial& trial) {
  StackReport& report = trial.report();
  std::int32_t value = -1;
  const auto ioctl = [&](int fd, std::uint64_t request) {
    return [&, fd, request] { return trial.stack().ioctl(fd, request, &value); };
  };
  report.Result("ioctl", "of no descriptor", kBadFd, ioctl(kNoFd, FIONREAD));
  for (const int type : TypesOf(trial)) {
    const int fd = trial.Open(type);
    const std::string of = std::string(" of ") + TypeText(type);
    report.Result("ioctl", "another request" + of, Wanted::Exactly({-ENOTTY}), ioctl(fd, 0x1234));
    report.Result("ioctl", "FIONREAD into nothing" + of, Wanted::Exactly({-EFAULT}),
                  [&] { return trial.stack().ioctl(fd, FIONREAD, nullptr); });
    value = 1;
    report.Result("ioctl", "FIONBIO" + of, kDone, ioctl(fd, FIONBIO));
    report.Result("fcntl", "F_GETFL after FIONBIO" + of, Wanted::Exactly({O_RDWR | O_NONBLOCK}),
                  [&] { return trial.stack().fcntl(fd, F_GETFL, 0); });
  }
  int fd = -1;
  if (trial.Can(LUNA_CAP_TCP)) {
    auto connection = trial.Accept(trial.Listener(), 40000);
    trial.Send(&connection, kAck | kPsh, 77);
    fd = connection.fd;
  } else {
    fd = trial.Bound(SOCK_DGRAM);
    trial.Inject(packet::Make(trial.hosts(), packet::Datagram{9, Trial::kPort, 77}));
  }
  report.Result("ioctl", "FIONREAD", kDone, ioctl(fd, FIONREAD));
  report.That("ioctl", "FIONREAD tells what there is to read", value == 77, "77", std::to_string(value));
}

}  // namespace

std::vector<CheckGroup> OptionGroups() {
  return {{"fcntl", 0, CheckFcntl},
          {"getsockopt", 0, CheckGetsockopt},
          {"setsockopt", 0, CheckSetsockopt},
          {"ready", 0, CheckReady},
          {"ioctl", LUNA_CAP_IOCTL, CheckIoctl}};
}

}  // namespace lunadrill
