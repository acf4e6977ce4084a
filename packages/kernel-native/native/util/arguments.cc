#include "util/arguments.h"

#include <cmath>

namespace lunadrill::arguments {
namespace {

[[noreturn]] void Refuse(const char* name, const std::string& wanted) {
  throw Failure("LD_ARGUMENT", std::string(name) + " must be " + wanted);
}

std::string Range(const char* kind, const std::string& least, const std::string& most) {
  return std::string(kind) + " from " + least + " to " + most;
}

}  // namespace

Napi::Object Object(const Napi::Value& value, const char* name) {
  if (!value.IsObject()) Refuse(name, "an object");
  return value.As<Napi::Object>();
}

Napi::Array List(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) Refuse(name, "an array");
  return value.As<Napi::Array>();
}

double Number(const Napi::Value& value, const char* name, double least, double most) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= least && number <= most)) {
    Refuse(name, Range("a number", std::to_string(least), std::to_string(most)));
  }
  return number;
}

std::int64_t Integer(const Napi::Value& value, const char* name, std::int64_t least, std::int64_t most) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (!(number >= static_cast<double>(least) && number <= static_cast<double>(most)) || number != std::floor(number)) {
    Refuse(name, Range("an integer", std::to_string(least), std::to_string(most)));
  }
  return static_cast<std::int64_t>(number);
}

std::int64_t Integer(const Napi::Value& value, const char* name, std::int64_t least, std::int64_t most,
                     std::int64_t absent) {
  return value.IsUndefined() ? absent : Integer(value, name, least, most);
}

std::string Text(const Napi::Value& value, const char* name) {
  if (!value.IsString()) Refuse(name, "a string");
  return value.As<Napi::String>().Utf8Value();
}

Octets Bytes(const Napi::Value& value, const char* name, std::size_t least) {
  // Napi::Uint8Array::Data would refuse a SharedArrayBuffer; the plain call takes both.
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* data = nullptr;
  const bool is = value.IsTypedArray() &&
                  napi_get_typedarray_info(value.Env(), value, &type, &length, &data, nullptr, nullptr) == napi_ok;
  if (!is || type != napi_uint8_array || length < least) {
    Refuse(name, "a Uint8Array of at least " + std::to_string(least) + " octets");
  }
  return {static_cast<std::uint8_t*>(data), length};
}

Napi::Error ToError(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.what());
  error.Set("code", failure.code());
  if (failure.error() != 0) {
    error.Set("errno", Napi::Number::New(env, failure.error()));
    error.Set("syscall", failure.call());
  }
  return error;
}

}  // namespace lunadrill::arguments
