import { describe, expect, it } from 'vitest'
import { Errno } from '../../src/call/errno.js'
import { CallFlag } from '../../src/host/layout.js'
import { context, verdict } from '../support/calls.js'
import { returned } from '../support/playbook.js'

describe('errno', () => {
  it('is what the last failed call left, ENOENT before the first', () => {
    const errno = new Errno()
    expect(errno.after(returned(0))).toBe(2)
    expect(errno.after(returned(-1, { errno: 92 }))).toBe(92)
    expect(errno.after(returned(5))).toBe(92)
  })

  it('is another one for blocking calls', () => {
    const errno = new Errno()
    const blocking = (result: number, number = 0) => {
      const record = returned(result, { errno: number })
      record.flags = CallFlag.blocking
      return errno.after(record)
    }
    errno.after(returned(-1, { errno: 92 }))
    expect(blocking(3)).toBe(0)
    expect(blocking(-1, 11)).toBe(11)
    expect(blocking(3)).toBe(11)
    expect(errno.after(returned(0))).toBe(92)
  })

  it('is compared after a success too', () => {
    const around = context()
    const line = 'write(3, ..., 5) = 5 ENOPROTOOPT (x)'
    expect(verdict(line, returned(5), around)).toMatch('Expected errno 92 (Protocol not available) but got 2 ')
    expect(verdict('close(4) = -1', returned(-1, { errno: 92 }), around)).toBeNull()
    expect(verdict(line, returned(5), around)).toBeNull()
  })
})
