// What a new run process does before its first run on the kernel: a script with most kinds of events, whose outcome counts
// for nothing. Compiling what an event needs, and the first way of everything through the kernel, takes up to 4 ms for the
// first events of a process, which would be the tester's lateness in the first script. Supervisor.
import { tmpdir } from 'node:os'
import { parseScript } from '@lunadrill/parser'
import { freshOptions } from './options.js'
import type { RunOrder } from './task.js'

const text = `
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <mss 1000,sackOK,TS val 100 ecr 0,nop,wscale 7>
+0 > S. 0:0(0) ack 1 <...>
+0 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
+0...0.001 read(4, ..., 100) = 100
+.001 < P. 1:101(100) ack 1 win 257 <nop,nop,sack 1:2>
+0 > . 1:1(0) ack 101 <...>
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=0}, 0) = -1 EAGAIN (Resource temporarily unavailable)
+0 poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+0 write(4, ..., 1000) = 1000
+0~+.1 > P. 1:1001(1000) ack 101 <...>
+0 < . 101:101(0) ack 1001 win 257
+0 sendto(4, ..., 10, MSG_DONTWAIT, ..., ...) = 10
* > P. 1001:1011(10) ack 101 <...>
+0 close(4) = 0
+0~+.1 > F. 1011:1011(0) ack 101 <...>
`

/** An order whose number no run has. */
export function rehearsal(neighbours: boolean): RunOrder {
  const options = freshOptions()
  const { script } = parseScript(text, () => ({ wireFamily: 'ipv4', defines: new Map(), pspUdpPort: 0 }))
  if (script === null) throw new Error('the rehearsal does not parse')
  return {
    runId: 0,
    scriptPath: 'rehearsal',
    text,
    script,
    options,
    stack: { kind: 'kernel', name: 'kernel' },
    clock: 'wall',
    admin: null,
    cwd: tmpdir(),
    trace: false,
    neighbours,
  }
}
