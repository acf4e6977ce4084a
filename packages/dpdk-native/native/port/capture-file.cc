#include "port/capture-file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "util/failure.h"

namespace lunadrill {
namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kNextGeneration = 0x0a0d0d0a;  // the same in both orders
constexpr std::uint32_t kEthernet = 1;
constexpr off_t kFileHead = 24;
constexpr off_t kRecordHead = 16;

bool Read(const Descriptor& file, off_t at, std::uint32_t* words, std::size_t count) {
  const std::size_t octets = count * sizeof *words;
  return ::pread(file.get(), words, octets, at) == static_cast<ssize_t>(octets);
}

}  // namespace

Descriptor OpenCapture(const std::string& path) {
  const std::string name = "the capture " + path;
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.open()) throw Failure("LD_PORT", "cannot read " + name, errno, "open");
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw Failure("LD_PORT", name + " is no file, but something else");
  }
  std::uint32_t head[6] = {};
  const bool whole = Read(file, 0, head, 6);
  if (head[0] == kNextGeneration) {
    throw Failure("LD_PORT", name + " is pcapng; convert it to pcap: tcpdump -r " + path + " -w NEW.pcap");
  }
  const std::uint32_t swapped = __builtin_bswap32(head[0]);
  const bool other_order = swapped == kMicroseconds || swapped == kNanoseconds;
  if (!whole || (!other_order && head[0] != kMicroseconds && head[0] != kNanoseconds)) {
    throw Failure("LD_PORT", name + " is no pcap file (tcpdump -w writes one)");
  }
  const auto in_order = [&](std::uint32_t word) { return other_order ? __builtin_bswap32(word) : word; };
  const std::uint32_t link = in_order(head[5]) & 0xffff;
  if (link != kEthernet) {
    throw Failure("LD_PORT", name + " holds no Ethernet frames, but those of link type " + std::to_string(link));
  }
  off_t at = kFileHead;
  while (at < status.st_size) {
    std::uint32_t record[4] = {};
    const bool read = Read(file, at, record, 4);
    const off_t next = at + kRecordHead + static_cast<off_t>(in_order(record[2]));
    if (!read || next > status.st_size) {
      throw Failure("LD_PORT", name + " ends in the midst of a frame, at octet " + std::to_string(at));
    }
    at = next;
  }
  return file;
}

}  // namespace lunadrill
