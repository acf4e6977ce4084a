#include "port/device.h"

#include <dlfcn.h>
#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mempool.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "eal/captured-log.h"
#include "eal/interrupt-pause.h"
#include "util/failure.h"

namespace lunadrill {
namespace {

[[noreturn]] void Refuse(const std::string& what, int error, const CapturedLog& log, const char* call) {
  const std::string said = log.Text();
  throw Failure("LD_PORT", what + (said.empty() ? "" : " (" + said + ")"), -error, call);
}

// DPDK's ABI version.
const std::string kAbi = std::to_string(RTE_VER_YEAR + 1);

// "net_tap0" → net_tap.
std::string DriverOf(const std::string& name) { return name.substr(0, name.find_first_of("0123456789")); }

// EAL has loaded the drivers of its own folder; elsewhere the dynamic linker may know them.
bool LoadDriver(const std::string& driver) {
  const std::string file = "librte_" + driver + ".so." + kAbi;
  return ::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
}

// The names of EAL's devices, for a message.
std::string Known() {
  std::string names;
  std::uint16_t port = 0;
  RTE_ETH_FOREACH_DEV(port) {
    char name[RTE_ETH_NAME_MAX_LEN];
    if (rte_eth_dev_get_name_by_port(port, name) == 0) names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names.empty() ? "none at all" : names;
}

}  // namespace

Device Device::Plug(const std::string& name, const std::string& arguments, const Queues& queues,
                    const std::string& what) {
  Device device(name, true);
  {
    const CapturedLog log;
    int error = rte_vdev_init(name.c_str(), arguments.c_str());
    // 1 or -1: no driver knows the name, or one says no more.
    if (error == 1 || error == -1) {
      if (!LoadDriver(DriverOf(name))) {
        device.name_.clear();
        std::string package = "librte-" + DriverOf(name) + kAbi;
        std::replace(package.begin(), package.end(), '_', '-');
        throw Failure("LD_PORT", what + ": DPDK's driver " + DriverOf(name) +
                                     " is not installed: sudo apt-get install -y --no-install-recommends " + package);
      }
      error = rte_vdev_init(name.c_str(), arguments.c_str());
    }
    if (error != 0) {
      device.name_.clear();
      Refuse(what, -std::abs(error), log, "rte_vdev_init");
    }
  }
  device.Start(queues, what);
  return device;
}

Device Device::Take(const std::string& name, std::uint16_t mtu, const Queues& queues) {
  Device device(name, false);
  const std::string what = "DPDK's device " + name + " cannot be used";
  if (rte_eth_dev_get_port_by_name(name.c_str(), &device.port_) != 0) {
    throw Failure("LD_PORT", "EAL has no device " + name + ", but " + Known() + ": name them as --eal's arguments do");
  }
  device.Start(queues, what);
  std::uint16_t carries = 0;
  const bool fits = rte_eth_dev_get_mtu(device.port_, &carries) == 0 && carries >= mtu;
  if (!fits && rte_eth_dev_set_mtu(device.port_, mtu) != 0) {
    throw Failure("LD_PORT", what + ": it carries packets of " + std::to_string(carries) + " octets, but --mtu is " +
                                 std::to_string(mtu));
  }
  // The addresses on this link are the run's, not the cards'. Some virtual devices have no such mode and need none.
  rte_eth_promiscuous_enable(device.port_);
  return device;
}

void Device::Start(const Queues& queues, const std::string& what) {
  const CapturedLog log;
  int error = rte_eth_dev_get_port_by_name(name_.c_str(), &port_);
  if (error != 0) Refuse(what, error, log, "rte_eth_dev_get_port_by_name");
  const rte_eth_conf configuration = {};
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
  const InterruptPause pause;
  // net_memif complains of memory that is not its own to free.
  const CapturedLog unheard;
  if (started_) rte_eth_dev_stop(port_);
  if (!plugged_) return;
  if (started_) rte_eth_dev_close(port_);
  rte_vdev_uninit(name_.c_str());
}

bool Device::AwaitLink(int ms) const {
  for (int waited = 0;; ++waited) {
    rte_eth_link link{};
    if (rte_eth_link_get_nowait(port_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP) return true;
    if (waited == ms) return false;
    rte_delay_us_sleep(1000);
  }
}

}  // namespace lunadrill
