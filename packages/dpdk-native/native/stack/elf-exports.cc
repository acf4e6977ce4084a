#include "stack/elf-exports.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstdint>
#include <cstring>

#include "util/descriptor.h"

namespace lunadrill {
namespace {

// The file's octets, mapped; whatever lies outside reads as zeros.
class Image {
 public:
  explicit Image(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!file.open() || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return;
    const auto size = static_cast<std::size_t>(status.st_size);
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (mapped == MAP_FAILED) return;
    octets_ = static_cast<const char*>(mapped);
    size_ = size;
  }
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  ~Image() {
    if (octets_ != nullptr) ::munmap(const_cast<char*>(octets_), size_);
  }

  template <typename Value>
  Value At(std::uint64_t offset) const {
    Value value{};
    if (Holds(offset, sizeof value)) std::memcpy(&value, octets_ + offset, sizeof value);
    return value;
  }
  bool Is(std::uint64_t offset, const std::string& text) const {
    return Holds(offset, text.size() + 1) && std::memcmp(octets_ + offset, text.c_str(), text.size() + 1) == 0;
  }
  std::uint64_t size() const { return size_; }

 private:
  bool Holds(std::uint64_t offset, std::uint64_t count) const { return offset <= size_ && count <= size_ - offset; }
  const char* octets_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace

bool Exports(const std::string& path, const std::string& symbol) {
  const Image image(path);
  const auto head = image.At<Elf64_Ehdr>(0);
  if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64) return false;
  for (std::uint64_t i = 0; i < head.e_shnum; ++i) {
    const auto table = image.At<Elf64_Shdr>(head.e_shoff + i * sizeof(Elf64_Shdr));
    if (table.sh_type != SHT_DYNSYM || table.sh_offset > image.size() || table.sh_size > image.size()) continue;
    const auto names = image.At<Elf64_Shdr>(head.e_shoff + table.sh_link * sizeof(Elf64_Shdr));
    for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= table.sh_size; at += sizeof(Elf64_Sym)) {
      const auto each = image.At<Elf64_Sym>(table.sh_offset + at);
      if (each.st_shndx != SHN_UNDEF && image.Is(names.sh_offset + each.st_name, symbol)) return true;
    }
  }
  return false;
}

}  // namespace lunadrill
