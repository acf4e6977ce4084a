{
  # The addon, and libluna.so: the stack object that is built in, made as a customer would make one, without Node in it.
  "variables": {
    # As system headers: DPDK's do not compile under our warnings.
    "dpdk_cflags": "<!(pkg-config --cflags libdpdk | sed 's/-I/-isystem /g')",
  },
  "target_defaults": {
    "cflags_cc": [
      "-std=c++17",
      "-Wall",
      "-Wextra",
      "-Werror",
      "-fexceptions",
      "-fvisibility=hidden",
      "-O2",
      "<@(dpdk_cflags)",
    ],
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20", "-O3"],
    "include_dirs": ["include"],
  },
  "targets": [
    {
      "target_name": "lunadrill_dpdk",
      "sources": [
        "native/module.cc",
        "native/dpdk-host.cc",
        "native/channel/host-end.cc",
        "native/eal/eal.cc",
        "native/fault/port-faults.cc",
        "native/neighbour/discovery.cc",
        "native/leak/leak-watch.cc",
        "native/neighbour/gateway.cc",
        "native/poll/poll-loop.cc",
        "native/poll/epoll-table.cc",
        "native/poll/stack-call.cc",
        "native/port/wire.cc",
        "native/recorder/flight-recorder.cc",
        "native/stack/luna-v1.cc",
        "native/stack/shared-object.cc",
        "../kernel-native/native/syscall/call-record.cc",
        "../kernel-native/native/util/arguments.cc",
      ],
      "include_dirs": [
        "native",
        "../kernel-native/native",
        "../kernel-native/include",
        "<!(node -p \"require('node-addon-api').include_dir\")",
      ],
      # The last one: a thread that is terminated between two calls can throw no more, which is no reason to abort.
      "defines": [
        "NODE_ADDON_API_CPP_EXCEPTIONS",
        "NAPI_VERSION=8",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
      ],
      # The ring PMD and the pools' ring driver are named, so that they are there whatever EAL finds in its folder.
      "libraries": [
        "-Wl,--push-state,--no-as-needed",
        "-lrte_net_ring",
        "-lrte_mempool_ring",
        "-Wl,--pop-state",
        "-lrte_ethdev",
        "-lrte_mbuf",
        "-lrte_mempool",
        "-lrte_ring",
        "-lrte_eal",
        "-ldl",
      ],
    },
    {
      "target_name": "luna",
      "type": "shared_library",
      "product_prefix": "lib",
      "sources": [
        "stacks/lwip/address.cc",
        "stacks/lwip/inspect.cc",
        "stacks/lwip/interpose.cc",
        "stacks/lwip/ipv6.cc",
        "stacks/lwip/memory.cc",
        "stacks/lwip/options.cc",
        "stacks/lwip/socket.cc",
        "stacks/lwip/stack.cc",
        "stacks/lwip/tcp.cc",
        "stacks/lwip/udp.cc",
        "stacks/lwip/wire.cc",
      ],
      "include_dirs": ["stacks/lwip"],
      # A unique symbol would keep the object loaded for ever.
      "cflags_cc": ["-fno-gnu-unique", "<!@(pkg-config --cflags-only-I lwip | sed 's/-I/-isystem /g')"],
      "ldflags": ["-Wl,--no-undefined", "-Wl,--as-needed", "-Wl,-z,now"],
      "libraries": ["<!@(pkg-config --libs lwip)", "-lrte_ethdev", "-lrte_mbuf", "-lrte_mempool", "-lrte_ring", "-lrte_eal"],
    },
  ],
}
