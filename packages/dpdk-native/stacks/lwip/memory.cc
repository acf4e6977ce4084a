// lwIP's heap, interposed: the same malloc behind it, but every block is known, so that an instance gives all of it
// back at its end (lwIP itself has no such end: timers, pcbs and segments would stay), and fails where it is told to.
// MEMP_MEM_MALLOC: lwIP's pools take their elements from here, too.
#include <lwip/mem.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "instance.h"

namespace luna {
namespace {

struct alignas(std::max_align_t) Block {
  Block* next;
  Block* previous;
};

Block all = {&all, &all};
std::uint64_t failures_skipped = 0;
std::uint64_t failures_left = 0;

bool Fails() {
  if (failures_left == 0) return false;
  if (failures_skipped > 0) {
    --failures_skipped;
    return false;
  }
  if (failures_left != UINT64_MAX) --failures_left;
  return true;
}

}  // namespace

int FailAllocations(std::uint64_t skip, std::uint64_t count) {
  failures_skipped = skip;
  failures_left = count;
  return 0;
}

void FreeAllMemory() {
  while (all.next != &all) {
    Block* block = all.next;
    all.next = block->next;
    std::free(block);
  }
  all.previous = &all;
  FailAllocations(0, 0);
}

}  // namespace luna

#define LUNA_INTERPOSED __attribute__((visibility("default")))

extern "C" {

LUNA_INTERPOSED void* mem_malloc(mem_size_t size) {
  if (luna::Fails()) return nullptr;
  auto* block = static_cast<luna::Block*>(std::malloc(sizeof(luna::Block) + size));
  if (block == nullptr) return nullptr;
  block->next = luna::all.next;
  block->previous = &luna::all;
  block->next->previous = block;
  luna::all.next = block;
  return block + 1;
}

LUNA_INTERPOSED void* mem_calloc(mem_size_t count, mem_size_t size) {
  void* memory = mem_malloc(count * size);
  if (memory != nullptr) std::memset(memory, 0, count * size);
  return memory;
}

// Only ever asked to shrink: the block stays as it is.
LUNA_INTERPOSED void* mem_trim(void* memory, mem_size_t) { return memory; }

LUNA_INTERPOSED void mem_free(void* memory) {
  if (memory == nullptr) return;
  luna::Block* block = static_cast<luna::Block*>(memory) - 1;
  block->next->previous = block->previous;
  block->previous->next = block->next;
  std::free(block);
}

}  // extern "C"
