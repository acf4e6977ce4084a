import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EngineError } from '../../src/errors.js'
import { Progress, RunPhase } from '../../src/host/layout.js'
import { ProgressWriter } from '../../src/host/progress.js'
import { addressesOf } from '../../src/run/addresses.js'
import { carryOut } from '../../src/run/carry-out.js'
import { freshOptions } from '../../src/run/options.js'
import type { InterpreterReport, InterpreterTask } from '../../src/run/task.js'
import type { RunOptions } from '../../src/run/types.js'
import { PASSIVE, PASSIVE_LINES, passive } from '../support/connections.js'
import { scriptOf } from '../support/play.js'
import { blocks, call, PlaybookHost, returns, type Step, sends, snapshot } from '../support/playbook.js'

const variables = { values: new Map([['tcpi_snd_cwnd', 10]]), missing: new Map<string, string>() }

let folder: string
let page: ArrayBuffer
let host: PlaybookHost

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lunadrill-test-'))
  page = new ArrayBuffer(Progress.size)
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** A command that leaves its word in the folder's notes. */
const note = (word: string, then = '') => `\`echo ${word} >> ${folder}/notes${then}\``
const notes = () => readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n')

function perform(
  text: string,
  steps: readonly Step[] = [],
  options: Partial<RunOptions> = {},
  stack: InterpreterTask['host'] = { kind: 'kernel', gate: null },
): InterpreterReport {
  host = new PlaybookHost(steps)
  const all = { ...freshOptions(), ...options }
  const task = {
    runId: 5,
    scriptPath: 'a.pkt',
    text,
    script: scriptOf(text),
    options: all,
    addresses: addressesOf(all, true),
    host: stack,
    neighbours: false,
    trace: false,
  } as const
  const report = carryOut(task, () => host, new ProgressWriter(page))
  if (report.failure === null) host.finished()
  return report
}
const upstream = (...given: Parameters<typeof perform>) => perform(...given).failure?.upstream

describe('a run', () => {
  it('goes from init scripts over init, events and cleanup to Python', () => {
    const python = `%{ open('${folder}/notes', 'a').write('python\\n') }%`
    const text = `${note('init')}\n${PASSIVE}+0 ${note('event')}\n+0 ${python}\n${note('cleanup')}\n`
    const report = perform(text, [...passive, snapshot(variables)], { initScripts: [`echo script >> ${folder}/notes`] })
    expect(report).toEqual({
      failure: null,
      message: null,
      warnings: [],
      verbose: [],
      trace: [],
      worstLateUs: 0,
      pacemakerUs: 0,
    })
    expect(notes()).toEqual(['script', 'init', 'event', 'cleanup', 'python'])
    expect(host.closed).toBe(1)
  })

  it('tells on the progress page how far it came', () => {
    perform(PASSIVE, passive)
    const view = new DataView(page)
    expect(view.getUint32(Progress.runId, true)).toBe(5)
    expect(view.getUint32(Progress.eventIndex, true)).toBe(PASSIVE_LINES - 1)
    expect(view.getUint32(Progress.phase, true)).toBe(RunPhase.idle)
  })

  it('that fails says so in upstream’s words and in ours', () => {
    const report = perform(`${PASSIVE}+0 > . 1:1(0) ack 2\n`, [...passive, sends('. 5001:5001(0) ack 1 win 9', 90)])
    expect(report.failure).toMatchObject({ verdict: 'fail', code: 'LD_PACKET', line: 8, column: 1 })
    expect(report.failure?.upstream).toBe(
      [
        'a.pkt:8: error handling packet: live packet field tcp_ack_seq: expected: 2 (0x2) vs actual: 1 (0x1)',
        'script packet:  0.000000 . 1:1(0) ack 2 ',
        'actual packet:  0.000090 . 1:1(0) ack 1 win 9 ',
      ].join('\n'),
    )
    expect(report.message).toMatchInlineSnapshot(`
      "a.pkt:8:1: fail: live packet field tcp_ack_seq: expected: 2 (0x2) vs actual: 1 (0x1)
         8 | +0 > . 1:1(0) ack 2
           | ^^^^^^^^^^^^^^^^^^^
                 expected  actual
        flags    .         .
        seq      1:1(0)    1:1(0)
        ack      2         1       <-- differs
        win      any       9
        options  none      none
        time: expected 0.000000 s, happened at 0.000090 s (90 us late; tolerance 4000 us)
        before:
            0.000000  line 3  +0 listen(3, 1) = 0
            0.000000  line 4  +0 < S 0:0(0) win 1000
            0.000000  line 5  +0 > S. 0:0(0) ack 1 <...>
            0.000000  line 6  +0 < . 1:1(0) ack 1 win 1000
            0.000000  line 7  +0 accept(3, ..., ...) = 4"
    `)
    expect(host.closed).toBe(1)
  })

  it('with --non_fatal=packet passes with warnings', () => {
    const report = perform(`${PASSIVE}+0 > . 1:1(0) ack 2\n`, [...passive, sends('. 5001:5001(0) ack 1 win 9')], {
      nonFatalPackets: true,
    })
    expect(report.failure).toBeNull()
    expect(report.warnings.map((each) => each.split('\n')[0])).toEqual([
      'a.pkt:8: warning handling packet: live packet field tcp_ack_seq: expected: 2 (0x2) vs actual: 1 (0x1)',
    ])
  })

  it('takes the first remote port before the script begins', () => {
    perform(PASSIVE, passive)
    expect(host.remotePort()).toBe(40_001)
  })
})

