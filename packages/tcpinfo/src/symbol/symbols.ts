// Names that a script may use for numbers: packetdrill's portable table, then its Linux one. Case matters.
// Any thread; the tables are built once, at import. Read first: the other files of this folder.
import { capabilitySymbols } from './capability.js'
import { errnoSymbols } from './errno.js'
import { fileSymbols } from './file.js'
import { messageSymbols } from './message.js'
import { epollSymbols, pollSymbols } from './poll.js'
import { portableSymbols } from './portable.js'
import { socketSymbols, tcpStatsSymbols } from './socket.js'
import { nearest } from './suggest.js'
import { tcpSymbols } from './tcp.js'

/** Every symbol, portable ones first; no name is in two tables with two values. */
const symbols: ReadonlyMap<string, number> = new Map<string, number>(
  [
    portableSymbols,
    socketSymbols,
    tcpStatsSymbols,
    tcpSymbols,
    fileSymbols,
    messageSymbols,
    pollSymbols,
    errnoSymbols,
    capabilitySymbols,
    epollSymbols,
  ].flatMap((table) => Object.entries(table)),
)

/** What people write for something that has another name here. */
const otherWords: ReadonlyMap<string, string> = new Map([['ENOTSUP', 'EOPNOTSUPP']])

/** The number behind a name; undefined: there is no such symbol. */
export function symbolValue(name: string): number | undefined {
  return symbols.get(name)
}

export function symbolNames(): readonly string[] {
  return [...symbols.keys()]
}

/** A symbol that `name` may have been meant to be; undefined where none is near enough to help. */
export function suggestSymbol(name: string): string | undefined {
  return otherWords.get(name) ?? nearest(name, symbols.keys())
}

/** Names of poll's bits from the lowest up, joined with `|`; `???` for one without a name, empty for 0. 16 bits count. */
export function pollBits(bits: number): string {
  const names: string[] = []
  for (let bit = 1; bit <= 0x8000; bit <<= 1) {
    if ((bits & bit) !== 0) names.push(pollNames.get(bit) ?? '???')
  }
  return names.join('|')
}

const pollNames: ReadonlyMap<number, string> = new Map(Object.entries(pollSymbols).map(([name, bit]) => [bit, name]))
