// Which built-in stacks this machine can run scripts on, asked once before all test files (vitest's globalSetup).
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { builtinStackPath } from '../../packages/engine/dist/index.js'

/** Why this machine cannot run scripts on a stack; null where it can. */
export interface Refusals {
  readonly kernel: string | null
  readonly lwip: string | null
  /** With SACK and timestamps: its source has to be fetched. */
  readonly lwipSack: string | null
}

declare module 'vitest' {
  export interface ProvidedContext {
    refusals: Refusals
  }
}

function refusalOf(stack: string, script: string): string | null {
  const args = ['run', `--stack=${stack}`, '--reporter=json', script]
  const program = join(dirname(fileURLToPath(import.meta.url)), '../../lunadrill')
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 })
  const report = stdout.trim().split('\n').at(-1)
  if (!report) return `${stack}: no report (status ${status}): ${stderr.split('\n')[0]}`
  const { verdict, message } = JSON.parse(report) as { verdict: string; message: string | null }
  return verdict === 'pass' ? null : `${stack}: ${message?.split('\n')[0]}`
}

export default function setup({ provide }: TestProject): void {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-'))
  try {
    const script = join(folder, 'probe.pkt')
    writeFileSync(script, '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n')
    const kernel = refusalOf('kernel', script)
    const noDpdk = builtinStackPath('libluna.so') === undefined
    const lwip = noDpdk ? 'lwip: DPDK is not installed' : refusalOf('lwip', script)
    const noSource = builtinStackPath('libluna-sack.so') === undefined
    provide('refusals', { kernel, lwip, lwipSack: noSource ? "lwip-sack: lwIP's source has not been fetched" : lwip })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
