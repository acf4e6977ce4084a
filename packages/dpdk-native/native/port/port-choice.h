// Which DPDK ports a run's wire is made of, as the options say (engine/src/run/port-choice.ts has the same kinds).
#pragma once
#include <string>

namespace lunadrill {

struct PortChoice {
  enum class Kind {
    kRing,      // in memory
    kTap,       // net_tap, in a network namespace of its own
    kAfPacket,  // net_af_packet over a veth pair: a new one in a namespace of its own, or the two interfaces named
    kMemif,     // net_memif: `stack` is the socket's path, "" for an abstract one
    kPcap,      // net_pcap: from `stack`, into `tester`
    kDevice     // two devices that EAL's arguments have made: their names
  };
  Kind kind = Kind::kRing;
  /// Kind by kind, see above: what the stack's end is.
  std::string stack;
  /// The same for the tester's.
  std::string tester;
  /// kPcap: when its first frame comes, microseconds.
  double first_us = 0;
  /// kMemif: the program at the other end, an absolute path.
  std::string program;
};

}  // namespace lunadrill
