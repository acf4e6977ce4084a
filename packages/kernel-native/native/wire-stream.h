// WireStream as JavaScript sees it (src/native.ts documents each method). On the thread that constructed it.
#pragma once
#include <napi.h>

#include <optional>

#include "remote/stream-socket.h"

namespace lunadrill {

class WireStream : public Napi::ObjectWrap<WireStream> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit WireStream(const Napi::CallbackInfo& info);

 private:
  Napi::Value Send(const Napi::CallbackInfo& info);
  Napi::Value Receive(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  StreamSocket& Opened();
  std::optional<StreamSocket> open_;
};

}  // namespace lunadrill
