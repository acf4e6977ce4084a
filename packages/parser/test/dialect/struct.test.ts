import { describe, expect, it } from 'vitest'
import { argument, bare, event } from '../support/parse.js'

const needs = (text: string) => event(`0 f(${text}) = 0`).foreign?.map(({ what }) => what)

describe('structures with the names of C', () => {
  it.each([
    ['{iov_base=..., iov_len=1000}', '{..., 1000}'],
    ['{cmsg_len=20, cmsg_level=A, cmsg_type=B, cmsg_data=5}', '{cmsg_level=A, cmsg_type=B, cmsg_data=5}'],
    [
      '{msg_name(...)=..., msg_iov(1)=[], msg_control(20)=[5], msg_flags=0}',
      '{msg_name(...)=..., msg_iov(1)=[], msg_flags=0, msg_control=[5]}',
    ],
  ])('%s', (text, known) => {
    expect(bare(argument(text))).toEqual(bare(argument(known)))
    expect(needs(text)).toBeUndefined()
  })
  it('stay lists where they hold more', () => {
    expect(argument('{iov_base={a=1}, iov_len=5}').type).toBe('list')
    expect(argument('{iov_base=..., iov_len=5, x=1}').type).toBe('list')
  })
  it.each([
    [
      '{msg_name(16)={sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("1.2.3.4")}, msg_iov(1)=[], msg_flags=0}',
      'msg_name with an address',
    ],
    ['{onoff=1, linger=...}', 'a field that is not compared'],
    ['htonl(5)', 'htonl()'],
    ['{a=htonl(0x10), b=5}', 'htonl()'],
  ])('%s', (text, what) => {
    expect(needs(text)).toEqual([what])
  })
})
