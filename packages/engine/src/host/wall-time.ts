// CLOCK_MONOTONIC in microseconds, read without allocating: performance.now() plus what it lacks.
// Any thread; each has a performance.now() of its own, so each learns its own difference.
// Read first: process.hrtime() in Node's documentation (uv_hrtime, CLOCK_MONOTONIC).

const exactUs = () => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e6 + nanoseconds / 1000
}

const performanceUs = () => performance.now() * 1000

/** What a clock is ahead of another, from the tightest of some readings; microseconds, right to well below one. */
export function aheadUs(clock: () => number, other: () => number): number {
  let tightest = Infinity
  let ahead = 0
  for (let i = 0; i < 20; i++) {
    const before = other()
    const us = clock()
    const after = other()
    if (after - before >= tightest) continue
    tightest = after - before
    ahead = us - (before + after) / 2
  }
  return ahead
}

const difference = aheadUs(exactUs, performanceUs)

export function monotonicUs(): number {
  return performanceUs() + difference
}

const never = new Int32Array(new SharedArrayBuffer(4))
/** A parked thread is up to this much late on a virtual machine; what is left is spun through. */
const SPIN_US = 150

/** Sleeps to shortly before `us`, then spins. */
export function sleepUntilUs(us: number): void {
  for (;;) {
    const left = us - monotonicUs()
    if (left <= 0) return
    if (left > SPIN_US) Atomics.wait(never, 0, 0, (left - SPIN_US) / 1000)
  }
}
