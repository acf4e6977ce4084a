// The family of a run whose options name none: that of this machine's own name, as upstream has it. Supervisor.
// Read first: language/4-running.md 3.4; getaddrinfo(3), gai.conf(5) for which address comes first.
import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import type { Family } from '../wire/address.js'

/** A name server that does not answer must not keep a run from its start. */
const PATIENCE_MS = 3000

let known: Family | null = null

/** IPv4 where the name has no address. Asked once: 2 ms. */
export function hostFamily(): Family {
  // Node resolves names asynchronously only, and options are needed before a script can be parsed.
  known ??= firstFamily(
    spawnSync('getent', ['ahosts', hostname()], { encoding: 'utf8', timeout: PATIENCE_MS }).stdout ?? '',
  )
  return known
}

/** `answer`: lines of getent(1), an address first in each. */
export function firstFamily(answer: string): Family {
  const [address = ''] = answer.split(/\s/)
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
