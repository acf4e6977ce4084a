#include "port/tap-device.h"

#include <fcntl.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "util/descriptor.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

// Of a frame's pieces, each in a mbuf of its own that the driver holds ready.
constexpr std::uint16_t kPieces = 32;

// The driver looks for frames at each poll where another has taken the signal, and asks the kernel for none then.
class SignalTaken {
 public:
  SignalTaken() {
    struct sigaction nothing {};
    nothing.sa_handler = [](int) {};
    nothing.sa_flags = SA_RESTART;
    ::sigaction(SIGIO, &nothing, &before_);
  }
  SignalTaken(const SignalTaken&) = delete;
  SignalTaken& operator=(const SignalTaken&) = delete;
  ~SignalTaken() { ::sigaction(SIGIO, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

// The driver's own words do not tell what to do.
void CheckTun() {
  const Descriptor file(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  if (file.open()) return;
  if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
    throw Failure("LD_TUN_MISSING",
                  "no /dev/net/tun for DPDK's net_tap: 'modprobe tun', or give the container the device", errno,
                  "open");
  }
  throw Failure("LD_TUN_PERMISSION",
                "no permission for /dev/net/tun: 'chmod 0666 /dev/net/tun' as root, or run as root", errno, "open");
}

}  // namespace

Device PlugTap(const char* interface, std::uint16_t mtu, const Device::Queues& queues) {
  if (mtu > kTapMtu) {
    throw Failure("LD_PORT", "DPDK's net_tap carries packets of " + std::to_string(kTapMtu) +
                                 " octets at most, but --mtu is " + std::to_string(mtu));
  }
  CheckTun();
  const SignalTaken taken;
  Device::Queues few = queues;
  few.receive = kPieces;
  return Device::Plug("net_tap90", std::string("iface=") + interface, few, "DPDK's net_tap cannot be made");
}

}  // namespace lunadrill
