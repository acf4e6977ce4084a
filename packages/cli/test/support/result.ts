import type { RunResult } from '@lunadrill/engine'

/** A pass on the kernel; a test states what differs. */
export const pass: RunResult = {
  script: 'examples/kernel.pkt',
  stack: 'kernel',
  family: 'ipv4',
  clock: 'wall',
  verdict: 'pass',
  line: null,
  message: null,
  upstream: null,
  failure: null,
  attempts: [],
  worstLateUs: 12.5,
  warnings: [],
  verbose: [],
  trace: [],
  wallS: 1.2345678,
  cpuS: 0.0123456,
}

export const fail: RunResult = {
  ...pass,
  script: 'examples/broken.pkt',
  stack: 'lwip',
  clock: 'virtual',
  verdict: 'fail',
  line: 5,
  message: `examples/broken.pkt:5:6: fail: the packet differs: ack
   5 | +0  > S. 0:0(0) ack 2 <...>
     |     ^^^^^^^^^^^^^^^^^^^^^^^
         expected  actual
  flags  S.        S.
  ack    2         1       <-- differs
  before:
      0.000000  line 3  listen(3, 1) = 0
  hint: write ack 1`,
  upstream: `examples/broken.pkt:5: error handling packet: live packet field tcp_ack_seq: expected: 2 (0x2) vs actual: 1 (0x1)
script packet:  0.000000 S. 0:0(0) ack 2 
actual packet:  0.000000 S. 0:0(0) ack 1 win 5840 <mss 1460>`,
  wallS: 0.0214,
}
