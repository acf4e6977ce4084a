import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PreparationError, prepareScript } from '../../src/run/prepare.js'
import type { RunRequest } from '../../src/run/types.js'
import type { Family } from '../../src/wire/address.js'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-test-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true })
})

function prepare(text: string, given: RunRequest['options'] = [], familyUnsaid?: () => Family) {
  const path = join(folder, 'a.pkt')
  writeFileSync(path, text)
  return prepareScript(path, given, '', familyUnsaid)
}

/** Why there is nothing to run; the folder's name is cut from the texts. */
function refusal(attempt: () => unknown) {
  try {
    attempt()
  } catch (error) {
    if (!(error instanceof PreparationError)) throw error
    const { failure, message } = error
    const cut = (text: string) => text.replaceAll(`${folder}/`, '')
    return { ...failure, upstream: cut(failure.upstream), text: cut(message) }
  }
  throw new Error('nothing was refused')
}

describe('a script file', () => {
  const read = (name: string) => refusal(() => prepareScript(join(folder, name), []))

  it('that is not there', () => {
    expect(read('none.pkt')).toMatchObject({
      verdict: 'error',
      code: 'LD_SCRIPT_FILE',
      line: null,
      upstream: "parse error: stat() of script file 'none.pkt': No such file or directory",
      text: 'none.pkt: error: cannot read the script: No such file or directory\n  hint: check the path; it is taken from the current folder',
    })
  })

  it('that is a folder', () => {
    expect(refusal(() => prepareScript(folder, [])).upstream).toBe(
      `parse error reading script file '${folder}': Is a directory`,
    )
  })

  it('below a file, or behind a circle of links', () => {
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('circle', join(folder, 'circle'))
    expect(read('file/a.pkt').upstream).toBe("parse error: stat() of script file 'file/a.pkt': Not a directory")
    expect(read('circle').upstream).toBe(
      "parse error: stat() of script file 'circle': Too many levels of symbolic links",
    )
  })

  it.each([
    ['', 1],
    ['\n', 2],
  ])('without an event is a syntax error (%j)', (text, line) => {
    expect(refusal(() => prepare(text))).toMatchObject({
      verdict: 'error',
      code: 'LD_SYNTAX',
      upstream: `a.pkt:${line}: parse error at '': syntax error`,
    })
  })

  it('with a wrong word is one at its place', () => {
    expect(refusal(() => prepare('0 `true`\n0 > S 0:0(0) wim 5\n'))).toMatchObject({
      code: 'LD_SYNTAX',
      line: 2,
      column: 14,
      upstream: "a.pkt:2: parse error at 'wim': syntax error",
      text: expect.stringMatching(/^a\.pkt:2:14: .*\n {3}2 \| 0 > S 0:0\(0\) wim 5\n/),
    })
  })

  it('with several mistakes tells them all, and upstream’s words of the first', () => {
    const found = refusal(() => prepare('0 `true`\n0 > S 0:0(0) wim 5\n0 < S 0:0(0) win 65536\n'))
    expect(found).toMatchObject({ line: 2, upstream: "a.pkt:2: parse error at 'wim': syntax error" })
    expect(found.mistakes?.map(({ code, line, column }) => [code, line, column])).toEqual([
      ['LD_SYNTAX', 2, 14],
      ['LD_SEMANTIC', 3, 18],
    ])
    expect(found.text.split('\n').filter((line) => line.startsWith('a.pkt:'))).toHaveLength(2)
  })

  it('with an impossible number is a semantic error', () => {
    expect(refusal(() => prepare('0 < S 0:0(0) win 65536\n'))).toMatchObject({
      code: 'LD_SEMANTIC',
      upstream: 'a.pkt:1: semantic error: TCP window value out of range',
    })
  })
})

describe('a script of another dialect', () => {
  it.each([
    ['0 `true`\n+0 > sctp: INIT[tag=1]\n', 2, 4, 'SCTP: SCTP packets'],
    ['0 `true`\n+0 > S 0:0(0) <mss 1460,\n  mpcapable v1>\n', 3, 3, 'MPTCP: the TCP option mpcapable'],
    ['--udp_encapsulation=tcp\n0 `true`\n', 1, 1, 'FreeBSD: the option --udp_encapsulation'],
    ['0 `sysctl -w net.inet.tcp.sack=1`\n', 1, 3, 'FreeBSD: its commands'],
  ])('is skipped with what it needs: %j', (text, line, column, needs) => {
    expect(refusal(() => prepare(text))).toMatchObject({
      verdict: 'skip',
      code: 'LD_UNSUPPORTED',
      line,
      column,
      message: `skipped: needs ${needs}`,
      upstream: expect.stringMatching(/^a\.pkt:[12]: skipped: needs /),
    })
  })

  it('is an error first where it is wrong', () => {
    expect(refusal(() => prepare('0 > sctp: INIT[tag=1]\n0 a( = 0\n')).code).toBe('LD_SYNTAX')
  })

  it('runs where nothing in it is foreign', () => {
    const { script } = prepare('0 `true`\n#ifdef FreeBSD\n+0 > sctp: INIT[]\n#endif\n+0 > (hlim 4) S 0:0(0)\n')
    expect(script.events).toHaveLength(2)
  })
})

