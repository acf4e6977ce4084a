// Samples to figures: what a table shows of them, and what is kept in bench-results.json.

/** The sample below which `share` (0 to 1) of them lie; `sorted` ascending, not empty. */
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]

/** Of any number of samples, at least one. */
export function summary(samples) {
  const sorted = Float64Array.from(samples).sort()
  return {
    count: sorted.length,
    min: sorted[0],
    median: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    max: sorted.at(-1),
  }
}

/** A few digits are enough for a file that people read too. */
export const rounded = (samples) => Array.from(samples, (sample) => Number(sample.toFixed(3)))
