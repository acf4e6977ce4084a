// splice(2) and sendfile(2) where files of the host's and a stack's sockets meet. Octets are the real ones on the way
// to a socket. Never sleeps: says whether Linux would. Host thread. Read first: Linux's fs/splice.c, fs/read_write.c.
#pragma once
#include <cstdint>
#include <type_traits>

#include "luna_stack.h"
#include "poll/descriptors.h"
#include "util/region.h"

namespace lunadrill {

class FileTransfer {
 public:
  explicit FileTransfer(Descriptors* descriptors) : descriptors_(descriptors) {}
  FileTransfer(const FileTransfer&) = delete;
  FileTransfer& operator=(const FileTransfer&) = delete;

  /// What a try has come to: octets moved, or a negative errno number.
  struct Moved {
    std::int64_t result;
    /// -EAGAIN: the call sleeps until it can go on.
    bool sleeps = false;
    /// It goes on until `count` octets have moved, or a try moves none.
    bool goes_on = false;
  };
  struct Request {
    int in;
    int out;
    std::uint64_t count;
    std::uint64_t done;  // of them, by earlier tries
    std::uint32_t flags;
    bool in_offset;  // a pointer, which leads nowhere
    bool out_offset;
  };
  Moved Splice(const struct ::luna_stack_v1& stack, const Request& request);
  /// `offset`: of the file's octets, for the first of `count`.
  Moved SendFile(const struct ::luna_stack_v1& stack, const Request& request, std::int64_t offset);

 private:
  Moved PipeToSocket(const struct ::luna_stack_v1& stack, const Request& request);
  Moved SocketToPipe(const struct ::luna_stack_v1& stack, const Request& request);
  Moved FileToFile(const Request& request);
  Moved Send(const struct ::luna_stack_v1& stack, int fd, const std::uint8_t* octets, std::uint64_t count, bool more);

  Descriptors* const descriptors_;
  Region buffer_{PROT_READ | PROT_WRITE};
};
static_assert(!std::is_copy_constructible_v<FileTransfer>);

}  // namespace lunadrill
