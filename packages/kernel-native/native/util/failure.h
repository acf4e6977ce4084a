// The one error of the native code: what was tried, which call refused it and why. Becomes a JavaScript Error
// (code, errno, syscall) in kernel-host.cc and module.cc, and a line on stderr in lunadrill-guard.
#pragma once
#include <cerrno>
#include <cstring>
#include <exception>
#include <string>
#include <utility>

namespace lunadrill {

class Failure : public std::exception {
 public:
  /// `code` and `call` must be literals. With an `error` number, its text is added to the message.
  Failure(const char* code, std::string message, int error = 0, const char* call = "")
      : code_(code), call_(call), error_(error), message_(std::move(message)) {
    if (error_ != 0) message_ += std::string(": ") + call_ + ": " + ::strerror(error_);
  }
  const char* what() const noexcept override { return message_.c_str(); }
  const char* code() const { return code_; }
  const char* call() const { return call_; }
  int error() const { return error_; }

 private:
  const char* code_;
  const char* call_;
  int error_;
  std::string message_;
};

}  // namespace lunadrill
