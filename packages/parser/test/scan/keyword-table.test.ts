import { expect, it } from 'vitest'
import { FIRST_KEYWORD, K, SPELLINGS } from '../../src/scan/token.js'

it('knows the keywords of the language, each with a kind of its own that fits into an octet', () => {
  const words =
    'sa_family sin_port sin_addr msg_name msg_iov msg_flags msg_control cmsg_data cmsg_level cmsg_type ee_errno ee_origin ee_type ee_code ee_info ee_data scm_sec scm_nsec fd u32 u64 ptr events revents onoff linger htons ipv4 ipv6 icmp udp GREv0 gre raw sum off key seq none checksum sequence# present encap psp spi mpls label tc ttl inet_addr inet6_addr ack eol ecr mss mtu nop sack sackOK md5 TS FO FOEXP ECN e0b e1b ceb tos flowlabel flags Flags val win urg wscale ect01 ect0 ect1 noecn ce id'
  expect([...SPELLINGS.keys()].sort()).toEqual(words.split(' ').sort())
  const kinds = Object.values(K)
  expect(new Set(kinds).size).toBe(kinds.length)
  expect(Math.min(...kinds)).toBe(FIRST_KEYWORD)
  expect(Math.max(...kinds)).toBeLessThan(256)
})
