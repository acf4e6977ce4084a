#include "poll/file-transfer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace lunadrill {
namespace {

using Table = struct ::luna_stack_v1;
using Kind = Descriptors::Kind;

constexpr std::uint32_t kFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT;
// What a pipe holds, and with it one step of sendfile(2).
constexpr std::uint64_t kStep = 65536;

bool Blocks(const Table& stack, int socket) { return (stack.fcntl(socket, F_GETFL, 0) & O_NONBLOCK) == 0; }

}  // namespace

// In the order of __do_splice() and do_splice().
FileTransfer::Moved FileTransfer::Splice(const Table& stack, const Request& request) {
  if (request.count == 0) return {0};
  if ((request.flags & ~kFlags) != 0) return {-EINVAL};
  const HostFiles& files = descriptors_->files;
  const Kind in = descriptors_->KindOf(stack, request.in);
  const Kind out = descriptors_->KindOf(stack, request.out);
  if (in == Kind::kNone || out == Kind::kNone) return {-EBADF};
  const bool from_pipe = in == Kind::kFile && files.IsPipe(request.in);
  const bool to_pipe = out == Kind::kFile && files.IsPipe(request.out);
  if ((from_pipe && request.in_offset) || (to_pipe && request.out_offset)) return {-ESPIPE};
  if (request.in_offset || request.out_offset) return {-EFAULT};
  if (in == Kind::kFile && !files.Readable(request.in)) return {-EBADF};
  if (out == Kind::kFile && !files.Writable(request.out)) return {-EBADF};
  if (!from_pipe && !to_pipe) return {-EINVAL};
  if (in == Kind::kFile && out == Kind::kFile) return FileToFile(request);
  if (out == Kind::kSocket) return PipeToSocket(stack, request);
  if (in == Kind::kSocket) return SocketToPipe(stack, request);
  return {-EINVAL};  // a set
}

FileTransfer::Moved FileTransfer::FileToFile(const Request& request) {
  HostFiles& files = descriptors_->files;
  const bool blocks =
      (request.flags & SPLICE_F_NONBLOCK) == 0 && files.Blocking(request.in) && files.Blocking(request.out);
  const std::int64_t result = files.Splice(request.in, request.out, request.count, request.flags);
  return {result, blocks && result == -EAGAIN};
}

// splice_to_socket(): it waits for the first octets of the pipe, and for the socket's room for all that the pipe has.
FileTransfer::Moved FileTransfer::PipeToSocket(const Table& stack, const Request& request) {
  HostFiles& files = descriptors_->files;
  const std::uint64_t wanted = std::min(request.count - request.done, kStep);
  std::uint8_t* const octets = buffer_.AtLeast(kStep);
  const std::int64_t there = files.Peek(request.in, octets, wanted);
  if (there <= 0) {
    const bool blocks = (request.flags & SPLICE_F_NONBLOCK) == 0 && files.Blocking(request.in);
    return {there, there == -EAGAIN && blocks && request.done == 0};
  }
  const auto count = static_cast<std::uint64_t>(there);
  const bool more = (request.flags & SPLICE_F_MORE) != 0;
  Moved moved = Send(stack, request.out, octets, count, more);
  if (moved.result > 0) files.Read(request.in, octets, static_cast<std::uint64_t>(moved.result));
  return moved;
}

// tcp_splice_read(): what is there, as much as the pipe takes.
FileTransfer::Moved FileTransfer::SocketToPipe(const Table& stack, const Request& request) {
  HostFiles& files = descriptors_->files;
  const int room = files.Ready(request.out);
  if ((room & POLLERR) != 0) return {-EPIPE};
  if ((room & POLLOUT) == 0) {
    return {-EAGAIN, (request.flags & SPLICE_F_NONBLOCK) == 0 && files.Blocking(request.out)};
  }
  std::uint8_t* const octets = buffer_.AtLeast(kStep);
  const std::int64_t there = stack.recv(request.in, octets, std::min(request.count, kStep), MSG_PEEK);
  if (there <= 0) return {there, there == -EAGAIN && Blocks(stack, request.in)};
  const std::int64_t put = files.Put(request.out, static_cast<std::uint64_t>(there));
  if (put <= 0) return {put};
  stack.recv(request.in, octets, static_cast<std::uint64_t>(put), 0);
  return {put};
}

// In the order of do_sendfile(): nothing but a file that has positions can be read at one.
FileTransfer::Moved FileTransfer::SendFile(const Table& stack, const Request& request, std::int64_t offset) {
  HostFiles& files = descriptors_->files;
  const Kind in = descriptors_->KindOf(stack, request.in);
  const Kind out = descriptors_->KindOf(stack, request.out);
  if (in == Kind::kNone) return {-EBADF};
  if (in == Kind::kFile && !files.Readable(request.in)) return {-EBADF};
  if (in != Kind::kFile || files.IsPipe(request.in)) return {-ESPIPE};
  if (offset < 0) return {-EINVAL};
  if (out == Kind::kNone || (out == Kind::kFile && !files.Writable(request.out))) return {-EBADF};
  if (out == Kind::kFile) {
    const std::int64_t result = files.SendFile(request.out, request.in, offset, request.count);
    return {result, result == -EAGAIN && files.Blocking(request.out)};
  }
  if (out == Kind::kSet) return {-EINVAL};
  const std::uint64_t left = request.count - request.done;
  if (left == 0) return {0};
  std::uint8_t* const octets = buffer_.AtLeast(kStep);
  const auto from = static_cast<off_t>(offset + static_cast<std::int64_t>(request.done));
  const std::int64_t there = files.ReadAt(request.in, octets, std::min(left, kStep), from);
  if (there == -EISDIR) return {-EINVAL};
  if (there <= 0) return {there};
  const auto count = static_cast<std::uint64_t>(there);
  return Send(stack, request.out, octets, count, count == kStep && count < left);
}

FileTransfer::Moved FileTransfer::Send(const Table& stack, int fd, const std::uint8_t* octets, std::uint64_t count,
                                       bool more) {
  const std::int64_t result = stack.send(fd, octets, count, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  return {result, result == -EAGAIN && Blocks(stack, fd), result > 0};
}

}  // namespace lunadrill
