// Whatever parses is checked without an exception, and every finding lies within the text.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkScript } from '../../src/check/check-script.js'
import { client, server } from '../support/check.js'

const lines = [
  ...`${server}${client}`.split('\n').filter((line) => line !== ''),
  '+0 write(4, ..., 1000) = 1000',
  '+0...0.1 sendto(3, ..., 10, MSG_FASTOPEN, ..., ...) = -1 EINPROGRESS (text)',
  '+0 close(3) = 0',
  '+0 epoll_create(1) = 3',
  '+0 epoll_ctl(5, EPOLL_CTL_ADD, {}, {events=EPOLLIN, u64=4}) = 0',
  '+0 pipe(...) = 0',
  '+0 poll(..., [], 0) = POLLIN',
  '+0 setsockopt(4, [], {}, ..., "x\\q") = -99999999999999999999',
  '+0 foo({..., 5}, {fd=..., events=X}, [A=3|...]) = inet_addr("1.2.3.4")',
  '+0 shutdown("3", SHUT_WR) = 0x7fffffff',
  '+0 < F. 4294967295:4294967295(0) ack 4294967295 win 5 <sack 5:1 4294967295:0,nop,nop>',
  '+0 > R 5:5(0)',
  '0.5~0.6 > P. 1:1001(1000) ack 7 <...>',
  '* > . 1:1(0)',
  '+.001~+.002 > . 1:1(0) ack 1',
  '+0 < icmp unreachable',
  '+0 > udp (5)',
  '+0 %{ x }%',
  '+0 `y`',
]

it('never throws, and stays within the text', () => {
  const script = fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 30 }).map((parts) => parts.join('\n'))
  fc.assert(
    fc.property(script, (text) => {
      const { findings, errors, warnings } = checkScript(text)
      expect(findings.length).toBe(errors + warnings)
      let before = 0
      for (const { span, line, column } of findings) {
        expect(span.start).toBeGreaterThanOrEqual(before)
        expect(span.end).toBeLessThanOrEqual(text.length)
        const own = text.split('\n')[line - 1] as string
        expect(column).toBeLessThanOrEqual(own.length + 1)
        before = span.start
      }
    }),
    { numRuns: 1000 },
  )
})
