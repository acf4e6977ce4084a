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

#include <cstring>

#include "netlink/netlink-socket.h"
#include "netlink/request.h"
#include "netlink/route-socket.h"
#include "util/failure.h"

namespace lunadrill::guest {
namespace {

using netlink::Request;

Request Generic(std::uint16_t family, std::uint8_t command, std::uint8_t version) {
  Request request;
  auto* head = request.Open<genlmsghdr>(family, 0);
  head->cmd = command;
  head->version = version;
  return request;
}

// The number of a family of generic netlink; 0 where the kernel's answer has none.
std::uint16_t FamilyIn(const netlink::Answer& answer) {
  std::uint16_t family = 0;
  answer.Any([&](const nlmsghdr* message) {
    const rtattr* id = netlink::FindAttribute(message, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);
    if (id != nullptr) std::memcpy(&family, RTA_DATA(id), sizeof family);
    return id != nullptr;
  });
  return family;
}

bool FlushTcpMetrics() {
  netlink::Socket socket(NETLINK_GENERIC, "genetlink");
  netlink::Answer answer;
  Request find = Generic(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1);
  find.Attribute(CTRL_ATTR_FAMILY_NAME, TCP_METRICS_GENL_NAME, sizeof TCP_METRICS_GENL_NAME);
  socket.Transact(&find, "no TCP metrics", &answer);
  const std::uint16_t family = FamilyIn(answer);
  if (family == 0) return false;
  // Without an address it is all of them.
  Request flush = Generic(family, TCP_METRICS_CMD_DEL, TCP_METRICS_GENL_VERSION);
  socket.Transact(&flush, "cannot flush the TCP metrics");
  return true;
}

bool AddPfifo(const char* device) {
  const unsigned index = ::if_nametoindex(device);
  if (index == 0) return false;
  Request request;
  auto* body = request.Open<tcmsg>(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL);
  body->tcm_family = AF_UNSPEC;
  body->tcm_ifindex = static_cast<int>(index);
  body->tcm_parent = TC_H_ROOT;
  request.Attribute(TCA_KIND, "pfifo", sizeof "pfifo");
  RouteSocket().Transact(&request, "cannot add a pfifo");
  return true;
}

bool Main(int count, char** words) {
  const auto is = [&](const char* name, int length) { return count == length && std::strcmp(words[1], name) == 0; };
  try {
    if (is("flush-tcp-metrics", 2)) return FlushTcpMetrics();
    return is("add-pfifo", 3) && AddPfifo(words[2]);
  } catch (const Failure&) {
    return false;
  }
}

}  // namespace
}  // namespace lunadrill::guest

int main(int count, char** words) { return lunadrill::guest::Main(count, words) ? 0 : 1; }
