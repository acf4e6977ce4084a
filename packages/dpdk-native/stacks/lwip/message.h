// Messages of several parts: readv(2), writev(2), sendmsg(2), recvmsg(2), and the control messages of the last two.
// Polling thread only. Read first: cmsg(3), ip(7), ipv6(7), tcp(7).
#pragma once
#include <cstdint>

#include "socket.h"

struct iovec;
struct msghdr;

namespace luna {

// As the calls of these names; results are octets, errors negative errno numbers.
std::int64_t ReadVector(int fd, const iovec* parts, int count);
std::int64_t WriteVector(int fd, const iovec* parts, int count);
std::int64_t SendMessage(int fd, const msghdr* message, int flags);
std::int64_t ReceiveMessage(int fd, msghdr* message, int flags);

}  // namespace luna
