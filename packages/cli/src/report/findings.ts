// The two reports of `lunadrill check`: for people, with the line and a caret; for programs, an object per finding and line.
import type { CheckResult, Finding } from '@lunadrill/engine'
import { excerpt } from '@lunadrill/parser'
import type { Screen } from '../terminal/screen.js'

export interface FindingReporter {
  /** `text`: the script's, for excerpts. */
  script(path: string, text: string, result: CheckResult): void
  end(): void
}

export function prettyFindings(screen: Screen): FindingReporter {
  const { colour } = screen
  let scripts = 0
  let errors = 0
  let warnings = 0
  const story = (path: string, text: string, { severity, line, column, message, hint, rule, span }: Finding) => {
    const word = severity === 'error' ? colour.red('error') : colour.yellow('warning')
    const lines = [`${colour.bold(`${path}:${line}:${column}:`)} ${word}: ${message} ${colour.dim(`[${rule}]`)}`]
    lines.push(excerpt(text, span))
    if (hint !== null) lines.push(`  ${colour.cyan(hint)}`)
    return lines.join('\n')
  }
  return {
    script(path, text, result) {
      scripts++
      errors += result.errors
      warnings += result.warnings
      for (const finding of result.findings) screen.out(`${story(path, text, finding)}\n`)
      if (result.more > 0) screen.out(`${path}: and ${count(result.more, 'more error')}\n`)
    },
    end() {
      const counted = [count(errors, 'error'), count(warnings, 'warning')].filter((text) => text !== '').join(', ')
      screen.out(`${scripts} ${scripts === 1 ? 'script' : 'scripts'}: ${counted === '' ? 'nothing found' : counted}`)
    },
  }
}

const count = (number: number, word: string) => (number === 0 ? '' : `${number} ${word}${number === 1 ? '' : 's'}`)

export function jsonFindings(screen: Screen): FindingReporter {
  return {
    script(path, _text, { findings }) {
      for (const { line, column, severity, rule, message, hint, span } of findings) {
        // Keys and their order are an interface. `start` and `end`: UTF-16 offsets into the file.
        const { start, end } = span
        screen.out(JSON.stringify({ script: path, line, column, start, end, severity, rule, message, hint }))
      }
    },
    end() {},
  }
}
