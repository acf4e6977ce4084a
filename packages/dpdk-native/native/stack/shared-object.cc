#include "stack/shared-object.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "util/failure.h"

namespace lunadrill {
namespace {

std::vector<std::string> LoadedObjects() {
  std::vector<std::string> names;
  ::dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* into) {
        static_cast<std::vector<std::string>*>(into)->emplace_back(info->dlpi_name);
        return 0;
      },
      &names);
  std::sort(names.begin(), names.end());
  return names;
}

// What is loaded is a fact of the process, whichever thread asks.
struct Stale {
  std::mutex mutex;
  std::map<std::string, std::string> left;  // path of a stack → what has not left with it
  std::string for_good;                     // whose threads go on
};

Stale& TheStale() {
  static Stale stale;
  return stale;
}

[[noreturn]] void RefuseStale(const std::string& path, const std::string& what) {
  throw Failure("LD_STACK_STALE", path + " cannot be had afresh in this process: " + what +
                                      " stays loaded (start a new process, or offer LUNA_CAP_RESET)");
}

}  // namespace

SharedObject::SharedObject(const std::string& path, bool for_good) : path_(path) {
  if (::access(path.c_str(), F_OK) != 0) {
    throw Failure("LD_STACK_NOT_FOUND", "there is no stack object " + path, errno, "access");
  }
  {
    Stale& stale = TheStale();
    const std::lock_guard<std::mutex> lock(stale.mutex);
    if (!stale.for_good.empty()) RefuseStale(path, stale.for_good);
    const auto found = stale.left.find(path);
    if (found != stale.left.end()) RefuseStale(path, found->second);
  }
  if (void* there = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD)) {
    ::dlclose(there);
    RefuseStale(path, "it");
  }
  before_ = LoadedObjects();
  const int more = for_good ? RTLD_NODELETE | RTLD_DEEPBIND : 0;
  handle_ = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | more);
  if (handle_ == nullptr) {
    const char* why = ::dlerror();
    throw Failure("LD_STACK_NOT_ELF", "the stack object cannot be loaded: " + std::string(why == nullptr ? path : why));
  }
  for_good_ = for_good;
  if (!for_good) return;
  Stale& stale = TheStale();
  const std::lock_guard<std::mutex> lock(stale.mutex);
  stale.for_good = path;
}

SharedObject::~SharedObject() {
  ::dlclose(handle_);
  if (for_good_) return;
  const std::vector<std::string> after = LoadedObjects();
  std::vector<std::string> left;
  std::set_difference(after.begin(), after.end(), before_.begin(), before_.end(), std::back_inserter(left));
  if (left.empty()) return;
  std::string names;
  for (const std::string& name : left) names += (names.empty() ? "" : ", ") + name;
  Stale& stale = TheStale();
  const std::lock_guard<std::mutex> lock(stale.mutex);
  stale.left[path_] = names;
}

void* SharedObject::Symbol(const char* name) const { return ::dlsym(handle_, name); }

}  // namespace lunadrill
