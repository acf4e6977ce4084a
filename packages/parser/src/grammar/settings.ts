// What must be known about the run before the first event can be read: the options decide what the rest means.
import type { ScriptOption } from '../ast/nodes.js'

export interface ParseSettings {
  /** Family of the innermost IP header: it chooses the ICMP names and the size limits. */
  readonly wireFamily: 'ipv4' | 'ipv6'
  /** Names and texts of `--define` and `-D`, the later ones in effect already. */
  readonly defines: ReadonlyMap<string, string>
  /** 0: not given, and PSP packets are refused. */
  readonly pspUdpPort: number
}

/**
 * Called when the option block has been read and before the first event, with all options in order (also with none).
 * May throw OptionProblem to reject one, and is then called again without that one, so that the next can be found.
 * Anything else that it throws ends the parse: thrown on if it is the first thing wrong, else kept silent.
 */
export type Configure = (options: readonly ScriptOption[]) => ParseSettings

export const DEFAULT_SETTINGS: ParseSettings = { wireFamily: 'ipv4', defines: new Map(), pspUdpPort: 0 }

/** Thrown by a Configure: this option cannot be. Its message is the whole sentence, such as `option 'x' unknown`. */
export class OptionProblem extends Error {
  override readonly name = 'OptionProblem'
  readonly code = 'LD_OPTION'

  constructor(
    readonly option: ScriptOption,
    message: string,
    /** What to do about it, such as the name that was probably meant. */
    readonly hint: string | null = null,
  ) {
    super(message)
  }
}
