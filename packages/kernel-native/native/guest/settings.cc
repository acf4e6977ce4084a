// lunadrill-settings: does what scripts set first, for the functions of a guest's bash (engine/src/virtual-kernel/
// shell-functions.ts), in one small program without libraries: ip(8) and tc(8) take a guest five times as long. Says
// nothing; a status other than 0 means that nothing was done, and the program itself shall be asked.
//   flush-tcp-metrics    ip tcp_metrics flush all
//   add-pfifo DEVICE     tc qdisc add dev DEVICE root pfifo
// Read first: netlink(7); Documentation/netlink/specs/tcp_metrics.yaml; linux/pkt_sched.h.
#include <linux/genetlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tcp_metrics.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "netlink/request.h"
#include "util/descriptor.h"

namespace lunadrill::guest {
namespace {

using netlink::Request;

// The kernel's answer to `request`: its first message that is no mere acknowledgement, into `answer`. False: refused.
struct Answer {
  alignas(NLMSG_ALIGNTO) std::uint8_t octets[4096] = {};
  std::size_t length = 0;
};

bool Ask(int socket, Request* request, Answer* answer) {
  request->head()->nlmsg_seq = 1;
  if (::send(socket, request->octets, request->head()->nlmsg_len, 0) < 0) return false;
  Answer part;
  for (;;) {
    const ssize_t length = ::recv(socket, part.octets, sizeof part.octets, 0);
    if (length < 0) return false;
    auto left = static_cast<std::size_t>(length);
    for (auto* head = reinterpret_cast<nlmsghdr*>(part.octets); NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
      if (head->nlmsg_type == NLMSG_ERROR) return static_cast<const nlmsgerr*>(NLMSG_DATA(head))->error == 0;
      if (answer == nullptr) continue;
      std::memcpy(answer->octets, head, head->nlmsg_len);
      answer->length = head->nlmsg_len;
    }
  }
}

bool Generic(int socket, std::uint16_t family, std::uint8_t command, std::uint8_t version, const char* name,
             Answer* answer) {
  Request request;
  auto* head = request.Open<genlmsghdr>(family, 0);
  head->cmd = command;
  head->version = version;
  if (name != nullptr) request.Attribute(CTRL_ATTR_FAMILY_NAME, name, std::strlen(name) + 1);
  return Ask(socket, &request, answer);
}

bool FlushTcpMetrics() {
  const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC));
  Answer answer;
  if (!socket.open() || !Generic(socket.get(), GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, TCP_METRICS_GENL_NAME, &answer)) {
    return false;
  }
  int left = static_cast<int>(answer.length) - NLMSG_LENGTH(GENL_HDRLEN);
  for (auto* each = reinterpret_cast<rtattr*>(answer.octets + NLMSG_LENGTH(GENL_HDRLEN)); RTA_OK(each, left);
       each = RTA_NEXT(each, left)) {
    if (each->rta_type != CTRL_ATTR_FAMILY_ID) continue;
    std::uint16_t family = 0;
    std::memcpy(&family, RTA_DATA(each), sizeof family);
    // Without an address it is all of them.
    return Generic(socket.get(), family, TCP_METRICS_CMD_DEL, TCP_METRICS_GENL_VERSION, nullptr, nullptr);
  }
  return false;
}

bool AddPfifo(const char* device) {
  const Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  const unsigned index = ::if_nametoindex(device);
  if (!socket.open() || index == 0) return false;
  Request request;
  auto* body = request.Open<tcmsg>(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL);
  body->tcm_family = AF_UNSPEC;
  body->tcm_ifindex = static_cast<int>(index);
  body->tcm_parent = TC_H_ROOT;
  request.Attribute(TCA_KIND, "pfifo", sizeof "pfifo");
  return Ask(socket.get(), &request, nullptr);
}

bool Main(int count, char** words) {
  const auto is = [&](const char* name, int length) { return count == length && std::strcmp(words[1], name) == 0; };
  if (is("flush-tcp-metrics", 2)) return FlushTcpMetrics();
  return is("add-pfifo", 3) && AddPfifo(words[2]);
}

}  // namespace
}  // namespace lunadrill::guest

int main(int count, char** words) { return lunadrill::guest::Main(count, words) ? 0 : 1; }
