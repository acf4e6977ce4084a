import { describe, expect, it } from 'vitest'
import { client, found, server } from '../support/check.js'

const check = (text: string) => found('descriptors', text)

describe('a number', () => {
  it('may be used from its making to its closing, and again after', () => {
    const text = `${server}+0 write(4, ..., 1) = 1
+0 close(4) = 0
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=4}) = 0
+0 epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1
+0 pipe([6, 7]) = 0
+0 splice(4, NULL, 7, NULL, 10, 0) = 10
+0 open("/dev/null", O_RDONLY) = 8
+0 sendfile(4, 8, [0], 10) = 10
+0 poll([{fd=4, events=POLLIN}], 1, 0) = 0\n`
    expect(check(text)).toEqual([])
  })

  it('must have been opened', () => {
    const text = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 write(5, ..., 1) = -1 EBADF (text)
+0 poll([{fd=6, events=POLLIN}], 1, 0) = 0\n`
    expect(check(text)).toMatchObject([
      { severity: 'error', line: 2, column: 10, at: '5', hint: 'open here: 3' },
      { severity: 'error', line: 3, at: '6' },
    ])
  })

  it('must not have been closed', () => {
    const message = 'descriptor 4 has been closed in line 8'
    expect(check(`${server}+0 close(4) = 0\n+0 write(4, ..., 1) = 1\n`)).toMatchObject([
      { severity: 'error', line: 9, column: 10, at: '4', message },
    ])
  })

  it('must be free for a new socket, and should be for accept()', () => {
    const again = '+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4\n'
    expect(check(`${server}${again}`)).toMatchObject([{ severity: 'error', line: 8, column: 44, at: '4' }])
    expect(check(`${server}+0 accept(3, ..., ...) = 4\n`)).toMatchObject([{ severity: 'warning', line: 8, at: '4' }])
    expect(check(`${server}+0 pipe([4, 6]) = 0\n`)).toMatchObject([{ severity: 'error', line: 8, at: '4' }])
  })
})

describe('a kind', () => {
  it.each([
    ['accept(4, ..., ...) = 5', '4', 'accept() on 4, which does not listen'],
    ['epoll_wait(4, {events=0, ptr=0}, 1, 0) = 0', '4', 'epoll_wait() needs an epoll descriptor, and 4 is a socket'],
  ])('that does not fit: %s', (call, at, message) => {
    expect(check(`${server}+0 ${call}\n`)).toMatchObject([{ severity: 'error', line: 8, at, message }])
  })

  it('that is no socket', () => {
    const message = 'bind() needs a socket, and 5 is an epoll descriptor'
    expect(check(`${server}+0 epoll_create(1) = 5\n+0 bind(5, ..., ...) = 0\n`)).toMatchObject([{ line: 9, message }])
  })

  it('may be wrong where the call is to fail', () => {
    expect(check(`${server}+0 accept(4, ..., ...) = -1 EINVAL (Invalid argument)\n`)).toEqual([])
  })

  it('epoll_ctl names the same descriptor twice', () => {
    const text = `${server}+0 epoll_create(1) = 5\n+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN, fd=3}) = 0\n`
    expect(check(text)).toMatchObject([{ severity: 'error', line: 9, at: '3' }])
  })
})

describe('a code block', () => {
  it('needs a socket', () => {
    expect(check(`0 %{ pass }%\n${server}`)).toMatchObject([{ severity: 'error', line: 1, column: 3, at: '%{' }])
  })

  it('needs an accepted connection', () => {
    const early = server.replace('+0 accept', '+0 %{ pass }%\n+0 accept')
    expect(check(early)).toMatchObject([{ severity: 'warning', line: 7, at: '%{' }])
  })

  it('is fine behind accept(), while a blocking one waits, on a listener and on a client', () => {
    const code = '+0 %{ pass }%\n'
    const blocking = server
      .replace('+0 accept(3, ..., ...) = 4\n', '')
      .replace('+0 < S', '+0...0 accept(3, ..., ...) = 4\n+0 < S')
    for (const text of [`${server}${code}`, `${blocking}${code}`, `${client}${code}`]) expect(check(text)).toEqual([])
  })
})
