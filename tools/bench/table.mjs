// Rows of the bench as text. A row: { measure, median, p99, unit, aim }, where `aim` says which figure is to be at most,
// below or at least what (and in `is`, where that comes from); p99 and aim may be null. `upstream` and `ratio` (ours to it)
// are there where upstream was measured beside.

/** Whether the row's aim is met; null where it has none. */
export function met({ aim, ...figures }) {
  if (aim === null) return null
  const figure = figures[aim.figure]
  if (figure === null) return null
  if (aim.below !== undefined) return figure < aim.below
  return aim.most === undefined ? figure >= aim.least : figure <= aim.most
}

function aimText(aim) {
  if (aim === null) return '–'
  const text =
    aim.below !== undefined
      ? `< ${number(aim.below)}`
      : aim.most !== undefined
        ? `≤ ${number(aim.most)}`
        : `≥ ${number(aim.least)}`
  return `${aim.figure === 'p99' ? 'p99 ' : ''}${text}${aim.is === undefined ? '' : `, ${aim.is}`}`
}

const verdictText = (row) => ({ true: 'yes', false: 'NO', null: '–' })[String(met(row))]

function number(value) {
  if (value === null || value === undefined) return '–'
  const digits = value >= 1000 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

const NUMERIC = [1, 2, 3, 4]

/** The whole table, each column as wide as its widest cell. */
export function tableText(rows) {
  const cells = [
    ['measure', 'median', 'p99', 'upstream', 'ratio', 'unit', 'aim', 'met?'],
    ...rows.map((row) => [
      row.measure,
      number(row.median),
      number(row.p99),
      number(row.upstream),
      number(row.ratio),
      row.unit,
      aimText(row.aim),
      verdictText(row),
    ]),
  ]
  const widths = cells[0].map((_, column) => Math.max(...cells.map((row) => row[column].length)))
  const pad = (cell, column) => (NUMERIC.includes(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))
  return cells.map((row) => row.map(pad).join('  ').trimEnd()).join('\n')
}
