import { describe, expect, it } from 'vitest'
import { flags, flagsOf, type Tool } from '../../src/args/flags.js'
import { commandUsage, lunadrillUsage, packetdrillUsage } from '../../src/args/usage.js'

describe('help', () => {
  it.each<[Tool, () => string]>([
    ['packetdrill', packetdrillUsage],
    ['lunadrill', () => commandUsage('run')],
    ['check', () => commandUsage('check')],
    ['fmt', () => commandUsage('fmt')],
    ['kernel', () => commandUsage('kernel')],
    ['stack-init', () => commandUsage('stack-init')],
    ['stack-check', () => commandUsage('stack-check')],
    ['compare', () => commandUsage('compare')],
  ])('of %s names all its flags and no others', (tool, usage) => {
    const named = [...usage().matchAll(/(?<=[[ ])--([a-z_-]+)/g)].map(([, name]) => name)
    expect(named.sort()).toEqual(
      flagsOf(tool)
        .map(({ name }) => name)
        .sort(),
    )
  })

  it('fits a terminal of 100 columns', () => {
    for (const line of `${(['run', 'compare', 'check', 'fmt', 'kernel', 'stack-init', 'stack-check'] as const).map(commandUsage).join('\n')}\n${lunadrillUsage()}`.split(
      '\n',
    ))
      expect(line.length).toBeLessThanOrEqual(100)
  })

  it('has upstream’s shape for packetdrill', () => {
    const lines = packetdrillUsage().split('\n')
    expect(lines[0]).toBe('Usage: packetdrill')
    expect(lines.at(-1)).toBe('\tscript_path ...')
    for (const line of lines.slice(1, -1)) expect(line).toMatch(/^\t\[.*--[a-z_]+.*\]$/)
  })
})

it('has each name once for a tool', () => {
  for (const tool of [
    'packetdrill',
    'lunadrill',
    'check',
    'fmt',
    'kernel',
    'stack-init',
    'stack-check',
    'compare',
  ] as const) {
    const names = flagsOf(tool).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  }
  expect(flags.every(({ name }) => /^[a-z][a-z_]*$|^[a-z][a-z-]*$/.test(name))).toBe(true)
})
