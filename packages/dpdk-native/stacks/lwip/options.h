// Socket options of the lwIP adapter, by Linux's numbers. What lwIP cannot do is refused with ENOPROTOOPT.
#pragma once
#include <cstdint>

#include "socket.h"

namespace luna {

/// TCP_INQ: netinet/tcp.h would collide with lwIP's names.
inline constexpr int kTcpInq = 36;

int GetOption(Socket* socket, int level, int name, void* value, std::uint32_t* length);
int SetOption(Socket* socket, int level, int name, const void* value, std::uint32_t length);

}  // namespace luna
