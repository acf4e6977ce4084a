// WireNic as JavaScript sees it (src/native.ts documents it): the client's interface during a run over the wire.
#pragma once
#include <napi.h>

#include <memory>

#include "nic/nic-address.h"

namespace lunadrill {

class WireNic : public Napi::ObjectWrap<WireNic> {
 public:
  static void Register(Napi::Env env, Napi::Object exports);
  explicit WireNic(const Napi::CallbackInfo& info);

 private:
  Napi::Value Mac(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  MacAddress mac_{};
  std::unique_ptr<NicAddress> address_;
};

/// Six octets for JavaScript.
Napi::Value MacToArray(Napi::Env env, const MacAddress& mac);

}  // namespace lunadrill