describe('options', () => {
  it('of the command line win over the script’s, whatever the order', () => {
    const { options, script } = prepare('--mtu=1000\n--define="A=1"\n--bind_port=5\n0 `true`\n', [
      ['mtu', '900'],
      ['define', 'A=2'],
    ])
    expect(options).toMatchObject({ mtu: 900, bindPort: 5, connectPort: 8080, defines: { A: '2' } })
    expect(script.options).toHaveLength(3)
  })

  it('decide what the script’s words mean', () => {
    const { script } = prepare('--define="FD=3"\n0 close(FD) = 0\n', [['define', 'FD=4']])
    expect(script.events[0]?.action).toMatchObject({ args: [{ type: 'integer', value: 4n }] })
    expect(refusal(() => prepare('0 < icmp packet_too_big mtu 5\n')).code).toBe('LD_SEMANTIC')
    expect(prepare('--ip_version=ipv6\n0 < icmp packet_too_big mtu 5\n').options.ipVersion).toBe('ipv6')
  })

  it.each([
    ['--mtu=9\n--mtu="-1"\n', 'a.pkt: bad --mtu: -1'],
    ['--nosuch\n', "a.pkt: option 'nosuch' unknown"],
    ['--dry_run=yes\n', "a.pkt: option 'dry_run' forbids an argument"],
    ['--mss\n', "a.pkt: option 'mss' requires an argument"],
    ['--define=A\n', 'a.pkt: bad definition: A'],
    ['--mtu="-1"\n--nosuch\n', 'a.pkt: bad --mtu: -1'],
  ])('of the script that are wrong name the script: %j', (block, upstream) => {
    expect(refusal(() => prepare(`${block}0 \`true\`\n`))).toMatchObject({ code: 'LD_OPTION', upstream })
  })

  it('of the script that are wrong are all named, with the name that was probably meant', () => {
    const { mistakes } = refusal(() => prepare('--tolerance_usec=5\n--mtu=1500\n--mss=0\n0 foo( = 0\n'))
    expect(mistakes).toMatchObject([
      { line: 1, message: "option 'tolerance_usec' unknown", hint: "Did you mean '--tolerance_usecs'?" },
      { line: 3, message: 'bad --mss: 0', hint: 'It is written --mss=OCTETS: gso_size of injected packets.' },
      { line: 4, code: 'LD_SYNTAX' },
    ])
  })

  it.each([
    ['tolerance_percent', '101', 'Command Line: bad --tolerance_percent: 101'],
    ['bind_port', '0', 'Command Line: bad --bind_port: 0'],
    ['define', 'x', 'Command Line: bad definition: x'],
  ])('of the command line that are wrong name that: --%s=%s', (name, value, upstream) => {
    expect(refusal(() => prepare('0 `true`\n', [[name, value]]))).toMatchObject({
      code: 'LD_OPTION',
      line: null,
      upstream,
      text: upstream,
    })
  })

  it.each([
    ['--local_ip="1.2.3"\n', 'bad IPv4 address: 1.2.3'],
    ['--remote_ip="192.0.2.1/33"\n', "bad prefix length in prefix '192.0.2.1/33'"],
    ['--psp_udp_port=1000\n', 'PSP requires wireserver mode (use --wire_client or --wire_server)'],
    ['--dry_run\n--gateway_ip=x\n', 'bad IPv4 address: x'],
  ])('that do not go together are found before the first event, without a place: %j', (block, upstream) => {
    expect(refusal(() => prepare(`${block}syntax error\n`))).toMatchObject({
      code: 'LD_OPTION',
      upstream,
      text: upstream,
    })
  })
})

describe('the family', () => {
  const script = '0 < icmp unreachable port_unreachable\n'
  const versionOf = (text: string, given: RunRequest['options'], unsaid: Family) =>
    prepare(text, given, () => unsaid).options.ipVersion

  it('is the machine’s where nobody says it', () => {
    expect(versionOf(script, [], 'ipv4')).toBe('ipv4')
    expect(versionOf(script, [], 'ipv6')).toBe('ipv6')
  })

  it('is the script’s, and the command line’s over that', () => {
    expect(versionOf(`--ip_version="ipv4-mapped-ipv6"\n${script}`, [], 'ipv6')).toBe('ipv4-mapped-ipv6')
    expect(versionOf(script, [['ip_version', 'ipv4']], 'ipv6')).toBe('ipv4')
  })

  it('decides which ICMP messages there are', () => {
    const tooBig = '0 < icmp packet_too_big mtu 1280 [1:1001(1000)]\n'
    expect(versionOf(tooBig, [], 'ipv6')).toBe('ipv6')
    expect(refusal(() => versionOf(tooBig, [], 'ipv4'))).toMatchObject({
      upstream: 'a.pkt:1: semantic error: bad ICMP type packet_too_big',
    })
  })
})
