// The check of stack objects, by objects that are right but for one thing: the stack of `lunadrill stack-init` with lines of it
// changed. Each finding has to be that thing's, and no other. Needs dist and the native builds.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { templateFiles, unavailable } from '@lunadrill/dpdk-native'
import { afterAll, describe, expect, it } from 'vitest'
import { buildStack } from '../../../dpdk-native/test/stacks/build.mjs'
import { checkStack, type StackCheckOptions, type StackCheckResult } from '../../dist/index.js'

const missing = unavailable()
const scratch = mkdtempSync(join(tmpdir(), 'stack-check-'))
afterAll(() => rmSync(scratch, { recursive: true }))

/** The template with these texts replaced; each must be there. */
function altered(name: string, changes: readonly (readonly [from: string, to: string])[]): string {
  const folder = join(scratch, name)
  mkdirSync(folder)
  const left = new Set(changes.map(([from]) => from))
  for (const file of templateFiles()) {
    let text = file.text.replaceAll('@NAME@', 'acme').replaceAll('@LUNADRILL@', 'lunadrill')
    for (const [from, to] of changes) {
      if (text.includes(from)) left.delete(from)
      text = text.replace(from, () => to)
    }
    writeFileSync(join(folder, file.name), text)
  }
  expect([...left]).toEqual([])
  execFileSync('make', ['-C', folder, '-s', 'CFLAGS=-O1 -g'], { stdio: 'inherit' })
  return join(folder, 'libacme.so')
}

const findings = ({ checks }: StackCheckResult) =>
  checks
    .filter(({ outcome }) => outcome !== 'pass')
    .map(({ function: called, what, outcome, actual }) => `${called} ${outcome}: ${what}: ${actual}`)

const check = async (path: string, options?: StackCheckOptions) => checkStack(path, options)

describe.skipIf(missing)(missing ? `the check of objects (skipped: ${missing})` : 'the check of objects', () => {
  it('finds nothing in the template, and says what it lacks', async () => {
    const result = await check(altered('right', []))
    expect(findings(result)).toEqual([])
    expect(result).toMatchObject({ name: 'acme', version: '0.1', abi: '1.1', stopped: null })
    expect(result.declares).toEqual(['UDP', 'IPV4', 'CLOCK_HOOK', 'RELOAD', 'DETERMINISTIC'])
    expect(result.lacks.map(({ capability }) => capability)).toEqual(expect.arrayContaining(['TCP', 'IPV6', 'URGENT']))
    expect(result.lacks[0]).toEqual({
      capability: 'TCP',
      words: 'TCP',
      scripts: 'scripts with SOCK_STREAM sockets are skipped',
    })
    expect(result.lacks.map(({ capability }) => capability)).not.toContain('RESET')
  })

  it('finds wrong results, and what is not on the wire, each by its function', async () => {
    const path = altered('wrong', [
      ['return -EADDRNOTAVAIL;', 'return -EINVAL;'],
      ['if (command != F_SETFL) return -EINVAL;', 'if (command != F_SETFL) return -1;'],
      ['        .local_port = socket->port,', '        .local_port = socket->port,\n        .timer = 77,'],
      [
        'if (address != NULL) memcpy(address, &in, *length < sizeof in ? *length : sizeof in);\n  *length = sizeof in;',
        '(void)address, (void)in;',
      ],
      [
        '    if (parts[i].iov_len == 0) continue;\n    if (parts[i].iov_len > sizeof octets - total)',
        '    if (i > 0 || parts[i].iov_len == 0) continue;\n    if (parts[i].iov_len > sizeof octets - total)',
      ],
    ])
    expect(findings(await check(path))).toEqual([
      "bind fail: of a datagram socket to an address that is not the stack's: -EINVAL",
      'recvfrom fail: tells who has sent a datagram: 128 octets with port 0',
      'writev fail: sends a datagram: 50',
      'writev fail: has it on the wire, whole: 50 octets to port 9',
      'fcntl fail: another command of a datagram socket: -EPERM (-1: errors are negative errno numbers, not -1)',
      'list_sockets fail: has its records in order: timer is none of luna_timer',
    ])
  })

  it('finds what an instance leaves behind', async () => {
    const path = altered('leaves', [
      [
        'static void close_stack(void) { tiny_close(); }',
        'static void close_stack(void) {\n  tiny_close();\n  if (open("/dev/null", O_RDONLY) < 0) return;\n}',
      ],
      [
        '    if (length >= sizeof *ethernet) {',
        '    if (ethernet->ether_type == htons(RTE_ETHER_TYPE_IPV4) && length == 142) continue;\n    if (length >= sizeof *ethernet) {',
      ],
    ])
    expect(findings(await check(path))).toEqual([
      'shutdown fail: gives every mbuf back: 1 kept',
      'shutdown fail: leaves no descriptor of the process open: /dev/null',
    ])
  })

  it('goes on after a crash and a hang, and names function, signal and line', async () => {
    const path = altered('faults', [
      [
        '  if (command == F_GETFL) return socket->flags;',
        '  if (command == F_GETFL) return socket->flags;\n  if (command == 0x7fff) return *(volatile int*)16;',
      ],
      [
        '  if (level != SOL_SOCKET || (name != SO_TYPE',
        '  for (volatile int i = 0; level == 0x7fff; ++i) {\n  }\n  if (level != SOL_SOCKET || (name != SO_TYPE',
      ],
    ])
    const result = await check(path, { patienceMs: 2000 })
    expect(findings(result)).toEqual([
      'fcntl crash: another command of a datagram socket: SIGSEGV',
      expect.stringMatching(
        /^getsockopt hang: a level that there is not of a datagram socket: it does not come back for \d+ s \(it runs\)$/,
      ),
    ])
    expect(result.stopped).toBeNull()
    expect(result.checks.map((each) => each.function)).toContain('list_sockets')
    const crash = result.checks.find(({ outcome }) => outcome === 'crash')
    expect(crash?.fault?.backtrace[0]).toMatchObject({
      symbol: 'control_flags',
      source: expect.stringContaining('adapter.c:'),
    })
  }, 60_000)

  it('calls nothing of a table with a hole, and names the hole', async () => {
    const result = await check(buildStack('null-function'))
    expect(findings(result)).toEqual([
      'luna_stack_v1 unchecked: the rest of its checks: a table with a hole, or without a family or a type, is not called',
      'listen fail: is in the table where it has to be, and nowhere else: NULL',
    ])
  })

  it('finds an object that does not leave the process', async () => {
    const result = await check(buildStack('stays-loaded'))
    expect(findings(result)).toEqual(['shutdown fail: the object leaves the process (RELOAD): it stays'])
    expect(result.stopped).toContain('LUNA_CAP_RESET')
  })

  it.each([
    ['wrong-version', 'LD_STACK_VERSION'],
    ['no-symbol', 'LD_STACK_SYMBOL'],
  ])('has nothing to check in %s', async (name, code) => {
    await expect(check(buildStack(name))).rejects.toMatchObject({ code })
  })

  it('ends at once, with all that it has started', async () => {
    const stop = new AbortController()
    const running = check(buildStack('endless-call'), { signal: stop.signal })
    setTimeout(() => stop.abort(new Error('enough')), 200)
    await expect(running).rejects.toThrow('enough')
  })
})
