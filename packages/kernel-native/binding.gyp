{
  # The addon, and lunadrill-guard, a small program without Node in it. Both share the rooms that need no Node.
  "target_defaults": {
    "cflags_cc": ["-std=c++17", "-Wall", "-Wextra", "-Werror", "-fexceptions", "-fvisibility=hidden", "-O2"],
    "cflags_cc!": ["-fno-exceptions", "-fno-rtti", "-std=gnu++17", "-std=gnu++20", "-O3"],
    "include_dirs": ["native", "include"],
  },
  "targets": [
    {
      "target_name": "lunadrill_kernel",
      "sources": [
        "native/module.cc",
        "native/kernel-host.cc",
        "native/clock/priority.cc",
        "native/clock/run-clock.cc",
        "native/netlink/route-socket.cc",
        "native/netns/run-namespace.cc",
        "native/packet-socket/packet-socket.cc",
        "native/syscall/blocking-call.cc",
        "native/syscall/call-record.cc",
        "native/syscall/call-runner.cc",
        "native/syscall/descriptor-set.cc",
        "native/tun/tun-device.cc",
        "native/util/arguments.cc",
      ],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
      "defines": ["NODE_ADDON_API_CPP_EXCEPTIONS", "NAPI_VERSION=8"],
    },
    {
      "target_name": "lunadrill-guard",
      "type": "executable",
      "sources": ["native/guard/main.cc", "native/guard/descendants.cc", "native/guard/enter.cc", "native/netlink/route-socket.cc"],
    },
  ],
}
