// Python blocks: snapshots are taken when the script reaches a block, all blocks run in one interpreter after the last
// event, as upstream does. The program reaches Python as /dev/fd/3, a file without a name, so nothing can stay behind;
// what went wrong comes back on descriptor 4. Read first: language/4-running.md 6.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PythonVariables } from '@lunadrill/tcpinfo'
import { Problem } from '../trace/problem.js'

/** One `%{ }%` block with what the stack said at its time. */
export interface Snippet {
  readonly text: string
  /** Line of the block's event: what messages name. */
  readonly line: number
  /** Line of the first character of `text`: where Python's own messages point. */
  readonly textLine: number
  readonly variables: PythonVariables
}

export interface SnippetFailure {
  readonly problem: Problem
  /** The block that failed; null where Python could not be run at all. */
  readonly line: number | null
  /** Upstream's lines before its `error executing code`. */
  readonly report: string
}

// Each block is compiled by itself, at its own line of the script, so that messages and tracebacks show the script.
const driver = `
import os, sys, traceback
def _main(path, snippets):
    # Upstream's preamble imports these two, so blocks may rely on them.
    names = {'__name__': '__main__', 'sys': sys, 'traceback': traceback}
    for line, text_line, text, variables, missing in snippets:
        names.update(variables)
        names['_file'], names['_line'] = path, line
        for name in missing: names.pop(name, None)
        code = None
        try:
            code = compile('\\n' * (text_line - 1) + text + '\\n\\n', path, 'exec')
            exec(code, names)
        except SystemExit:
            raise
        except BaseException as error:
            used = code.co_names if code is not None else ()
            values = ', '.join('%s = %s' % (n, variables[n]) for n in used if n in variables)
            lost = error.name if isinstance(error, NameError) and error.name in missing else ''
            frames = traceback.format_exception(type(error), error, error.__traceback__.tb_next)
            word = traceback.format_exception_only(type(error), error)[-1].strip()
            sys.stdout.flush()
            report = '\\0'.join((str(line), word, values, lost, ''.join(frames)))
            os.write(4, report.encode('utf-8', 'replace'))
            os._exit(1)
`

/** Runs the blocks with `command` (`python3`). Null where all passed. */
export function runSnippets(path: string, command: string, snippets: readonly Snippet[]): SnippetFailure | null {
  const program = `${driver}\n_main(${literal(path)}, [\n${snippets.map(snippetLiteral).join(',\n')}])\n`
  const fd = nameless(program)
  try {
    const ran = spawnSync('/bin/sh', ['-c', `${command} /dev/fd/3`], {
      stdio: ['inherit', 'inherit', 'inherit', fd, 'pipe'],
      encoding: 'utf8',
    })
    const why = failureOf(command, ran)
    if (why === null) return null
    return explain(path, why, String(ran.output?.[4] ?? ''), snippets)
  } finally {
    closeSync(fd)
  }
}

function failureOf(command: string, ran: ReturnType<typeof spawnSync>): string | null {
  if (ran.error !== undefined) return `error running '${command}' with system(3): ${ran.error.message}`
  if (ran.signal === 'SIGINT') return `'${command}' got signal 2 (Interrupt)`
  if (ran.signal === 'SIGQUIT') return `'${command}' got signal 3 (Quit)`
  return ran.status === null || ran.status === 0 ? null : `'${command}' returned non-zero status ${ran.status}`
}

function explain(path: string, why: string, report: string, snippets: readonly Snippet[]): SnippetFailure {
  const upstream = `error executing code: ${why}`
  const [lineText, word = '', values = '', lost = '', frames = ''] = report.split('\0')
  const line = Number(lineText)
  if (report === '' || !Number.isInteger(line)) {
    const hint = `is '${why.split("'")[1] ?? 'python3'}' installed?`
    return {
      problem: new Problem('LD_CODE', `Python could not be run: ${why}`, upstream, { hint }),
      line: null,
      report: '',
    }
  }
  const text = snippets.find((snippet) => snippet.line === line)?.text ?? ''
  const hint = hintFor(word, text, lost)
  const message = values === '' ? word : `${word}\nat that time: ${values}`
  const problem = new Problem('LD_CODE', message, upstream, { hint })
  return { problem, line, report: `${path}:${line}: error in Python code\n${frames.trimEnd()}` }
}

function hintFor(word: string, text: string, lost: string): string | null {
  if (lost !== '') return `this stack does not know ${lost}`
  if (!word.startsWith('SyntaxError')) return null
  const slip = /\bassert\s+([\w.]+)\s*=\s*(?!=)([^\s;]+)/.exec(text)
  return slip === null ? null : `\`=\` assigns; to compare, write \`==\`: assert ${slip[1]} == ${slip[2]}`
}

const snippetLiteral = ({ text, line, textLine, variables }: Snippet) =>
  `(${line}, ${textLine}, ${literal(text)}, {${[...variables.values].map(([name, value]) => `'${name}': ${value}`).join(', ')}}, ` +
  `{${[...variables.missing].map((name) => `'${name}'`).join(', ')}${variables.missing.size === 0 ? '' : ','}})`

/** A Python string: JSON's escapes are Python's. */
const literal = (text: string) => JSON.stringify(text)

/** A descriptor of a file that has no name any more. */
function nameless(text: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'lunadrill-'))
  const path = join(folder, 'code.py')
  try {
    writeFileSync(path, text)
    return openSync(path, 'r')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
