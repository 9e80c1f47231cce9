import { isDay } from '../kernel/calendar.ts'
import { canonicalText } from '../kernel/canonical.ts'
import { type IndicatorCode, indicators } from '../wire/codes/indicators.ts'
import type { RegionCode } from '../wire/codes/regions.ts'
import { categories, codesOf, roles } from '../wire/codes.ts'
import { codeReader, readRegion } from './code-reading.ts'
import { type CsvRecord, plainBytes, readRecords, UnreadableFile } from './csv.ts'
import type { Category } from './derive.ts'
import { type Column, columnsOf, delimiterOf } from './header.ts'
import { isAboutScene, type RowSubject, subjectIn } from './row-subject.ts'

export type Role = (typeof roles)[number]['code']

/** One subject of one case, as a partner's file tells it. Holds an identity: never leaves the partner. */
export type SignalRow = RowSubject & {
  readonly line: number
  readonly caseReference: string
  readonly category: Category
  readonly indicators: readonly IndicatorCode[]
  /** `YYYY-MM-DD` */
  readonly observedOn: string
  readonly region?: RegionCode
  readonly role: Role
  /** Texts that are sealed before they leave, each on its own. */
  readonly narrative?: string
  readonly measures?: string
}

/** A row that is left out, with all that is wrong with it. No problem repeats what stands in a field. */
export type RejectedRow = { readonly line: number; readonly problems: readonly string[] }

/** The wire's limits, told here in the partner's own words before anything is sealed or sent. */
const limits = { caseReference: 100, indicators: 40, sealed: 10_000 } as const

type Cells = ReadonlyMap<Column, string>
type Reading<Value> = { readonly value?: Value; readonly problems: readonly string[] }

const found = <Value>(value: Value): Reading<Value> => ({ value, problems: [] })
const faulty = (...problems: string[]): Reading<never> => ({ problems })

const readCategory = codeReader(categories)
const readRole = codeReader(roles)
const readIndicator = codeReader(indicators)

const cell = (cells: Cells, column: Column): string => cells.get(column)?.trim() ?? ''

const caseReferenceOf = (cells: Cells): Reading<string> => {
  const text = cell(cells, 'caseReference')
  if (text === '') return faulty('caseReference: is missing; every row names its own case')
  if (text.length > limits.caseReference) {
    return faulty(`caseReference: takes at most ${limits.caseReference} characters`)
  }
  return /\p{Cc}/u.test(text)
    ? faulty('caseReference: takes one line without control characters')
    : found(text)
}

const categoryOf = (cells: Cells): Reading<Category> => {
  const category = readCategory(cell(cells, 'category'))
  return category === undefined
    ? faulty(`category: takes one of ${codesOf(categories).join(', ')}`)
    : found(category)
}

const roleOf = (cells: Cells): Reading<Role> => {
  const text = cell(cells, 'role')
  const role = text === '' ? 'unknown' : readRole(text)
  return role === undefined
    ? faulty(`role: takes nothing or one of ${codesOf(roles).join(', ')}`)
    : found(role)
}

const regionOf = (cells: Cells): Reading<RegionCode | undefined> => {
  const text = cell(cells, 'region')
  const region = readRegion(text)
  return text !== '' && region === undefined
    ? faulty('region: takes nothing or the name or code of a safety region, as in docs/codes.md')
    : found(region)
}

const indicatorsOf = (cells: Cells): Reading<readonly IndicatorCode[]> => {
  const items = cell(cells, 'indicators')
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  const known = new Set<IndicatorCode>()
  const unknown: number[] = []
  for (const [at, item] of items.entries()) {
    const code = readIndicator(item)
    if (code === undefined) unknown.push(at + 1)
    else known.add(code)
  }
  if (unknown.length > 0) {
    return faulty(
      `indicators: takes codes of docs/codes.md with ";" between; of ${items.length} given, not known: number ${unknown.slice(0, 10).join(', ')}`,
    )
  }
  return known.size > limits.indicators
    ? faulty(`indicators: takes at most ${limits.indicators}`)
    : found([...known])
}

