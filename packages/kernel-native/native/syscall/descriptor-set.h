// The descriptors that a script's calls made and that are still open. The run's thread and the thread of a blocking
// call add and remove; the run's end closes what is left.
#pragma once
#include <mutex>
#include <set>

namespace lunadrill {

class DescriptorSet {
 public:
  DescriptorSet() = default;
  DescriptorSet(const DescriptorSet&) = delete;
  DescriptorSet& operator=(const DescriptorSet&) = delete;
  ~DescriptorSet() { CloseAll(); }

  void Add(int fd);
  void Remove(int fd);
  /// Connections are reset (SO_LINGER 0), so that nothing keeps the network namespace alive.
  void CloseAll();

 private:
  std::mutex mutex_;
  std::set<int> open_;
};

}  // namespace lunadrill
