// Runs over each kind of DPDK port, for the tests of the rooms: captures, devices of the kernel's, another process.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "memif/arguments.h"
#include "neighbour/gateway.h"
#include "port/capture-file.h"
#include "port/device.h"
#include "port/frame-pool.h"
#include "run.h"
#include "traffic.h"
#include "util/failure.h"

namespace lunadrill {

// A capture of frames one second apart; `file` takes it.
inline void WriteCapture(const Descriptor& file, const std::vector<Octets>& frames) {
  const std::uint32_t head[] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1};
  Octets octets(sizeof head);
  std::memcpy(octets.data(), head, sizeof head);
  std::uint32_t second = 1000;
  for (const Octets& frame : frames) {
    const auto length = static_cast<std::uint32_t>(frame.size());
    const std::uint32_t record[] = {second++, 0, length, length};
    const std::size_t at = octets.size();
    octets.resize(at + sizeof record);
    std::memcpy(octets.data() + at, record, sizeof record);
    octets.insert(octets.end(), frame.begin(), frame.end());
  }
  Check(::pwrite(file.get(), octets.data(), octets.size(), 0) == static_cast<ssize_t>(octets.size()), "pwrite");
}

inline Descriptor NamelessFile() {
  Descriptor file(::memfd_create("capture", MFD_CLOEXEC));
  Check(file.open(), "memfd_create");
  return file;
}

// Files that are nearly captures: taken or refused.
inline void MangledCaptures() {
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Descriptor file = NamelessFile();
    WriteCapture(file, {RandomFrame(), RandomFrame()});
    const off_t length = ::lseek(file.get(), 0, SEEK_END);
    const auto octet = static_cast<std::uint8_t>(Random(256));
    Check(::pwrite(file.get(), &octet, 1, Random(static_cast<std::uint32_t>(length))) == 1, "pwrite");
    if (Random(4) == 0) Check(::ftruncate(file.get(), Random(static_cast<std::uint32_t>(length))) == 0, "ftruncate");
    try {
      OpenCapture(PathOf(file));
    } catch (const Failure&) {
      ++refused;
    }
  }
  Check(refused > 3000 && refused < 17'000, "too many captures are refused, or too few");
}

// SYNs among frames of any kind come from a capture, and what the stack sends goes into another one.
inline void OverCaptures(const std::string& path) {
  constexpr std::uint16_t kSyns = 20;
  std::vector<Octets> frames;
  for (std::uint16_t i = 0; i < kSyns; ++i) {
    for (int any = 0; any < 50; ++any) frames.push_back(RandomFrame());
    Octets syn(Gateway::kHeader);
    std::copy(std::begin(Gateway::kStackMac), std::end(Gateway::kStackMac), syn.begin());
    Put(&syn, 12, htons(0x0800));
    const Octets segment = Segment(static_cast<std::uint16_t>(40000 + i), 2, 0, 0, {2, 4, 5, 180}, 0);
    syn.insert(syn.end(), segment.begin(), segment.end());
    frames.push_back(syn);
  }
  const Descriptor in = NamelessFile();
  const Descriptor out = NamelessFile();
  WriteCapture(in, frames);
  PortChoice port;
  port.kind = PortChoice::Kind::kPcap;
  port.stack = PathOf(in);
  port.tester = PathOf(out);
  Run run(path, port);
  run.Give(command::kStart, 0);
  run.Answer(&run.client);
  const int fd = run.Call(Record(op::kSocket, -1, {AF_INET, SOCK_STREAM, 0}));
  Check(run.Call(Record(op::kBind, fd, {}, Address({}, kPort))) == 0, "bind");
  Check(run.Call(Record(op::kListen, fd, {2 * kSyns})) == 0, "listen");
  run.Advance(1e6 * static_cast<double>(frames.size() + 1));
  Check(run.packets >= kSyns, "a SYN-ACK for each SYN");
  Check(run.End() == 0, "the stack has kept mbufs");
  Check(::lseek(out.get(), 0, SEEK_END) > 24 + kSyns * (16 + 54), "what it sent is in the capture");
}

// EAL's thread has one.
inline std::vector<std::string> EventPolls() {
  std::vector<std::string> found;
  for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    if (std::filesystem::read_symlink(each, gone) == "anon_inode:[eventpoll]") found.push_back(each.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Two devices of this process that have found each other; then they go, each while EAL's thread hears of the other one.
inline void MemifPairs() {
  rte_mempool* const pool = FramePool("rooms_memif", 2047, 2048);
  for (int i = 0; i < 300; ++i) {
    const std::string socket = "@lunadrill-rooms-" + std::to_string(::getpid()) + "-" + std::to_string(i);
    const auto plug = [&](const char* name, memif::Role role) {
      return Device::Plug(name, memif::Arguments(role, 7, socket), {pool}, "memif");
    };
    {
      const Device server = plug("net_memif0", memif::Role::kServer);
      const Device client = plug("net_memif1", memif::Role::kClient);
      Check(client.AwaitLink(10'000) && server.AwaitLink(10'000), "two ends of a memif");
    }
    const std::vector<std::string> polls = EventPolls();
    ::usleep(1000);
    Check(EventPolls() == polls, "EAL's thread is at rest where devices have gone");
  }
}

// A handshake over ports that others join, in wall time.
inline void OverDevices(const std::string& path, const PortChoice& port, const char* name) {
  try {
    Run run(path, port, false);
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    run.Give(command::kStart, static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3);
    run.Answer(&run.client);
    Listen(&run);
    run.Inject(Segment(40000, 2, 0, 0, {2, 4, 5, 180}, 0));
    for (int tries = 0; run.packets == 0 && tries < 5'000; ++tries) {
      run.Turn();
      ::usleep(1000);
    }
    Check(run.packets > 0, "a SYN-ACK");
    run.Inject(Segment(40000, 20, 1, SequenceOf(run.last) + 1, {}, 0));
    Check(run.End() == 0, "the stack has kept mbufs");
  } catch (const Failure& failure) {
    const std::string code = failure.code();
    if (code != "LD_NETNS_PERMISSION" && code != "LD_TUN_MISSING" && code != "LD_TUN_PERMISSION") throw;
    std::printf("rooms: skipped: %s: %s\n", name, failure.what());
  }
}

}  // namespace lunadrill
