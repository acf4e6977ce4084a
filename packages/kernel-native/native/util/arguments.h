// The one checker of arguments from JavaScript: each getter returns a checked value or throws LD_ARGUMENT, which names
// the argument. Napi exceptions are C++ exceptions in this addon; Guarded turns a Failure into one.
#pragma once
#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "util/failure.h"

namespace lunadrill::arguments {

struct Octets {
  std::uint8_t* data;
  std::size_t length;
};

Napi::Object Object(const Napi::Value& value, const char* name);
/// An array, whatever is in it.
Napi::Array List(const Napi::Value& value, const char* name);
/// A number that is not NaN, within [least, most]; infinities are allowed where the bounds are infinite.
double Number(const Napi::Value& value, const char* name, double least, double most);
std::int64_t Integer(const Napi::Value& value, const char* name, std::int64_t least, std::int64_t most);
/// The same for an optional property: `absent` where it is undefined.
std::int64_t Integer(const Napi::Value& value, const char* name, std::int64_t least, std::int64_t most,
                     std::int64_t absent);
std::string Text(const Napi::Value& value, const char* name);
/// A Uint8Array of at least `least` octets, over an ArrayBuffer or a SharedArrayBuffer.
Octets Bytes(const Napi::Value& value, const char* name, std::size_t least);

/// The Error that JavaScript sees: message, code, and errno and syscall where there are such.
Napi::Error ToError(Napi::Env env, const Failure& failure);

/// Runs `body`; a Failure becomes a JavaScript exception.
template <typename Body>
auto Guarded(Napi::Env env, Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const Failure& failure) {
    throw ToError(env, failure);
  }
}

}  // namespace lunadrill::arguments
