{
  # The addon, and libluna.so: the stack object that is built in, made as a customer would make one, without Node in it.
  "variables": {
    # As system headers: DPDK's do not compile under our warnings.
    "dpdk_cflags": "<!(pkg-config --cflags libdpdk | sed 's/-I/-isystem /g')",
    "lwip_adapter": [
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
    # Where lwIP's source has been fetched to, or none: then lwip-sack is left out.
    "lwip_source": "<!(node ../../tools/native/lwip-source.mjs)",
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
        "native/fault/corruption.cc",
        "native/fault/packet-faults.cc",
        "native/fault/port-faults.cc",
        "native/neighbour/discovery.cc",
        "native/leak/leak-watch.cc",
        "native/neighbour/gateway.cc",
        "native/poll/poll-loop.cc",
        "native/poll/epoll-table.cc",
        "native/poll/stack-call.cc",
        "native/port/device-link.cc",
        "native/port/device.cc",
        "native/port/link.cc",
        "native/port/packet-device.cc",
        "native/port/ring-link.cc",
        "native/port/tap-device.cc",
        "native/port/tap-link.cc",
        "native/port/veth-link.cc",
        "native/port/wire.cc",
        "native/recorder/flight-recorder.cc",
        "native/recorder/sanitizer-report.cc",
        "native/stack/luna-v1.cc",
        "native/stack/shared-object.cc",
        "../kernel-native/native/netlink/route-socket.cc",
        "../kernel-native/native/netns/run-namespace.cc",
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
        "-lrte_bus_vdev",
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
      "sources": ["<@(lwip_adapter)"],
      "include_dirs": ["stacks/lwip"],
      # A unique symbol would keep the object loaded for ever.
      "cflags_cc": ["-fno-gnu-unique", "<!@(pkg-config --cflags-only-I lwip | sed 's/-I/-isystem /g')"],
      "ldflags": ["-Wl,--no-undefined", "-Wl,--as-needed", "-Wl,-z,now"],
      "libraries": ["<!@(pkg-config --libs lwip)", "-lrte_ethdev", "-lrte_mbuf", "-lrte_mempool", "-lrte_ring", "-lrte_eal"],
    },
  ],
  "conditions": [
    ["lwip_source!='none'", {
      "targets": [
        {
          # lwIP itself, built of its source with options of ours.
          "target_name": "lwip_sack",
          "type": "static_library",
          "sources": ["stacks/lwip-sack/platform.c", "<!@(node ../../tools/native/lwip-source.mjs sources)"],
          "include_dirs": ["stacks/lwip-sack", "<(lwip_source)/src/include"],
          "cflags": ["-fPIC", "-fvisibility=hidden", "-O2", "-Wno-address", "-Wno-unused-parameter"],
        },
        {
          # The same adapter as libluna.so's, over that lwIP.
          "target_name": "luna-sack",
          "type": "shared_library",
          "product_prefix": "lib",
          "dependencies": ["lwip_sack"],
          "sources": ["<@(lwip_adapter)"],
          "include_dirs": ["stacks/lwip", "stacks/lwip-sack"],
          # Paths of flags are read in build/.
          "cflags_cc": ["-fno-gnu-unique", "-isystem", "../<(lwip_source)/src/include"],
          "ldflags": ["-Wl,--no-undefined", "-Wl,--as-needed", "-Wl,-z,now"],
          "libraries": ["-lrte_ethdev", "-lrte_mbuf", "-lrte_mempool", "-lrte_ring", "-lrte_eal"],
        },
      ],
    }],
  ],
}
