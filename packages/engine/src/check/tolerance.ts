// Times that say less than they seem to: the tolerance swallows them. Read first: language/4-running.md 2.5.
import { seconds } from '../clock/tolerance.js'
import type { Report } from './finding.js'
import type { Rule } from './rule.js'
import { allowedUs, isExpected, type Moment, timeline } from './timeline.js'

export const tolerance: Rule = {
  name: 'tolerance',
  check(checked, report) {
    for (const moment of timeline(checked)) {
      if (!isExpected(moment.event)) continue
      const allowed = allowedUs(moment, checked.options)
      checkRange(moment, allowed, report)
      checkDelay(moment, allowed, report)
    }
  },
}

/** The tolerance is added on both sides of a range. */
function checkRange({ event: { time }, us, endUs }: Moment, allowed: number, report: Report): void {
  if (endUs === null || endUs - us >= allowed) return
  const [from, to] = [us - allowed, endUs + allowed].map((end) => seconds(end))
  report.warning(
    time.span,
    `the range of ${seconds(endUs - us)} s is narrower than its tolerance of ${seconds(allowed)} s`,
    `what comes from ${from} s to ${to} s is taken; --tolerance_usecs and --tolerance_percent narrow it`,
  )
}

/** A delay that is within the tolerance: a packet that is sent at once would be taken as well. */
function checkDelay({ event: { time }, us, previousUs }: Moment, allowed: number, report: Report): void {
  if (time.kind !== 'relative' || previousUs === null) return
  const delay = us - previousUs
  if (delay === 0 || delay > allowed) return
  report.warning(
    time.span,
    `the delay of ${seconds(delay)} s is within the tolerance of ${seconds(allowed)} s`,
    'a packet that is sent at once would pass; a smaller --tolerance_usecs tells them apart',
  )
}
