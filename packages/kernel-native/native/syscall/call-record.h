// One call record (layout.h, namespace call): its checked left column, the buffers that the call is given, and the
// filling in of the right column. Payload: zeros out, whatever comes in is dropped. One thread at a time; used by both
// addons. Read first: engine/src/host/layout.ts on what the arguments mean.
#pragma once
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "lunadrill/layout.h"
#include "util/region.h"

namespace lunadrill {

class CallRecord {
 public:
  static constexpr std::uint32_t kDataSize = layout::call::kSize - layout::call::kData;
  static constexpr socklen_t kAddressSize = sizeof(sockaddr_storage);

  /// `octets`: call::kSize of them, alive as long as this. Nothing is read yet.
  explicit CallRecord(std::uint8_t* octets);

  /// Reads and checks the record, `length` octets of which were given, and makes room for its buffers. Throws LD_CALL
  /// for one that makes no sense. The only step that may allocate.
  void Prepare(std::size_t length = layout::call::kSize);
  /// Fills in the right column and the data that goes out.
  void Finish(std::int32_t result, std::int32_t error, double start_us, double return_us) noexcept;
  [[noreturn]] static void Refuse(std::uint32_t op, const std::string& why);

  std::uint32_t op() const { return op_; }
  std::int32_t fd() const { return fd_; }
  const std::array<std::int32_t, 4>& arg() const { return arg_; }
  std::uint8_t* data() const { return octets_ + layout::call::kData; }
  sockaddr* address() const { return reinterpret_cast<sockaddr*>(data()); }
  std::uint32_t in_length() const { return in_length_; }
  /// Payload, or an option's value; null where the script says so.
  std::uint8_t* buffer() const { return buffer_; }
  /// Octets of payload that the call wants to move.
  std::uint64_t count() const { return count_; }
  std::vector<iovec>& vector() { return vector_; }
  /// How much of count() buffer() holds in one piece, where there are parts.
  std::size_t whole() const { return whole_; }
  /// Of sendmsg and recvmsg: its parts are vector()'s.
  msghdr& message() { return message_; }
  /// Of epollCtl: the record's own; of epollWait: the first of arg(0), zeros before.
  epoll_event& event() { return *reinterpret_cast<epoll_event*>(buffer_); }
  /// Of pipe: both ends, filled in by the call.
  std::array<int, 2>& ends() { return ends_; }
  /// Of sendfile.
  off_t& offset() { return offset_; }
  /// Of recvmsg: CLOCK_REALTIME at time 0, for the time stamps in control messages; microseconds.
  void set_epoch_us(double us) { epoch_us_ = us; }
  /// The call's socklen_t, in and out.
  socklen_t& option_length() { return option_length_; }
  /// With the data that goes out, once filled.
  std::size_t filled_length() const { return layout::call::kData + out_copied_; }

 private:
  void PrepareVector(std::size_t parts, bool outgoing);
  void PrepareMessage();
  void PrepareOption();
  void FinishMessage() noexcept;
  template <typename Value>
  Value Get(std::size_t at) const;
  template <typename Value>
  void Put(std::size_t at, Value value);

  std::uint8_t* const octets_;
  Region zeros_;
  Region scratch_;
  Region options_;
  std::vector<iovec> vector_;
  msghdr message_{};
  sockaddr_storage name_{};
  std::array<int, 2> ends_{};
  off_t offset_ = 0;
  double epoch_us_ = 0;

  std::uint32_t op_ = 0;
  std::int32_t fd_ = -1;
  std::array<std::int32_t, 4> arg_{};
  std::uint32_t in_length_ = 0;
  std::uint32_t out_capacity_ = 0;
  std::uint8_t* buffer_ = nullptr;
  std::uint64_t count_ = 0;
  std::size_t whole_ = 0;
  socklen_t option_length_ = 0;
  std::uint32_t out_copied_ = 0;
};
static_assert(!std::is_copy_constructible_v<CallRecord>);

}  // namespace lunadrill
