// Gathers what the native check tells, line by line. Supervisor. Read first: dpdk-native/native/stack-check/report.h.
import type { StackFault } from '../trace/failure.js'
import type { StackFinding } from './types.js'

export interface StackIdentity {
  readonly name: string
  readonly version: string
  readonly abi: string
  readonly capabilities: bigint
}

export class ReportReader {
  /** Null until the object has told. */
  stack: StackIdentity | null = null
  /** The number of the group that was begun last. */
  group = 0
  private groupFunction = 'luna_stack_v1'
  /** By function, in the order in which they were first met. */
  private readonly byFunction = new Map<string, StackFinding[]>()
  /** What was begun and has not come back. */
  private open: { readonly function: string; readonly what: string } | null = null
  /** What is called by the way. */
  private inside: string | null = null

  take(line: string): void {
    const [kind, ...fields] = line.split('\t')
    const [first = '', second = '', third = '', fourth = '', fifth = '0'] = fields
    switch (kind) {
      case 'stack':
        this.stack = { name: first, version: second, abi: `${third}.${fourth}`, capabilities: BigInt(fifth) }
        return
      case 'group':
        this.group = Number(first)
        this.groupFunction = second
        this.open = this.inside = null
        return
      case 'try':
        this.open = { function: first, what: second }
        return
      case 'pass':
        this.close('pass', null, null)
        return
      case 'fail':
        this.close('fail', first, second)
        return
      case 'in':
        this.inside = first
        return
      case 'out':
        this.inside = null
        return
      case 'leave':
        this.add(this.groupFunction, 'the rest of its checks', 'unchecked', null, first)
        this.open = this.inside = null
    }
  }

  /** The process has come to its end, or is to: which function is to blame. */
  died(outcome: 'crash' | 'hang', how: string, fault: StackFault | null): void {
    const { function: name, what } = this.open ?? {
      function: this.inside ?? this.groupFunction,
      what: `called for the checks of ${this.groupFunction}`,
    }
    this.add(name, what, outcome, null, how, fault)
    this.open = this.inside = null
  }

  /** A finding that no line tells. */
  add(
    name: string,
    what: string,
    outcome: StackFinding['outcome'],
    expected: string | null,
    actual: string | null,
    fault: StackFault | null = null,
  ): void {
    const finding = { function: name, what, outcome, expected, actual, fault }
    const list = this.byFunction.get(name)
    if (list === undefined) this.byFunction.set(name, [finding])
    else list.push(finding)
  }

  get checks(): StackFinding[] {
    return [...this.byFunction.values()].flat()
  }

  private close(outcome: 'pass' | 'fail', expected: string | null, actual: string | null): void {
    if (this.open === null) return
    this.add(this.open.function, this.open.what, outcome, expected, actual)
    this.open = null
  }
}