/** A day as `YYYY-MM-DD`, or day first as Dutch spreadsheets save it. */
const dayIn = (text: string): string | undefined => {
  const groups = (
    /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/.exec(text) ??
    /^(?<day>\d{1,2})[-/.](?<month>\d{1,2})[-/.](?<year>\d{4})$/.exec(text)
  )?.groups
  const { year = '', month = '', day = '' } = groups ?? {}
  return isDay(Number(year), Number(month), Number(day))
    ? [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-')
    : undefined
}

const observedOnOf = (cells: Cells, today: string): Reading<string> => {
  const day = dayIn(cell(cells, 'observedOn'))
  return day === undefined || day < '2000-01-01' || day > today
    ? faulty('observedOn: takes a day from 2000 up to today, as YYYY-MM-DD or DD-MM-YYYY')
    : found(day)
}

const sealedTextOf = (
  cells: Cells,
  column: 'narrative' | 'measures',
): Reading<string | undefined> => {
  const text = cell(cells, column)
  return text.length > limits.sealed
    ? faulty(`${column}: takes at most ${limits.sealed} characters`)
    : found(text === '' ? undefined : text)
}

/** A role is a person's. */
const fittingRole = (role: Reading<Role>, scene: boolean): Reading<Role> =>
  scene && role.value !== undefined && role.value !== 'unknown'
    ? faulty('role: belongs to a person; leave it empty for a household, location or vehicle')
    : role

const rowOf = (line: number, cells: Cells, today: string): SignalRow | RejectedRow => {
  const caseReference = caseReferenceOf(cells)
  const { subject, problems } = subjectIn((column) => cell(cells, column), today)
  const category = categoryOf(cells)
  const signs = indicatorsOf(cells)
  const observedOn = observedOnOf(cells, today)
  const region = regionOf(cells)
  const role = fittingRole(roleOf(cells), isAboutScene(cell(cells, 'subject')))
  const narrative = sealedTextOf(cells, 'narrative')
  const measures = sealedTextOf(cells, 'measures')
  if (
    caseReference.value === undefined ||
    subject === undefined ||
    category.value === undefined ||
    signs.value === undefined ||
    observedOn.value === undefined ||
    role.value === undefined ||
    region.problems.length + narrative.problems.length + measures.problems.length > 0
  ) {
    const readings = [
      caseReference,
      { problems },
      category,
      signs,
      observedOn,
      region,
      role,
      narrative,
      measures,
    ]
    return { line, problems: readings.flatMap((reading) => reading.problems) }
  }
  return {
    line,
    caseReference: caseReference.value,
    ...subject,
    category: category.value,
    indicators: signs.value,
    observedOn: observedOn.value,
    ...(region.value === undefined ? {} : { region: region.value }),
    role: role.value,
    ...(narrative.value === undefined ? {} : { narrative: narrative.value }),
    ...(measures.value === undefined ? {} : { measures: measures.value }),
  }
}

const isBlank = (text: string): boolean => text.trim() === ''

/** Cells by column, or what keeps the fields from being told apart. */
const cellsOf = (
  record: CsvRecord,
  columns: readonly Column[],
): { readonly cells: Cells } | { readonly fault: string } => {
  if ('fault' in record) return { fault: `row: ${record.fault}` }
  const { fields } = record
  // Spreadsheets end rows with empty fields; those say nothing.
  const surplus = fields.slice(columns.length)
  if (fields.length < columns.length || !surplus.every(isBlank)) {
    return {
      fault: `row: takes ${columns.length} fields, has ${fields.length}; is one not quoted?`,
    }
  }
  return { cells: new Map(columns.map((column, at) => [column, fields[at] ?? ''])) }
}

/**
 * Reads a partner's CSV file: a header row, then one subject of one case per row. Comma, semicolon or
 * tab; UTF-8, UTF-16 with its mark, or Windows-1252; any line ends. Columns in any order; `caseReference`,
 * `observedOn`, `category` and one column that identifies are required, a column that is not known is refused.
 * Rows that say nothing are passed over. A faulty row is rejected with all its faults and the rest goes
 * on; where fields cannot be told apart (their number, a stray quote) only that is reported, because
 * everything else would be read from the wrong column. Codes may be given by name, see `docs/codes.md`.
 *
 * `today` is `YYYY-MM-DD`; nothing may have been observed after it. The same case reference again is
 * another subject of the same case. NOT checked: whether a row about a person can be linked at all, whether its subject
 * occurs twice, whether its retention has already ended (`submitRows` does).
 * @throws UnreadableFile when the header cannot be used; nothing else, whatever the text
 */
export const readRows = (
  csv: string | Uint8Array,
  { today }: { readonly today: string },
): { readonly rows: readonly SignalRow[]; readonly rejected: readonly RejectedRow[] } => {
  const bytes = plainBytes(csv)
  const said = readRecords(bytes, delimiterOf(bytes)).filter(
    (record) => 'fault' in record || !record.fields.every(isBlank),
  )
  const [header, ...records] = said
  if (header === undefined) throw new UnreadableFile(['the file is empty'])
  if ('fault' in header) throw new UnreadableFile([`header: ${header.fault}`])
  const columns = columnsOf(header.fields)
  const rows: SignalRow[] = []
  const rejected: RejectedRow[] = []
  for (const record of records) {
    const read = cellsOf(record, columns)
    const row =
      'fault' in read
        ? { line: record.line, problems: [read.fault] }
        : rowOf(record.line, read.cells, today)
    if ('problems' in row) rejected.push(row)
    else rows.push(row)
  }
  return { rows, rejected }
}

/** Rows that say, word for word, what an earlier one says; `first` is the line of that one. */
export function repeatedRows(
  rows: readonly SignalRow[],
): readonly { readonly line: number; readonly first: number }[] {
  const lines = new Map<string, number>()
  return rows.flatMap(({ line, ...said }) => {
    const text = canonicalText(said)
    const first = lines.get(text)
    if (first !== undefined) return [{ line, first }]
    lines.set(text, line)
    return []
  })
}
