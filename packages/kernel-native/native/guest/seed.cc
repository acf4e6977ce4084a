// lunadrill-seed.so, loaded before a User Mode Linux (LD_PRELOAD): its kernel asks getrandom(2) once, when it boots,
// for what all random numbers in the guest come from. Here the answer follows from LUNADRILL_SEED, a number, and is the
// same each time. Read first: arch/um/kernel/um_arch.c (setup_arch).
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
std::uint64_t Next(std::uint64_t* state) {
  *state += 0x9e3779b97f4a7c15;
  std::uint64_t word = *state;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) ssize_t getrandom(void* buffer, std::size_t length, unsigned) {
  static std::uint64_t state = [] {
    const char* seed = std::getenv("LUNADRILL_SEED");
    return seed == nullptr ? 0 : std::strtoull(seed, nullptr, 10);
  }();
  auto* octets = static_cast<std::uint8_t*>(buffer);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (i % sizeof word == 0) word = Next(&state);
    octets[i] = static_cast<std::uint8_t>(word >> (8 * (i % sizeof word)));
  }
  return static_cast<ssize_t>(length);
}
