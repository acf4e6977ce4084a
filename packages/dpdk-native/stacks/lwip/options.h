// Socket options of the lwIP adapter, by Linux's numbers. What lwIP cannot do is refused with ENOPROTOOPT.
#pragma once
#include <cstdint>

#include "socket.h"

namespace luna {

int GetOption(Socket* socket, int level, int name, void* value, std::uint32_t* length);
int SetOption(Socket* socket, int level, int name, const void* value, std::uint32_t length);

}  // namespace luna
