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
   * Resolves to a slot (0 to slots - 1), to be handed back with `done`. With one slot in the order of asking, else the
   * heavy ones first, so that none is left over at the end; those `alone` come when no other waits or goes on.
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
      const next = this.choose()
      if (next === undefined) return
      this.waiting = this.waiting.filter((each) => each !== next)
      this.aloneNow = next.alone
      next.start(this.free.pop() as number)
    }
  }

  private choose(): Waiting | undefined {
    if (this.slots === 1) return this.waiting[0]
    const others = this.waiting.filter(({ alone }) => !alone)
    if (others.length > 0) return others.reduce((best, each) => (each.weight > best.weight ? each : best))
    return this.free.length === this.slots ? this.waiting[0] : undefined
  }
}
