// IPv6 flow labels of one connection: the script's and the live ones are compared by identity, not by value.
// Read first: RFC 6437 2 and 3; language/2-packets.md 6.5.

const hex = (label: number) => `0x${label.toString(16)}`

export class FlowLabels {
  /** The last labels that belonged together. */
  private pair: { readonly script: number; readonly live: number } | null = null

  /** Judges a packet's labels, and learns from them. Upstream's reason against it, or null. */
  check(script: number, live: number): string | null {
    if (script === 0) return null
    if (live === 0) return 'flowlabel unmarked in the live packet'
    const { pair } = this
    if (pair !== null && script === pair.script) {
      if (live === pair.live) return null
      return `inconsistent flowlabels for this packet: expected: ${hex(pair.live)} vs actual: ${hex(live)}`
    }
    if (pair !== null && live === pair.live) return 'expected a different flowlabel but got the same'
    this.pair = { script, live }
    return null
  }
}
