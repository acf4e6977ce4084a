// Connections that most playbooks begin with: the script's lines and the playbook's steps for them.
import { call, inject, sends } from './playbook.js'

/** Seven lines, all at 0: descriptor 3 listens, 4 is the connection. The stack's ISN is 5000. */
export const PASSIVE = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 1000
+0 > S. 0:0(0) ack 1 <...>
+0 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
`
/** Lines of PASSIVE: an event appended to it stands on the next one. */
export const PASSIVE_LINES = 7

const listening = [call('socket', 7), call('bind', 0), call('listen', 0), inject('S 0:0(0) win 1000')]
const synAck = sends('S. 5000:5000(0) ack 1 win 9 <mss 1460>')
/** Up to the injected ACK, before accept(). Live descriptors are 7 and 8. */
export const handshake = [...listening, synAck, inject('. 1:1(0) ack 5001 win 1000')]
export const passive = [...handshake, call('accept', 8)]
