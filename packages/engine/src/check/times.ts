// Times that cannot be met: they run backwards, or are over before they are reached. Read first: language/4-running.md 2.
import { seconds } from '../clock/tolerance.js'
import type { Report } from './finding.js'
import type { Rule } from './rule.js'
import { isExpected, type Moment, timeline } from './timeline.js'

export const times: Rule = {
  name: 'times',
  check(checked, report) {
    const { options } = checked
    const moments = timeline(checked)
    checkFirst(moments[0] as Moment, report)
    for (const [index, moment] of moments.entries()) {
      checkReturn(moment, report)
      const before = moments[index - 1]
      if (before !== undefined) checkOrder(moment, before, options.toleranceUsecs, report)
    }
    checkOverlap(moments, options.toleranceUsecs, report)
  },
}

function checkFirst({ event: { time } }: Moment, report: Report): void {
  if (time.us !== 0) report.error(time.span, 'the first event must be at time 0')
}

function checkReturn({ event: { time, action } }: Moment, report: Report): void {
  if (action.type !== 'call' || action.returnUs === null || action.returnUs >= time.us) return
  const span = { start: time.span.start, end: action.nameSpan.start }
  report.error(
    span,
    `${action.name}() would return before it starts`,
    'both times count from the same moment: +1...1.5 takes half a second',
  )
}

/** An absolute time that has passed when its turn comes. */
function checkOrder({ event, us, previousUs }: Moment, before: Moment, toleranceUs: number, report: Report): void {
  const { kind, span } = event.time
  if (previousUs === null || (kind !== 'absolute' && kind !== 'absolute-range')) return
  if (before.event.time.kind.startsWith('absolute')) {
    if (us < before.us) {
      report.error(span, `time runs backward: ${seconds(us)} s comes after ${seconds(before.us)} s`)
    }
  } else if (us < previousUs - toleranceUs) {
    const message = `it is ${seconds(previousUs)} s at least when this event's turn comes, which is due at ${seconds(us)} s`
    // What the stack has sent earlier would still be taken at its own time.
    if (isExpected(event)) report.warning(span, message, 'a packet is expected before what stands above it')
    else report.error(span, message, 'a + before the time makes it count from the event before')
  }
}

/** A call that is due while a blocking one is to be under way: it would start late. */
function checkOverlap(moments: readonly Moment[], toleranceUs: number, report: Report): void {
  let under: Moment | null = null
  let slack = 0
  for (const moment of moments) {
    const { action, time } = moment.event
    if (action.type === 'call') {
      const end: number = under?.endUs ?? 0
      if (under !== null && moment.us + slack < end - toleranceUs) {
        const line = under.event.line
        const message = `a call at ${seconds(moment.us)} s, while the one of line ${line} blocks until ${seconds(end)} s`
        report.warning(time.span, message, 'only packets, commands and code can run meanwhile')
      }
      under = action.returnUs === null ? null : moment
      slack = 0
    } else if (isExpected(moment.event)) {
      // It may come at any time, or later than due.
      slack =
        time.kind === 'any' ? Number.POSITIVE_INFINITY : slack + toleranceUs + (moment.endUs ?? moment.us) - moment.us
    }
  }
}
