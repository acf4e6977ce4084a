// What a shared object exports, without loading it. Read first: elf(5).
#pragma once
#include <string>

namespace lunadrill {

/// False, too, for what is no 64-bit ELF object or cannot be read: loading it tells why.
bool Exports(const std::string& path, const std::string& symbol);

}  // namespace lunadrill
