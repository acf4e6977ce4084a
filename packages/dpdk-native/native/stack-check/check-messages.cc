// What came with version 1.1 and is there by capability: sendmsg, recvmsg, fail_allocations.
#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>

#include "stack-check/groups.h"

namespace lunadrill {
namespace {

using packet::kAck;
using packet::kPsh;
using packet::Make;

void CheckMessages(Trial& trial) {
  StackReport& report = trial.report();
  char octets[200] = {};
  iovec parts[] = {{octets, 40}, {octets + 40, 60}};
  msghdr message = {};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  const auto sendmsg = [&](int fd) { return [&, fd] { return trial.stack().sendmsg(fd, &message, 0); }; };
  const auto recvmsg = [&](int fd) { return [&, fd] { return trial.stack().recvmsg(fd, &message, 0); }; };
  report.Result("sendmsg", "of no descriptor", Wanted::Exactly({-EBADF}), sendmsg(kNoFd));
  report.Result("recvmsg", "of no descriptor", Wanted::Exactly({-EBADF}), recvmsg(kNoFd));
  if (trial.Can(LUNA_CAP_UDP)) {
    const int fd = trial.Bound(SOCK_DGRAM);
    report.Result("recvmsg", "where no datagram is", Wanted::Exactly({-EAGAIN}), recvmsg(fd));
    TrialAddress peer = trial.Remote(9);
    message.msg_name = &peer.octets;
    message.msg_namelen = peer.length;
    report.Result("sendmsg", "sends the parts as one datagram", Wanted::Exactly({100}), sendmsg(fd));
    const auto sent = trial.NextDatagram();
    report.That("sendmsg", "has it on the wire, whole", sent && sent->payload == 100, "100 octets",
                sent ? std::to_string(sent->payload) : "nothing");
    trial.Inject(Make(trial.hosts(), packet::Datagram{9, Trial::kPort, 150}));
    TrialAddress from;
    message.msg_name = &from.octets;
    message.msg_namelen = sizeof from.octets;
    report.Result("recvmsg", "fills the parts", Wanted::Exactly({100}), recvmsg(fd));
    report.That("recvmsg", "says that the datagram was longer", (message.msg_flags & MSG_TRUNC) != 0, "MSG_TRUNC",
                std::to_string(message.msg_flags));
    report.That("recvmsg", "tells who has sent it",
                message.msg_namelen == peer.length && trial.PortOf(from.octets) == 9,
                std::to_string(peer.length) + " octets with port 9", std::to_string(message.msg_namelen) + " octets");
    report.That("recvmsg", "has no control data where none were asked for", message.msg_controllen == 0, "0 octets",
                std::to_string(message.msg_controllen));
  }
  if (!trial.Can(LUNA_CAP_TCP)) return;
  message = {};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  auto connection = trial.Accept(trial.Listener(), 40000);
  report.Result("recvmsg", "where no octet is", Wanted::Exactly({-EAGAIN}), recvmsg(connection.fd));
  report.Result("sendmsg", "sends on a connection", Wanted::Exactly({100}), sendmsg(connection.fd));
  trial.Send(&connection, kAck | kPsh, 50);
  report.Result("recvmsg", "gives what has come", Wanted::Exactly({50}), recvmsg(connection.fd));
}

void CheckFailAllocations(Trial& trial) {
  StackReport& report = trial.report();
  const auto fail = [&](std::uint64_t skip, std::uint64_t count) {
    return [&trial, skip, count] { return trial.stack().fail_allocations(skip, count); };
  };
  const Wanted no_room = Wanted::Exactly({-ENOMEM, -ENOBUFS, -ENFILE, -EMFILE});
  report.Need("fail_allocations", "of all that follow", Wanted::Exactly({0}), fail(0, UINT64_MAX));
  const auto socket = [&] { return trial.stack().socket(trial.family(), TypesOf(trial)[0], 0); };
  report.Result("socket", "with no memory left", no_room, socket);
  report.Result("fail_allocations", "comes to an end", Wanted::Exactly({0}), fail(0, 0));
  report.Result("socket", "with memory again", Wanted::AtLeast(0), socket);
}

}  // namespace

std::vector<CheckGroup> MessageGroups() {
  return {{"sendmsg", LUNA_CAP_CONTROL, CheckMessages},
          {"fail_allocations", LUNA_CAP_ALLOC_FAULT, CheckFailAllocations}};
}

}  // namespace lunadrill
