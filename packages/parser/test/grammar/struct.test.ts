import { describe, expect, it } from 'vitest'
import { argument, bare, upstream } from '../support/parse.js'

const integer = (value: number, text = String(value)) => ({ type: 'integer', value: BigInt(value), text })
const word = (name: string) => ({ type: 'word', name })
const string = (raw: string) => ({ type: 'string', raw })
const list = (...elements: unknown[]) => ({ type: 'list', elements, braces: false })
const struct = (kind: string, fields: object) => ({ type: 'struct', kind, fields })
const ellipsis = { type: 'ellipsis' }
const fn = (name: string, argument: unknown) => ({ type: 'function', name, argument })

const refused = (text: string) => upstream(`0 a(${text}) = 0`)

describe('structures', () => {
  it.each([
    [
      '{sa_family = AF_INET, sin_port = htons(80), sin_addr = inet_addr("1.2.3.4")}',
      struct('sockaddr', {
        sa_family: word('AF_INET'),
        sin_port: fn('htons', integer(80)),
        sin_addr: fn('inet_addr', string('1.2.3.4')),
      }),
    ],
    [
      '{sa_family = AF_INET6, sin_port = htons(0), sin_addr = inet_addr("::1")}',
      struct('sockaddr', {
        sa_family: word('AF_INET6'),
        sin_port: fn('htons', integer(0)),
        sin_addr: fn('inet_addr', string('::1')),
      }),
    ],
    [
      '{msg_name(...)=..., msg_iov(1)=[{..., 5}], msg_flags=0}',
      struct('msghdr', {
        msg_name: ellipsis,
        msg_iovlen: integer(1),
        msg_iov: list(struct('iovec', { iov_base: ellipsis, iov_len: integer(5) })),
        msg_flags: integer(0),
      }),
    ],
    [
      '{msg_name(...)=..., msg_iov(0)=[], msg_flags=A|B, msg_control=[{cmsg_level=L, cmsg_type=T, cmsg_data=5}]}',
      struct('msghdr', {
        msg_name: ellipsis,
        msg_iovlen: integer(0),
        msg_iov: list(),
        msg_flags: { type: 'or', left: word('A'), right: word('B') },
        msg_control: list(struct('cmsg', { cmsg_level: word('L'), cmsg_type: word('T'), cmsg_data: integer(5) })),
      }),
    ],
    ['{..., 5}', struct('iovec', { iov_base: ellipsis, iov_len: integer(5) })],
    ['{fd=3, events=POLLIN}', struct('pollfd', { fd: integer(3), events: word('POLLIN') })],
    [
      '{fd=3, events=POLLIN, revents=0x1}',
      struct('pollfd', { fd: integer(3), events: word('POLLIN'), revents: integer(1, '0x1') }),
    ],
    ['{events=EPOLLIN, fd=3}', struct('epollev', { events: word('EPOLLIN'), fd: integer(3) })],
    ['{events=EPOLLIN, ptr=3}', struct('epollev', { events: word('EPOLLIN'), ptr: integer(3) })],
    ['{events=EPOLLIN, u32=3}', struct('epollev', { events: word('EPOLLIN'), u32: integer(3) })],
    ['{events=EPOLLIN, u64=3}', struct('epollev', { events: word('EPOLLIN'), u64: integer(3) })],
    ['{onoff=1, linger=0}', struct('linger', { l_onoff: integer(1), l_linger: integer(0) })],
    ['{scm_sec=1, scm_nsec=2}', struct('scm_timestamping', { scm_sec: integer(1), scm_nsec: integer(2) })],
    [
      '{ee_errno=1, ee_origin=2, ee_type=3, ee_code=4, ee_info=5, ee_data=6}',
      struct('sock_extended_err', {
        ee_errno: integer(1),
        ee_origin: integer(2),
        ee_type: integer(3),
        ee_code: integer(4),
        ee_info: integer(5),
        ee_data: integer(6),
      }),
    ],
    ['{}', struct('mpls_stack', { labels: list() })],
    [
      '{(label 5, tc 1, [S], ttl 64)(label 6, tc 0, ttl 1)}',
      struct('mpls_stack', {
        labels: list(
          list(integer(5), integer(1), integer(1), integer(64)),
          list(integer(6), integer(0), integer(0), integer(1)),
        ),
      }),
    ],
    [
      '{flags [key present], sum 1, off 2, key = 3, seq 4}',
      struct('gre', { flags: integer(0x2000), sum: integer(1), off: integer(2), key: integer(3), seq: integer(4) }),
    ],
  ])('%s', (text, expected) => {
    expect(bare(argument(text))).toEqual(expected)
  })

  it('keep the order of fields', () => {
    const epoll = argument('{events=EPOLLIN, fd=3}')
    expect(epoll.type === 'struct' && [...epoll.fields.keys()]).toEqual(['events', 'fd'])
  })

  it.each([
    ['{..., X}', 'X'],
    ['{..., 0x5}', '0x5'],
    ['{..., 5, 6}', ','],
    ['{5, ..., }', '}'],
    ['{sa_family = 5}', '5'],
    ['{sa_family = AF_INET, sin_addr = inet_addr("1.2.3.4")}', 'sin_addr'],
    ['{sa_family = AF_INET, sin_port = 80, sin_addr = inet_addr("1.2.3.4")}', '80'],
    ['{sa_family = AF_INET, sin_port = htons(X), sin_addr = inet_addr("1.2.3.4")}', 'X'],
    ['{sa_family = AF_INET, sin_port = htons(1), sin_addr = inet6_addr("::1")}', 'inet6_addr'],
    ['{sa_family = AF_INET, sin_port = htons(1), sin_addr = inet_addr("1.2.3.4"), }', ','],
    ['{msg_name(5)=..., msg_iov(1)=[], msg_flags=0}', '5'],
    ['{msg_name(...)=..., msg_iov(1)=5, msg_flags=0}', '5'],
    ['{msg_name(...)=..., msg_iov(1)=[], msg_flags=0, msg_control=5}', '5'],
    ['{fd=3}', '}'],
    ['{fd=3, revents=1}', 'revents'],
    ['{fd=3, events=1, revents=1,}', ','],
    ['{events=1}', '}'],
    ['{events=1, data=3}', 'data'],
    ['{onoff=X, linger=0}', 'X'],
    ['{onoff=1, linger=0x5}', '0x5'],
    ['{onoff=1}', '}'],
    ['{linger=1, onoff=1}', 'linger'],
    ['{scm_sec=X, scm_nsec=1}', 'X'],
    ['{cmsg_level=1, cmsg_data=1, cmsg_type=1}', 'cmsg_data'],
    ['{ee_errno=1, ee_type=3}', 'ee_type'],
    ['{flags 1}', '}'],
    ['{(label 5)}', ')'],
  ])('refuses %s at %s', (text, token) => {
    expect(refused(text)).toBe(`parse error at '${token}': syntax error`)
  })

  it.each([
    ['{sa_family = AF_INET, sin_port = htons(1), sin_addr = inet_addr("::1")}', 'invalid IPv4 address'],
    ['{sa_family = AF_INET6, sin_port = htons(1), sin_addr = inet_addr("1.2.3.4")}', 'invalid IPv6 address'],
    ['{sa_family = AF_UNIX, sin_port = htons(1), sin_addr = inet_addr("x")}', "unknown sa_family 'AF_UNIX'"],
    ['{sa_family = AF_INET, sin_port = htons(99999), sin_addr = inet_addr("1.2.3.4")}', 'sin_port out of range'],
    ['{(label 5, tc 9, ttl 64)}', 'MPLS traffic_class out of range for 3 bits'],
  ])('refuses %s: %s', (text, message) => {
    expect(refused(text)).toBe(message)
  })

  it('take the family from a define', () => {
    const defines = new Map([['F', 'AF_INET6']])
    expect(
      bare(argument('{sa_family = F, sin_port = htons(1), sin_addr = inet_addr("::")}', { defines })),
    ).toMatchObject({
      fields: { sa_family: word('AF_INET6') },
    })
  })
})
