// Of lunadrill-sanitizer.so, which is loaded before UBSan's runtime: its hook, called when something is found and
// before it is printed. UBSan begins only then, and would print onto stderr. Read first:
// native/recorder/sanitizer-report.h.

namespace {

void (*listener)() = nullptr;

}  // namespace

/// Overrides the runtime's own, which does nothing.
extern "C" __attribute__((visibility("default"))) void __ubsan_on_report() {
  if (listener != nullptr) listener();
}

/// From now on `call` is called first. Null: nothing is.
extern "C" __attribute__((visibility("default"))) void lunadrill_before_ubsan_prints(void (*call)()) {
  listener = call;
}
