// The link through another process: the stack's port and the tester's are net_memif, servers of one socket, and a
// program that has connected to both carries the frames between them, in memory that it shares with us:
// lunadrill-memif, started here, or whoever connects to a socket that is named. Host thread. Read first: memif/main.cc;
// docs/ports.md.
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <type_traits>

#include "port/device.h"
#include "port/link.h"

namespace lunadrill {

/// A child process, ended with its owner.
class Child {
 public:
  /// LD_PORT: it cannot be started.
  Child(const std::string& program, const std::string& argument);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  pid_t id() const { return id_; }

 private:
  pid_t id_ = 0;
};
static_assert(!std::is_copy_constructible_v<Child>);

class MemifLink : public Link {
 public:
  /// `socket`: a path; empty: an abstract one, and `program` is started. LD_PORT: the socket is in use, or nobody
  /// connects.
  MemifLink(const std::string& socket, const std::string& program, const Pools& pools);
  ~MemifLink() override;

  std::uint16_t stack_port() const override { return stack_->port(); }
  std::uint16_t tester_port() const override { return tester_->port(); }
  pid_t carrier() const override { return child_ ? child_->id() : 0; }

 private:
  std::string path_;  // empty: abstract
  std::optional<Device> stack_;
  std::optional<Device> tester_;
  std::optional<Child> child_;
};

}  // namespace lunadrill
