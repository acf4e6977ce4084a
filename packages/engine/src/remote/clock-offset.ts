// How far the server's clock is ahead of ours: from round trips, of which the shortest tells most. Pure.
// Read first: RFC 5905 8 (offset and delay of one exchange).

/** A packet's time is judged to some milliseconds (`--tolerance_usecs`, 4000): an offset must be known much better. */
export const MAX_UNCERTAINTY_US = 1000

export class ClockOffset {
  /** Server's time minus ours, microseconds. */
  offsetUs = 0
  /** How far off that may be at most: half of the shortest round trip. Infinity before the first. */
  uncertaintyUs = Number.POSITIVE_INFINITY

  /** One exchange: asked and answered by our clock, and what the server's clock said in between. */
  add(askedUs: number, serverUs: number, answeredUs: number): void {
    const uncertaintyUs = (answeredUs - askedUs) / 2
    if (uncertaintyUs < 0 || uncertaintyUs >= this.uncertaintyUs) return
    this.uncertaintyUs = uncertaintyUs
    this.offsetUs = serverUs - (askedUs + answeredUs) / 2
  }
}
