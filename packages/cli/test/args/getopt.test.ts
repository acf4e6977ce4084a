import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { flagsOf } from '../../src/args/flags.js'
import { getoptLong } from '../../src/args/getopt.js'

/** Upstream's; ours beside them below. */
const flags = flagsOf('packetdrill').filter(({ added }) => !added)

describe('options', () => {
  it('that upstream does not have take no abbreviation away', () => {
    const all = flagsOf('packetdrill')
    const parse = (word: string) => getoptLong([word, 'x'], all, './x', false)
    expect(() => parse('--co')).toThrow(
      "possibilities: '--code_command' '--code_format' '--code_sockopt' '--connect_port'",
    )
    expect(parse('--user')).toEqual({ options: [['userspace_stack', null]], operands: ['x'] })
    expect(parse('--comm').options).toEqual([['command_timeout', 'x']])
  })

  it.each<[string[], [string, string | null][], string[]]>([
    [['--bind_port=80', 'a.pkt'], [['bind_port', '80']], ['a.pkt']],
    [['--bind_port', '80', 'a.pkt'], [['bind_port', '80']], ['a.pkt']],
    [['--tolerance_u=5'], [['tolerance_usecs', '5']], []],
    [
      ['--verb', '--verb'],
      [
        ['verbose', null],
        ['verbose', null],
      ],
      [],
    ],
    [
      ['a.pkt', '-v', 'b.pkt', '--mtu=1'],
      [
        ['verbose', null],
        ['mtu', '1'],
      ],
      ['a.pkt', 'b.pkt'],
    ],
    [['-v', '--', '-v', '--mtu'], [['verbose', null]], ['-v', '--mtu']],
    [['-D', 'X=Y'], [['define', 'X=Y']], []],
    [['-DX=Y'], [['define', 'X=Y']], []],
    [
      ['-vDX=Y', '-vv'],
      [
        ['verbose', null],
        ['define', 'X=Y'],
        ['verbose', null],
        ['verbose', null],
      ],
      [],
    ],
    [['--define=X=Y=Z'], [['define', 'X=Y=Z']], []],
    [['--so_flags='], [['so_flags', '']], []],
    [['--so_flags', '--mtu'], [['so_flags', '--mtu']], []],
    [['-'], [], ['-']],
    [['--init_scripts=a\nb'], [['init_scripts', 'a\nb']], []],
  ])('%j', (args, options, operands) => {
    expect(getoptLong(args, flags, 'x', false)).toEqual({ options, operands })
  })

  it('end at the first operand with POSIXLY_CORRECT', () => {
    expect(getoptLong(['-v', 'a.pkt', '-v'], flags, 'x', true)).toEqual({
      options: [['verbose', null]],
      operands: ['a.pkt', '-v'],
    })
  })
})

describe('a fault', () => {
  it.each([
    [['--bogus'], "./packetdrill: unrecognized option '--bogus'"],
    [['--bogus=5'], "./packetdrill: unrecognized option '--bogus=5'"],
    [['--help'], "./packetdrill: unrecognized option '--help'"],
    [['--verbose=1'], "./packetdrill: option '--verbose' doesn't allow an argument"],
    [['--mtu'], "./packetdrill: option '--mtu' requires an argument"],
    [['-D'], "./packetdrill: option requires an argument -- 'D'"],
    [['-vx'], "./packetdrill: invalid option -- 'x'"],
    [
      ['--bind', '1', '--tol=5'],
      "./packetdrill: option '--tol=5' is ambiguous; possibilities: '--tolerance_usecs' '--tolerance_percent'",
    ],
  ])('%j: %s', (args, message) => {
    expect(() => getoptLong(args, flags, './packetdrill', false)).toThrow(message)
  })
})

const withGcc = spawnSync('gcc', ['--version'], { stdio: 'ignore' }).status === 0

it.skipIf(!withGcc)('is what glibc does, word for word (needs gcc)', () => {
  const program = compileGetopt()
  const names = flags.map((flag) => flag.name)
  const name = fc.oneof(
    fc.constantFrom(...names),
    fc.tuple(fc.constantFrom(...names), fc.nat(20)).map(([full, length]) => full.slice(0, length)),
    fc.constantFrom('bogus', 'x'),
  )
  const word = fc.oneof(
    name.map((text) => `--${text}`),
    fc.tuple(name, fc.constantFrom('', '1', 'X=Y')).map(([text, value]) => `--${text}=${value}`),
    fc.constantFrom('-v', '-D', '-DX=Y', '-vv', '-vDX=Y', '-vD', '-x', '-vx', '--', '-', 'a.pkt', 'b.pkt', ''),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), fc.boolean(), (args, posixly) => {
      expect(ours(args, posixly)).toBe(glibc(program, args, posixly))
    }),
    { numRuns: 300 },
  )
})

/** One line per option and operand; after a fault glibc's message alone. */
function ours(args: readonly string[], posixly: boolean): string {
  try {
    const { options, operands } = getoptLong(args, flags, './x', posixly)
    const lines = options.map(([name, value]) => (value === null ? name : `${name}=${value}`))
    return [...lines, ...operands.map((operand) => `operand ${operand}`)].join('\n')
  } catch (error) {
    return (error as Error).message
  }
}

function glibc(program: string, args: readonly string[], posixly: boolean): string {
  const env = posixly ? { POSIXLY_CORRECT: '1' } : {}
  const { stdout, stderr, status } = spawnSync(program, args, { env, encoding: 'utf8', argv0: './x' })
  return (status === 0 ? stdout : stderr).replace(/\n$/, '')
}

function compileGetopt(): string {
  const folder = mkdtempSync(join(tmpdir(), 'getopt-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const program = join(folder, 'x')
  const rows = flags.map(({ name, value, short }, index) => {
    const code = short === undefined ? 1000 + index : `'${short}'`
    return `{ "${name}", ${value === null ? 'no_argument' : 'required_argument'}, NULL, ${code} },`
  })
  const source = `
    #include <getopt.h>
    #include <stdio.h>
    static struct option table[] = { ${rows.join('\n')} { NULL, 0, NULL, 0 } };
    int main(int argc, char **argv) {
      int code, index = 0;
      while ((code = getopt_long(argc, argv, "vD:", table, &index)) != -1) {
        if (code == '?') return 1;
        const char *name = code == 'v' ? "verbose" : code == 'D' ? "define" : table[index].name;
        if (optarg != NULL) printf("%s=%s\\n", name, optarg); else printf("%s\\n", name);
      }
      for (; optind < argc; optind++) printf("operand %s\\n", argv[optind]);
    }
  `
  execFileSync('gcc', ['-Wall', '-Werror', '-x', 'c', '-', '-o', program], { input: source })
  return program
}
