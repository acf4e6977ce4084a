// lunadrill-sanitizer.so, loaded behind AddressSanitizer's runtime and before all of Node: tells LeakSanitizer that
// only what is allocated in the stack is to be looked for. Node keeps pointers where LeakSanitizer does not look, and
// would be most of each report. Every thread; no lock of its own. Read first: sanitizer/lsan_interface.h;
// native/leak/heap-check.h.
#include <atomic>
#include <cstddef>
#include <cstdint>

// The runtime's. Weak: this object can be built, and loaded, without it.
extern "C" {
__attribute__((weak)) int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void*,
                                                                                      std::size_t),
                                                                    void (*on_free)(const volatile void*));
__attribute__((weak)) void __lsan_ignore_object(const void* object);
}

namespace {

// Of the host's thread: which entry of the stack it is in, 0 outside.
__attribute__((tls_model("initial-exec"))) thread_local const std::atomic<std::uint32_t>* in_stack = nullptr;

void OnMalloc(const volatile void* object, std::size_t) {
  if (in_stack != nullptr && in_stack->load(std::memory_order_relaxed) != 0) return;
  __lsan_ignore_object(const_cast<const void*>(object));
}

void OnFree(const volatile void*) {}

__attribute__((constructor)) void Begin() {
  if (__sanitizer_install_malloc_and_free_hooks != nullptr && __lsan_ignore_object != nullptr) {
    __sanitizer_install_malloc_and_free_hooks(OnMalloc, OnFree);
  }
}

}  // namespace

/// What this thread allocates from now on is the stack's while the word is not 0. Null: none of it.
extern "C" __attribute__((visibility("default"))) void lunadrill_heap_of_stack(const std::atomic<std::uint32_t>* word) {
  in_stack = word;
}
