// One netlink message under construction: head, then the family's struct, then attributes. Read first: netlink(7).
#pragma once
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lunadrill::netlink {

struct Request {
  alignas(NLMSG_ALIGNTO) std::uint8_t octets[256] = {};

  nlmsghdr* head() { return reinterpret_cast<nlmsghdr*>(octets); }
  template <typename Body>
  Body* Open(std::uint16_t type, std::uint16_t flags) {
    head()->nlmsg_len = NLMSG_LENGTH(sizeof(Body));
    head()->nlmsg_type = type;
    head()->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    return static_cast<Body*>(NLMSG_DATA(head()));
  }
  template <typename Value>
  void Attribute(std::uint16_t type, const Value& value) {
    Attribute(type, &value, sizeof(Value));
  }
  void Attribute(std::uint16_t type, const void* value, std::size_t length) {
    auto* attribute = reinterpret_cast<rtattr*>(octets + NLMSG_ALIGN(head()->nlmsg_len));
    attribute->rta_type = type;
    attribute->rta_len = static_cast<std::uint16_t>(RTA_LENGTH(length));
    if (length > 0) std::memcpy(RTA_DATA(attribute), value, length);
    head()->nlmsg_len = static_cast<std::uint32_t>(NLMSG_ALIGN(head()->nlmsg_len) + RTA_ALIGN(attribute->rta_len));
  }
  /// Attributes added until Close(what Nest returned) are inside this one.
  std::uint32_t Nest(std::uint16_t type) {
    const std::uint32_t at = NLMSG_ALIGN(head()->nlmsg_len);
    Attribute(type, nullptr, 0);
    return at;
  }
  void Close(std::uint32_t nest) {
    auto* attribute = reinterpret_cast<rtattr*>(octets + nest);
    attribute->rta_len = static_cast<std::uint16_t>(head()->nlmsg_len - nest);
  }
};

}  // namespace lunadrill::netlink
