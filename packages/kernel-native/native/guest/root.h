// The guest's file system: what the host has, read-only, with a layer in memory over it, and kernel file systems of its
// own. Read first: Documentation/filesystems/overlayfs.rst, switch_root(8).
#pragma once

namespace lunadrill::guest {

/// Where the folder that host and guest share is seen in the guest.
constexpr char kPost[] = "/dev/lunadrill";

/// Makes it the root of this process; `post`: the shared folder's path on the host. Throws Failure.
void EnterRoot(const char* post);

}  // namespace lunadrill::guest
