// The corpus beside the repository: scripts of another project, read where they are and never copied.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ParseSettings } from '../../src/index.js'

const folder = fileURLToPath(new URL('../../../../../shared/corpus/tcp', import.meta.url))

/** Why there is no corpus here; undefined where there is one. */
export const noCorpus = existsSync(folder) ? undefined : '../shared/corpus is not there'

export interface CorpusScript {
  /** Path within the corpus. */
  readonly name: string
  readonly text: string
  /** The settings that the corpus's README runs it with. */
  readonly settings: ParseSettings
}

export function corpus(): CorpusScript[] {
  if (noCorpus !== undefined) return []
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.pkt'))
  return names.map((name) => {
    const v6 = name.endsWith('v6.pkt')
    const defines = new Map([
      ['TFO_COOKIE', v6 ? 'c1d1e9742a47a9bc' : '3021b9d889017eeb'],
      ['CODE', 'host_unreachable'],
      ['CMSG_LEVEL_IP', v6 ? 'SOL_IPV6' : 'SOL_IP'],
      ['CMSG_TYPE_RECVERR', v6 ? 'IPV6_RECVERR' : 'IP_RECVERR'],
    ])
    return {
      name,
      text: readFileSync(`${folder}/${name}`, 'utf8'),
      settings: { wireFamily: v6 ? 'ipv6' : 'ipv4', defines, pspUdpPort: 0 },
    }
  })
}
