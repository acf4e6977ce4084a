// Who may run now: so many runs side by side as there are slots, and some only while no other goes on. Supervisor.

interface Waiting {
  readonly alone: boolean
  /** How long it is likely to take. */
  readonly weight: number
  readonly start: (slot: number) => void
}

export class Turns {
  private readonly free: number[]
  private waiting: Waiting[] = []
  private aloneNow = false

  /** `slots`: how many may go on at once. */
  constructor(private readonly slots: number) {
    this.free = Array.from({ length: slots }, (_, i) => slots - 1 - i)
  }

  /**
   * Resolves to a slot (0 to slots - 1), to be handed back with `done`. With one slot in the order of asking, else one slot
   * takes the heavy ones first and the next one the light ones: heavy ones wait most of their time, light ones are mostly
   * work, and neither kind is to be left over at the end. Those `alone` come when no other waits or goes on.
   */
  take(alone: boolean, weight: number): Promise<number> {
    return new Promise((start) => {
      this.waiting.push({ alone, weight, start })
      queueMicrotask(() => this.go())
    })
  }

  done(slot: number): void {
    this.free.push(slot)
    this.aloneNow = false
    this.go()
  }

  private go(): void {
    while (!this.aloneNow && this.free.length > 0) {
      const slot = this.free.at(-1) as number
      const next = this.choose(slot % 2 === 0)
      if (next === undefined) return
      this.waiting = this.waiting.filter((each) => each !== next)
      this.aloneNow = next.alone
      this.free.pop()
      next.start(slot)
    }
  }

  private choose(heavy: boolean): Waiting | undefined {
    if (this.slots === 1) return this.waiting[0]
    const others = this.waiting.filter(({ alone }) => !alone)
    const before = (one: Waiting, other: Waiting) => (heavy ? one.weight > other.weight : one.weight < other.weight)
    if (others.length > 0) return others.reduce((best, each) => (before(each, best) ? each : best))
    return this.free.length === this.slots ? this.waiting[0] : undefined
  }
}
