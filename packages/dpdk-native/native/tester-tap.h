// TesterTap as JavaScript sees it (src/native.ts documents each method): arguments in, port/tap-end.h behind. All of it
// on the thread that constructed it, that of a kernel run.
#pragma once
#include <napi.h>

#include <optional>

#include "port/tap-end.h"

namespace lunadrill {

class TesterTap : public Napi::ObjectWrap<TesterTap> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit TesterTap(const Napi::CallbackInfo& info);

 private:
  void Inject(const Napi::CallbackInfo& info);
  Napi::Value Sniff(const Napi::CallbackInfo& info);
  Napi::Value SniffedAtUs(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);
  TapEnd& Opened();

  std::optional<TapEnd> end_;
};

}  // namespace lunadrill
