// Calls, flags and values that a userspace stack may lack: skipped by name there, never failed. And that each call of the
// language is in this suite (3-calls.md 3).
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callNames } from '../../packages/engine/dist/call/call.js'
import { accepted, contract } from '../support/contract.js'

const stream = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3'

contract({
  'what a stack may lack': [
    {
      name: 'capabilities of the process',
      needs: 'capabilities(7)',
      script: `${stream}
+0 cap_set(CAP_EFFECTIVE, CAP_NET_RAW, CAP_CLEAR) = 0
+0 cap_set(CAP_EFFECTIVE, CAP_NET_RAW, CAP_SET) = 0
`,
    },
    {
      name: 'raw sockets',
      needs: 'raw sockets',
      script: `
0 socket(..., SOCK_RAW, IPPROTO_RAW) = 3
+0 close(3) = 0
`,
    },
    {
      name: 'a second descriptor of a socket',
      needs: 'duplicates of descriptors',
      script: `${stream}
+0 fcntl(3, F_DUPFD, 1000) = 1000
`,
    },
    {
      name: 'TCP Fast Open',
      needs: 'TCP Fast Open',
      script: `${stream}
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 sendto(3, ..., 100, MSG_FASTOPEN, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
`,
    },
    {
      name: 'MSG_ERRQUEUE without a message',
      needs: 'an error queue',
      script: `${accepted}
+0 recv(4, ..., 100, MSG_ERRQUEUE) = -1 EAGAIN (Resource temporarily unavailable)
`,
    },
    {
      name: 'requests about interfaces',
      needs: 'ioctl() of interfaces',
      script: `${stream}
+0 ioctl(3, 0x8913, [0]) = -1 ENODEV (No such device) // SIOCGIFFLAGS of no name
`,
    },
  ],
  'values of every form': [
    {
      name: 'are handed on as octets: nobody has such an option',
      script: `
0 socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = 3
+0 socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP) = 4
+0 setsockopt(3, SOL_IP, 2000, {flags [key present], sum 1, off 2, key 3, seq 4}, 16) = -1 ENOPROTOOPT (None)
+0 getsockopt(3, SOL_IP, 2000, {flags [none], sum 0, off 0, key 0, seq 0}, [16]) = -1 ENOPROTOOPT (None)
+0 setsockopt(3, SOL_IP, 2000, {(label 5, tc 0, ttl 64) (label 6, tc 0, [S], ttl 64)}, 8) = -1 ENOPROTOOPT (None)
+0 setsockopt(4, SOL_IPV6, 2000, inet6_addr("2001:db8::5"), 16) = -1 ENOPROTOOPT (None)
+0 getsockopt(4, SOL_IPV6, 2000, inet6_addr("::"), [16]) = -1 ENOPROTOOPT (None)
+0 setsockopt(3, SOL_SOCKET, 2000, "\\x01\\x02\\x03", 4) = -1 ENOPROTOOPT (None)
+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=7}, 8) = 0
+0 getsockopt(3, SOL_SOCKET, SO_LINGER, "\\x01\\x00\\x00\\x00\\x07\\x00\\x00\\x00", [8]) = 0
`,
    },
  ],
})

/** PSP needs a network card that has it, which no machine of ours has: docs/compatibility.md. */
const elsewhere = ['psp_rx_assoc', 'psp_tx_assoc']

it('has every call of the language', () => {
  const text = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n')
  const missing = callNames().filter((name) => !new RegExp(`\\b${name}\\([^)]`).test(text))
  expect(missing.sort()).toEqual(elsewhere)
})
