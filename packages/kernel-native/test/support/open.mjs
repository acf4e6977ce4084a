// Opens and closes a kernel host in a process of its own and prints how that went: open NETNS, or CODE ERRNO SYSCALL
// MESSAGE.
import { getSystemErrorName } from 'node:util'
import { KernelHost } from '../../dist/index.js'

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
  console.log(`open ${process.env.LUNADRILL_NETNS ?? 'none'}`)
} catch (error) {
  console.log(error.code, getSystemErrorName(-error.errno), error.syscall, error.message)
}
