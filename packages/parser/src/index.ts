// The parser's public face: text in, syntax tree or diagnostics out. Pure: a browser can load it.
export * from './ast/nodes.js'
/** What is wrong with a script, as data; codes are stable (`LD_…`). */
export type { Diagnostic, DiagnosticCode } from './diagnostic/diagnostic.js'
/** A diagnostic as text: ours with the line and a caret, and upstream's wording for tools that match on it. */
export { explain, explainAll, upstreamText } from './diagnostic/explain.js'
/** The nearest of some words, for "did you mean". */
export { suggest } from './diagnostic/suggest.js'
/** What only other systems can run: of a script, of an option. */
export { foreignNeed, optionNeed } from './dialect/needs.js'
/** The faults that a stack can be given, and their parameters, from text. */
export { Direction, type Fault, type FaultName, faultNames, faultOf, faults, type Parameter } from './fault/faults.js'
export { type FaultOrder, faultOrder, isProblem, type ParameterProblem } from './fault/value.js'
/** A script in the field's style: the same tree, all comments kept. */
export { FormatError, type FormatResult, formatScript } from './format/format-script.js'
/** Reads a script; the settings come from its own option block through a Configure. */
export { type ParseResult, parseScript } from './grammar/script.js'
export { type Configure, OptionProblem, type ParseSettings } from './grammar/settings.js'
/** Octets of a string literal's raw text. */
export { decodeString } from './text/escape.js'
/** Script lines with a caret, for messages of any package about a script. */
export { excerpt } from './text/excerpt.js'
export { lineOf } from './text/position.js'
