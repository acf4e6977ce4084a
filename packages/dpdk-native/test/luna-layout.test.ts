import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import {
  LunaSocketInfo,
  LunaTcpInfo,
  lunaAbi,
  lunaCapabilities,
  lunaTcpInfoFields,
  lunaTcpStates,
  lunaTimers,
} from '../src/index.js'

const compiler = process.env.CC ?? 'gcc'
const missing = spawnSync(compiler, ['--version']).status !== 0
const include = fileURLToPath(new URL('../include', import.meta.url))
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** What a C program that includes luna_stack.h prints, line by line. */
function printed(standard: string, expressions: readonly string[]): number[] {
  const directory = mkdtempSync(join(tmpdir(), 'luna-layout-'))
  try {
    const prints = expressions.map((expression) => `printf("%zu\\n", (size_t)(${expression}));`).join('\n')
    const source = join(directory, 'layout.c')
    writeFileSync(
      source,
      `#include <stddef.h>\n#include <stdio.h>\n#include "luna_stack.h"\nint main(void) {\n${prints}\nreturn 0; }\n`,
    )
    const flags = [standard, '-Wall', '-Wextra', '-Werror', `-I${include}`]
    execFileSync(compiler, [...flags, source, '-o', join(directory, 'layout')])
    const text = execFileSync(join(directory, 'layout'), { encoding: 'utf8' })
    return text.trim().split('\n').map(Number)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

describe.skipIf(missing)(missing ? `luna_stack.h (skipped: no ${compiler})` : 'luna_stack.h', () => {
  it.each(['-std=c11', '-xc++'])('has luna_tcp_info where luna-layout.ts says (%s)', (standard) => {
    const expressions = lunaTcpInfoFields.flatMap(({ name }) => [
      `offsetof(struct luna_tcp_info, ${name})`,
      `sizeof(((struct luna_tcp_info *)0)->${name})`,
    ])
    const seen = printed(standard, [...expressions, 'sizeof(struct luna_tcp_info)'])
    expect(seen).toEqual([...lunaTcpInfoFields.flatMap(({ offset, size }) => [offset, size]), LunaTcpInfo.size])
  })

  it('has luna_socket_info where luna-layout.ts says', () => {
    const fields = Object.keys(LunaSocketInfo).filter((name) => name !== 'size')
    const seen = printed('-std=c11', [
      ...fields.map((name) => `offsetof(struct luna_socket_info, ${snake(name)})`),
      'sizeof(struct luna_socket_info)',
    ])
    expect(seen).toEqual(Object.values(LunaSocketInfo))
  })

  it.each(['-std=c11', '-xc++'])('numbers capabilities as luna-layout.ts does, and has no others (%s)', (standard) => {
    const header = readFileSync(join(include, 'luna_stack.h'), 'utf8')
    const names = [...header.matchAll(/^#define LUNA_CAP_(\w+)/gm)].map(([, name]) => name!)
    expect(names).toEqual(lunaCapabilities.map(({ name }) => name))
    const bits = printed(
      standard,
      names.map((name) => `__builtin_ctzll(LUNA_CAP_${name})`),
    )
    expect(bits).toEqual(lunaCapabilities.map(({ bit }) => bit))
  })

  it('has the version that luna-layout.ts says, and keeps what version 1.0 had', () => {
    const seen = printed('-std=c11', [
      'LUNA_ABI_MAJOR',
      'LUNA_ABI_MINOR',
      'LUNA_STACK_V1_0_SIZE',
      'offsetof(struct luna_stack_v1, capabilities)',
      'offsetof(struct luna_stack_v1, poll)',
      'offsetof(struct luna_config, local_ip)',
      'offsetof(struct luna_config, other)',
    ])
    expect(seen).toEqual([lunaAbi.major, lunaAbi.minor, 240, 32, 64, 20, 88])
  })

  it('numbers states and timers as luna-layout.ts names them', () => {
    const [established, listen, closing, persist] = printed('-std=c11', [
      'LUNA_ESTABLISHED',
      'LUNA_LISTEN',
      'LUNA_CLOSING',
      'LUNA_TIMER_PERSIST',
    ])
    expect([lunaTcpStates[established!], lunaTcpStates[listen!], lunaTcpStates[closing!]]).toEqual([
      'ESTABLISHED',
      'LISTEN',
      'CLOSING',
    ])
    expect(lunaTimers[persist!]).toBe('persist')
  })
})
