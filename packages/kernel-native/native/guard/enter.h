// Where lunadrill-guard's child will live: a network namespace of its own or the caller's. Single-threaded.
#pragma once

namespace lunadrill::guard {

enum class Netns { kPrivate, kPrefer, kHost };

/// Enters what `wanted` asks for and returns whether a private namespace was entered. Throws Failure (LD_USERNS) where
/// kPrivate is refused; kPrefer then stays in the caller's namespace.
bool EnterNamespace(Netns wanted);

}  // namespace lunadrill::guard
