// One DPDK port of a run's own: a virtual device plugged in here and pulled out at the end, or a device that EAL's
// arguments have made and that stays; either way configured and started with one queue each way. Host thread, or that
// of a kernel run. Read first: rte_bus_vdev.h, rte_ethdev.h.
#pragma once
#include <cstdint>
#include <string>
#include <type_traits>

struct rte_mempool;

namespace lunadrill {

class Device {
 public:
  struct Queues {
    /// Received frames come in mbufs of this pool.
    rte_mempool* pool;
    std::uint16_t receive = 512;
    std::uint16_t transmit = 512;
  };

  /// Makes a virtual device: `name` begins with its driver's, such as net_tap0; `arguments` are the driver's. LD_PORT:
  /// `what` says what failed for whom, DPDK's own words follow.
  static Device Plug(const std::string& name, const std::string& arguments, const Queues& queues,
                     const std::string& what);
  /// Takes the device of that name, which EAL has, to receive whatever comes. LD_PORT: there is none, or not for `mtu`.
  static Device Take(const std::string& name, std::uint16_t mtu, const Queues& queues);

  Device(Device&& other) noexcept;
  Device& operator=(Device&& other) noexcept;
  ~Device();

  std::uint16_t port() const { return port_; }
  /// Whether its link is up after `ms` milliseconds at most.
  bool AwaitLink(int ms) const;

 private:
  Device(std::string name, bool plugged) : name_(std::move(name)), plugged_(plugged) {}
  void Start(const Queues& queues, const std::string& what);
  void Remove();

  std::string name_;  // empty: moved from
  bool plugged_;
  bool started_ = false;
  std::uint16_t port_ = 0;
};
static_assert(!std::is_copy_constructible_v<Device>);

}  // namespace lunadrill
