// Python blocks: snapshots are taken when the script reaches a block, all blocks run in one interpreter after the last
// event, as upstream does. The program reaches Python as /dev/fd/3, and how far it came stands in the file that is its
// descriptor 4. Both have no name, so nothing can stay behind; and a file has no end to wait for, where a pipe that a
// block's own child keeps open would. Read first: language/4-running.md 6; command.ts.
import { closeSync, readSync } from 'node:fs'
import type { PythonVariables } from '@lunadrill/tcpinfo'
import { namelessFile } from '../nameless-file.js'
import { Problem } from '../trace/problem.js'
import { type CommandFailure, runCommand } from './command.js'

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
import os, sys
class _Traceback:
    # Seldom used, and half of what this program would import.
    def __getattr__(self, name):
        import traceback
        return getattr(traceback, name)
def _report(*words):
    text = '\\0'.join(words).encode('utf-8', 'replace')
    try:
        os.pwrite(4, text + b'\\n', 0)
    except OSError:
        pass # a block has closed it
def _main(path, snippets):
    # Upstream's preamble imports these two, so blocks may rely on them.
    names = {'__name__': '__main__', 'sys': sys, 'traceback': _Traceback()}
    for line, text_line, text, variables, missing in snippets:
        names.update(variables)
        names['_file'], names['_line'] = path, line
        for name in missing: names.pop(name, None)
        code = None
        _report(str(line))
        try:
            code = compile('\\n' * (text_line - 1) + text + '\\n\\n', path, 'exec')
            exec(code, names)
        except SystemExit:
            raise
        except BaseException as error:
            import traceback
            used = code.co_names if code is not None else ()
            values = ', '.join('%s = %s' % (n, variables[n]) for n in used if n in variables)
            lost = error.name if isinstance(error, NameError) and error.name in missing else ''
            frames = traceback.format_exception(type(error), error, error.__traceback__.tb_next)
            word = traceback.format_exception_only(type(error), error)[-1].strip()
            sys.stdout.flush()
            _report(str(line), word, values, lost, ''.join(frames))
            os._exit(1)
`

/** More than any traceback: what a block writes there itself is none of ours. */
const REPORT_OCTETS = 1 << 20

/** Runs the blocks with `command` (`python3`). `timeoutS`: for all together, as runCommand has it. Null where all passed. */
export function runSnippets(
  path: string,
  command: string,
  snippets: readonly Snippet[],
  timeoutS: number,
): SnippetFailure | null {
  const program = namelessFile(`${driver}\n_main(${literal(path)}, [\n${snippets.map(snippetLiteral).join(',\n')}])\n`)
  const report = namelessFile()
  try {
    const failure = runCommand(`${command} /dev/fd/3`, timeoutS, [program, report])
    return failure === null ? null : explain(path, command, failure, textOf(report), snippets)
  } finally {
    closeSync(program)
    closeSync(report)
  }
}

function textOf(fd: number): string {
  const octets = Buffer.alloc(REPORT_OCTETS)
  const text = octets.toString('utf8', 0, readSync(fd, octets, 0, octets.length, 0))
  return text.slice(0, Math.max(0, text.lastIndexOf('\n')))
}

function explain(
  path: string,
  command: string,
  failure: CommandFailure,
  report: string,
  snippets: readonly Snippet[],
): SnippetFailure {
  const { code, why } = failure
  const timedOut = code === 'LD_COMMAND_TIMEOUT'
  const reason = `'${command}' ${why.replace(/^non-zero/, 'returned non-zero')}`
  const upstream = `error executing code: ${reason}`
  const [lineText = '', word, values = '', lost = '', frames = ''] = report.split('\0')
  const line = Number(lineText)
  const snippet = snippets.find((each) => each.line === line)
  const problem = (message: string, hint: string | null) =>
    new Problem(timedOut ? code : 'LD_CODE', message, upstream, { hint })
  if (snippet === undefined) {
    const hint = timedOut ? failure.hint : `is '${command}' installed?`
    return { problem: problem(`Python could not be run: ${reason}`, hint), line: null, report: '' }
  }
  if (word === undefined) {
    const hint = timedOut
      ? failure.hint
      : 'the block ended Python itself (exit); its output is above, if it said anything'
    return { problem: problem(reason, hint), line, report: '' }
  }
  const message = values === '' ? word : `${word}\nat that time: ${values}`
  const lines = `${path}:${line}: error in Python code\n${frames.trimEnd()}`
  return { problem: problem(message, hintFor(word, snippet, lost)), line, report: lines }
}

function hintFor(word: string, { text, variables }: Snippet, lost: string): string | null {
  if (lost !== '') return `${lost} has no value here: ${variables.missing.get(lost)}`
  if (!word.startsWith('SyntaxError')) return null
  const slip = /\bassert\s+([\w.]+)\s*=\s*(?!=)([^\s;]+)/.exec(text)
  return slip === null ? null : `\`=\` assigns; to compare, write \`==\`: assert ${slip[1]} == ${slip[2]}`
}

const snippetLiteral = ({ text, line, textLine, variables }: Snippet) =>
  `(${line}, ${textLine}, ${literal(text)}, {${[...variables.values].map(([name, value]) => `'${name}': ${value}`).join(', ')}}, ` +
  `{${[...variables.missing.keys()].map((name) => `'${name}'`).join(', ')}${variables.missing.size === 0 ? '' : ','}})`

/** A Python string: JSON's escapes are Python's. */
const literal = (text: string) => JSON.stringify(text)