describe('the cleanup command', () => {
  const failing = `0 ${'`false`'}\n`

  it('runs after a failure, if an init command has run', () => {
    expect(upstream(`${note('init')}\n${failing}${note('cleanup')}\n`)).toBe(
      'a.pkt:2: error executing `false` command: non-zero status 1',
    )
    expect(notes()).toEqual(['init', 'cleanup'])
  })

  it('does not run without an init command', () => {
    perform(`0 ${note('event')}\n${note('cleanup')}\n`)
    perform(`0 ${note('event')}\n+0 \`false\`\n${note('cleanup')}\n`)
    expect(notes()).toEqual(['event', 'event'])
  })

  it('does not run after an init command that fails', () => {
    expect(upstream(`${note('init', '; exit 3')}\n0 \`true\`\n${note('cleanup')}\n`)).toBe(
      'a.pkt: error executing init command: non-zero status 3',
    )
    expect(notes()).toEqual(['init'])
  })

  it('that fails after a failure adds its words', () => {
    expect(upstream(`\`true\`\n${failing}\`exit 4\`\n`)).toBe(
      'a.pkt:2: error executing `false` command: non-zero status 1\na.pkt: error executing cleanup command: non-zero status 4',
    )
  })

  it('that fails fails the run, once, and Python is not asked', () => {
    const text = `\`true\`\n${PASSIVE}+0 %{ assert False }%\n${note('cleanup', '; exit 4')}\n`
    expect(upstream(text, [...passive, snapshot(variables)])).toBe(
      'a.pkt: error executing cleanup command: non-zero status 4',
    )
    expect(notes()).toEqual(['cleanup'])
  })

  it('runs again where Python fails after it', () => {
    const text = `\`true\`\n${PASSIVE}+0 %{ assert tcpi_snd_cwnd == 9 }%\n${note('cleanup')}\n`
    const { failure, message } = perform(text, [...passive, snapshot(variables)])
    expect(failure).toMatchObject({ code: 'LD_CODE', line: 9 })
    expect(failure?.upstream).toMatch(
      /^a\.pkt:9: error in Python code\nTraceback[\s\S]*\nAssertionError\na\.pkt: error executing code: 'python3' returned non-zero status 1$/,
    )
    expect(message).toContain('a.pkt:9:1: fail: AssertionError\nat that time: tcpi_snd_cwnd = 10')
    expect(notes()).toEqual(['cleanup', 'cleanup'])
  })
})

describe('an init script that fails', () => {
  it('ends the run before there is a host', () => {
    expect(upstream('0 `true`\n', [call('socket', 3)], { initScripts: ['exit 5'] })).toBe(
      "a.pkt: error executing init script 'exit 5': non-zero status 5",
    )
    expect(host.closed).toBe(0)
  })
})

describe('a blocking call at the end', () => {
  const text = `${PASSIVE}+0...0.5 read(4, ..., 10) = 10\n`

  it('gets a second', () => {
    expect(perform(text, [...passive, blocks('read'), returns(10, 500_000)]).failure).toBeNull()
  })

  it('that outlasts it is an error at its line', () => {
    expect(upstream(text, [...passive, blocks('read')])).toBe(
      'a.pkt:8: runtime error: exiting while a blocking system call is in progress',
    )
  })
})

describe('what cannot be run', () => {
  it.each<[Partial<RunOptions>, string]>([
    [{ codeFormat: 'perl' }, "unsupported --code_format 'perl'"],
    [{ codeSockopt: 'SO_X' }, "unsupported --code_sockopt 'SO_X'"],
    [{ wireMode: 'server' }, 'a script cannot make its run a wire server'],
  ])('as an option is an error without a place: %j', (options, words) => {
    expect(perform('0 `true`\n', [], options).failure).toMatchObject({ verdict: 'error', upstream: words })
  })

  it('as an event is skipped at its line, before anything has run', () => {
    const userspace = {
      kind: 'userspace',
      channel: new SharedArrayBuffer(8),
      clock: 'virtual',
      stack: 'lwIP',
      admin: null,
      capabilities: 0n,
      tasks: [],
    } as const
    const { failure } = perform(`${note('init')}\n0 \`true\`\n0 < icmp unreachable\n`, [], {}, userspace)
    expect(failure).toMatchObject({
      verdict: 'skip',
      line: 3,
      message: 'skipped: stack lacks ICMP errors at its sockets',
    })
    expect(notes).toThrow('ENOENT')
  })

  it('because of a defect of ours says so', () => {
    const { failure } = perform(PASSIVE, [])
    expect(failure).toMatchObject({
      verdict: 'error',
      code: 'LD_INTERNAL',
      message: expect.stringMatching(/^playbook: /),
    })
    expect(failure?.hint).toMatch(/^this is a defect of lunadrill, please report it:\n/)
    expect(host.closed).toBe(1)
  })

  it('because the host is not there is the environment’s error, with what to do', () => {
    const task = {
      runId: 1,
      scriptPath: 'a.pkt',
      text: '0 `true`\n',
      script: scriptOf('0 `true`\n'),
      options: freshOptions(),
      addresses: addressesOf(freshOptions(), true),
      host: { kind: 'kernel', gate: null },
      neighbours: false,
      trace: false,
    } as const
    const open = () => {
      throw new EngineError('LD_TUN_MISSING', 'no /dev/net/tun', 'sudo modprobe tun')
    }
    const { failure, message } = carryOut(task, open, new ProgressWriter(page))
    expect(failure).toMatchObject({ verdict: 'error', code: 'LD_TUN_MISSING', line: null, hint: 'sudo modprobe tun' })
    expect(message).toBe('a.pkt: error: no /dev/net/tun\n  hint: sudo modprobe tun')
  })
})
