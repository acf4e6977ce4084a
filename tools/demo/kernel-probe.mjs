// Whether a kernel run is possible here: opens and closes one kernel host. Run under lunadrill-guard.
// Exit status 0, or 1 with the reason as the last line of standard error.
import { KernelHost } from '../../packages/kernel-native/dist/index.js'

try {
  new KernelHost({
    family: 'ipv4',
    localIp: '192.168.0.2',
    prefixLength: 16,
    gatewayIp: '192.168.0.1',
    remoteIp: '192.0.2.1',
    remotePrefixLength: 24,
    mtu: 1500,
    call: new Uint8Array(16384),
    blockingCall: new Uint8Array(16384),
    packet: new Uint8Array(65536 + 64),
  }).close()
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
