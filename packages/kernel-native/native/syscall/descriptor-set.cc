#include "syscall/descriptor-set.h"

#include <sys/socket.h>
#include <unistd.h>

namespace lunadrill {

void DescriptorSet::Add(int fd) {
  const std::lock_guard<std::mutex> lock(mutex_);
  open_.insert(fd);
}

void DescriptorSet::Remove(int fd) {
  const std::lock_guard<std::mutex> lock(mutex_);
  open_.erase(fd);
}

void DescriptorSet::CloseAll() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const int fd : open_) {
    const linger reset{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    ::close(fd);
  }
  open_.clear();
}

}  // namespace lunadrill
