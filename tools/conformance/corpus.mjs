// The corpus: real scripts and what upstream's packetdrill said of each. Data of another project, read where it lies
// (../shared/corpus, or the folder that CORPUS names) and never part of this repository.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Where the corpus lies; may not exist. */
export const corpusFolder = () => resolve(process.env.CORPUS ?? join(root, '../shared/corpus'))

const ipv4 = (version, level, type) => [
  ['send_omit_free', null],
  ['ip_version', version],
  ['local_ip', '192.168.0.1'],
  ['gateway_ip', '192.168.0.1'],
  ['netmask_ip', '255.255.0.0'],
  ['remote_ip', '192.0.2.1'],
  ['define', 'TFO_COOKIE=3021b9d889017eeb'],
  ['define', 'CODE=host_unreachable'],
  ['define', `CMSG_LEVEL_IP=${level}`],
  ['define', `CMSG_TYPE_RECVERR=${type}`],
]

/** The flags of each address family, as upstream's run_all.py gives them. */
export const families = {
  ipv4: ipv4('ipv4', 'SOL_IP', 'IP_RECVERR'),
  'ipv4-mapped-v6': ipv4('ipv4-mapped-ipv6', 'SOL_IPV6', 'IPV6_RECVERR'),
  ipv6: [
    ['send_omit_free', null],
    ['ip_version', 'ipv6'],
    ['mtu', '1520'],
    ['local_ip', 'fd3d:0a0b:17d6::1'],
    ['gateway_ip', 'fd3d:0a0b:17d6:8888::1'],
    ['remote_ip', 'fd3d:fa7b:d17d::1'],
    ['define', 'TFO_COOKIE=c1d1e9742a47a9bc'],
    ['define', 'CMSG_LEVEL_IP=SOL_IPV6'],
    ['define', 'CMSG_TYPE_RECVERR=IPV6_RECVERR'],
  ],
}

/**
 * The oracle's rows.
 * @typedef {{ script: string, family: string, verdict: string, line: number | null, message: string, stable: boolean }} OracleRow
 * @returns {OracleRow[]}
 */
export function verdictsOf(folder) {
  const [head, ...lines] = readFileSync(join(folder, 'verdicts.tsv'), 'utf8').trimEnd().split('\n')
  const names = head.split('\t')
  return lines.map((line) => {
    const row = /** @type {any} */ (Object.fromEntries(line.split('\t').map((cell, i) => [names[i], cell])))
    return { ...row, line: row.line === '' ? null : Number(row.line), stable: row.stable === 'yes' }
  })
}

/**
 * A copy that can be run: helpers executable, and links that were stored as text files are links again. The caller removes
 * the folder that is returned.
 */
export function runnableCopy(folder) {
  const copy = mkdtempSync(join(tmpdir(), 'lunadrill-corpus-'))
  try {
    cpSync(folder, copy, { recursive: true })
    for (const path of filesBelow(copy)) {
      chmodSync(path, 0o755)
      const target = linkTarget(path)
      if (target === null) continue
      rmSync(path)
      symlinkSync(target, path)
    }
    return copy
  } catch (error) {
    rmSync(copy, { recursive: true, force: true })
    throw error
  }
}

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      chmodSync(path, 0o755)
      yield* filesBelow(path)
    } else if (entry.isFile()) yield path
  }
}

/** A file that holds nothing but a relative path to another file of its own name. */
function linkTarget(path) {
  if (!path.endsWith('.sh') && !path.endsWith('.py')) return null
  if (lstatSync(path).size > 200) return null
  const text = readFileSync(path, 'utf8').trim()
  const isPath = /^\.{1,2}\/[\w./-]+$/.test(text) && basename(text) === basename(path)
  return isPath && existsSync(resolve(dirname(path), text)) ? text : null
}
