// Everything below lunadrill-guard. As a child subreaper the guard becomes the parent of orphaned descendants, so
// killing children until none is left reaches all. Read first: prctl(2) PR_SET_CHILD_SUBREAPER.
#pragma once

namespace lunadrill::guard {

/// Kills every descendant and reaps it. Gives up after some seconds on those that cannot be killed (a set-user-ID
/// program of another user, a task in an uninterruptible sleep).
void KillDescendants();

}  // namespace lunadrill::guard
