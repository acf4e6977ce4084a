// What lwIP knows of its connections, as records of luna_stack.h. Reads only.
#pragma once
#include "luna_stack.h"
#include "socket.h"

namespace luna {

int DescribeTcp(Socket* socket, luna_tcp_info* info);
void ListSockets(luna_socket_visitor visit, void* context);

}  // namespace luna
