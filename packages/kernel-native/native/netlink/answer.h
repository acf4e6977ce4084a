// What the kernel says on a netlink socket, in its messages and their attributes. Read first: netlink(7), rtnetlink(3).
#pragma once
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>

namespace lunadrill::netlink {

/// A message of the kernel's, head included, or several.
struct Answer {
  alignas(NLMSG_ALIGNTO) std::uint8_t octets[4096] = {};
  std::size_t length = 0;  // 0: none

  /// Whether one of its messages is what `is` looks for; those behind it are not looked at.
  template <typename Is>
  bool Any(Is is) const {
    auto left = length;
    const auto* message = reinterpret_cast<const nlmsghdr*>(octets);
    for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
      if (is(message)) return true;
    }
    return false;
  }
};

/// The first attribute of its type, behind the message's struct of `body` octets; null where there is none.
inline const rtattr* FindAttribute(const nlmsghdr* message, std::size_t body, std::uint16_t type) {
  const auto* octets = reinterpret_cast<const std::uint8_t*>(message);
  int left = static_cast<int>(message->nlmsg_len) - static_cast<int>(NLMSG_SPACE(body));
  for (auto* each = reinterpret_cast<const rtattr*>(octets + NLMSG_SPACE(body)); RTA_OK(each, left);
       each = RTA_NEXT(each, left)) {
    if (each->rta_type == type) return each;
  }
  return nullptr;
}

}  // namespace lunadrill::netlink
