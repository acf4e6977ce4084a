#include "port/device.h"

#include <dlfcn.h>
#include <rte_bus_vdev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <utility>

#include "eal/captured-log.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

[[noreturn]] void Refuse(const std::string& what, int error, const CapturedLog& log, const char* call) {
  const std::string said = log.Text();
  throw Failure("LD_PORT", what + (said.empty() ? "" : " (" + said + ")"), -error, call);
}

// "net_tap0" → net_tap.
std::string DriverOf(const std::string& name) { return name.substr(0, name.find_first_of("0123456789")); }

// EAL has loaded the drivers of its own folder; elsewhere the dynamic linker may know them.
bool LoadDriver(const std::string& driver) {
  const std::string file = "librte_" + driver + ".so." + std::to_string(RTE_VER_YEAR + 1);  // DPDK's ABI version
  return ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
}

}  // namespace

Device Device::Plug(const std::string& name, const std::string& arguments, const Queues& queues,
                    const std::string& what) {
  Device device(name, true);
  {
    const CapturedLog log;
    int error = rte_vdev_init(name.c_str(), arguments.c_str());
    // A positive number: no driver knows the name.
    if (error > 0 && LoadDriver(DriverOf(name))) error = rte_vdev_init(name.c_str(), arguments.c_str());
    if (error != 0) device.name_.clear();
    if (error > 0) throw Failure("LD_PORT", what + ": DPDK's driver " + DriverOf(name) + " is not installed");
    if (error < 0) Refuse(what, error, log, "rte_vdev_init");
  }
  device.Start(queues, what);
  return device;
}

Device Device::Take(const std::string& name, const Queues& queues) {
  Device device(name, false);
  device.Start(queues, "DPDK's device " + name + " cannot be used");
  return device;
}

void Device::Start(const Queues& queues, const std::string& what) {
  const CapturedLog log;
  int error = rte_eth_dev_get_port_by_name(name_.c_str(), &port_);
  if (error != 0) throw Failure("LD_PORT", what + ": EAL has no device of that name (see --eal)");
  rte_eth_conf configuration = {};
  configuration.intr_conf.rxq = queues.interrupt ? 1 : 0;
  std::uint16_t receive = queues.receive;
  std::uint16_t transmit = queues.transmit;
  error = rte_eth_dev_configure(port_, 1, 1, &configuration);
  if (error == 0) error = rte_eth_dev_adjust_nb_rx_tx_desc(port_, &receive, &transmit);
  if (error == 0) error = rte_eth_rx_queue_setup(port_, 0, receive, SOCKET_ID_ANY, nullptr, queues.pool);
  if (error == 0) error = rte_eth_tx_queue_setup(port_, 0, transmit, SOCKET_ID_ANY, nullptr);
  if (error == 0) error = rte_eth_dev_start(port_);
  if (error != 0) Refuse(what, error, log, "rte_eth_dev_start");
  started_ = true;
}

Device::Device(Device&& other) noexcept
    : name_(std::exchange(other.name_, {})), plugged_(other.plugged_), started_(other.started_), port_(other.port_) {}

Device& Device::operator=(Device&& other) noexcept {
  if (this == &other) return *this;
  Remove();
  name_ = std::exchange(other.name_, {});
  plugged_ = other.plugged_;
  started_ = other.started_;
  port_ = other.port_;
  return *this;
}

Device::~Device() { Remove(); }

void Device::Remove() {
  if (name_.empty()) return;
  if (started_) rte_eth_dev_stop(port_);
  if (!plugged_) return;
  if (started_) rte_eth_dev_close(port_);
  rte_vdev_uninit(name_.c_str());
}

int Device::ReadyFd() const { return rte_eth_dev_rx_intr_ctl_q_get_fd(port_, 0); }

}  // namespace lunadrill
