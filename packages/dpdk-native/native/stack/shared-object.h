// Owner of one loaded shared object. Unloading is verified, since a stack that keeps its state in globals is fresh only
// if it, and every library that came with it, has really left the process. Read first: dlopen(3), dl_iterate_phdr(3).
#pragma once
#include <string>
#include <type_traits>
#include <vector>

namespace lunadrill {

class SharedObject {
 public:
  /// `path`: absolute. LD_STACK_NOT_FOUND; LD_STACK_NOT_ELF with the loader's words; LD_STACK_STALE: it has been in
  /// this process before and could not be unloaded.
  /// `for_good`: as upstream loads one, with its own symbols first, and for the life of the process; no other object
  /// can be loaded after it.
  explicit SharedObject(const std::string& path, bool for_good = false);
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;
  /// Unloads. What does not leave is remembered, and makes the next load of the same path fail.
  ~SharedObject();

  const std::string& path() const { return path_; }
  /// Null where the object exports no such symbol.
  void* Symbol(const char* name) const;

 private:
  std::string path_;
  std::vector<std::string> before_;  // names of all objects before it was loaded
  void* handle_ = nullptr;
  bool for_good_ = false;
};
static_assert(!std::is_copy_constructible_v<SharedObject>);

}  // namespace lunadrill
