// A layer in memory over the guest's files, for the time of one run: what its script writes lands where it would, and
// is gone with it. Acts on the whole process. Read first: guest/root.h; Documentation/filesystems/overlayfs.rst.
#pragma once
#include "util/descriptor.h"

namespace lunadrill::guest {

class Layer {
 public:
  /// Throws Failure (LD_GUEST_LAYER); the process is where it was then. The working folder becomes the root.
  Layer();
  ~Layer();
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

 private:
  void Mount();
  void Leave() noexcept;

  /// The root below.
  Descriptor below_;
};

}  // namespace lunadrill::guest
