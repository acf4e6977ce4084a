// Socket options that only matter to whoever waits, which is the host: SO_RCVTIMEO, SO_SNDTIMEO and SO_RCVLOWAT never
// reach a stack; and the close-on-exec flags of its descriptors, since nobody executes anything. Host thread.
// Read first: socket(7); Linux's net/core/sock.c.
#pragma once
#include <cstdint>
#include <limits>
#include <map>

namespace lunadrill {

class KeptOptions {
 public:
  static constexpr double kForever = std::numeric_limits<double>::infinity();

  /// Whether the option is one of these.
  static bool Has(int level, int name);
  /// As getsockopt(2) and setsockopt(2) of an open descriptor; errors are negative errno numbers.
  int Get(int fd, int name, void* value, std::uint32_t* length) const;
  int Set(int fd, int name, const void* value, std::uint32_t length);

  /// How long a call may sleep; microseconds.
  double ReceiveUs(int fd) const { return Of(fd).receive_us; }
  double SendUs(int fd) const { return Of(fd).send_us; }
  /// Octets that make a connection readable, 1 or more.
  std::uint32_t LowWater(int fd) const { return Of(fd).low_water; }

  bool CloseOnExec(int fd) const { return Of(fd).close_on_exec; }
  void SetCloseOnExec(int fd, bool on) { kept_[fd].close_on_exec = on; }

  /// A connection has what its listener had.
  void Accepted(int listener, int fd);
  void Forget(int fd) { kept_.erase(fd); }

 private:
  struct Kept {
    double receive_us = kForever;
    double send_us = kForever;
    std::uint32_t low_water = 1;
    bool close_on_exec = false;
  };
  const Kept& Of(int fd) const;

  std::map<int, Kept> kept_;
};

}  // namespace lunadrill
