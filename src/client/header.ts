import { type Delimiter, readRecords, UnreadableFile } from './csv.ts'

/** Columns of a household, location or vehicle; with the column `subject` only. */
export const sceneColumns = [
  'country',
  'postcode',
  'street',
  'houseNumber',
  'placeName',
  'licencePlate',
] as const

export const allColumns = [
  'caseReference',
  'subject',
  'bsn',
  'vNumber',
  'documentCountry',
  'documentNumber',
  'phone',
  'givenNames',
  'prefix',
  'familyName',
  'birthDate',
  'sex',
  'place',
  ...sceneColumns,
  'category',
  'indicators',
  'observedOn',
  'region',
  'role',
  'narrative',
  'measures',
] as const
export type Column = (typeof allColumns)[number]

/** Columns of which one at least must say something in every row about a person. */
export const identifyingColumns = [
  'bsn',
  'vNumber',
  'documentNumber',
  'phone',
  'givenNames',
  'familyName',
] as const satisfies readonly Column[]

/** Columns of which one at least lets a household, location or vehicle be recognised. */
const sceneIdentifyingColumns = [
  'postcode',
  'street',
  'placeName',
  'licencePlate',
] as const satisfies readonly Column[]

const requiredColumns = [
  'caseReference',
  'observedOn',
  'category',
] as const satisfies readonly Column[]

/** "Case reference", "case_reference" and "caseReference" are one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '')

const columnByName = new Map<string, Column>(allColumns.map((column) => [plain(column), column]))

const columnNamed = (field: string): Column | undefined => columnByName.get(plain(field))

const knownIn = (fields: readonly string[]): number =>
  fields.filter((field) => columnNamed(field) !== undefined).length

/** The separator under which the first line with text has the most known columns; a comma if none has. */
export const delimiterOf = (bytes: Uint8Array): Delimiter => {
  const start = bytes.findIndex((byte) => byte > 0x20)
  const end = bytes.indexOf(0x0a, Math.max(start, 0))
  const firstLine = bytes.subarray(Math.max(start, 0), end === -1 ? bytes.length : end)
  const delimiters: readonly Delimiter[] = [',', ';', '\t']
  const counts = delimiters.map((delimiter) => {
    const [header] = readRecords(firstLine, delimiter)
    return header !== undefined && 'fields' in header ? knownIn(header.fields) : 0
  })
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}

const identifies = (known: readonly Column[]): boolean =>
  identifyingColumns.some((column) => known.includes(column)) ||
  (known.includes('subject') && sceneIdentifyingColumns.some((column) => known.includes(column)))

/** A column name is shown only if it can't be a value that slipped into the header. */
const shown = (name: string, at: number): string =>
  /^\p{L}[\p{L}\p{N} _-]{0,39}$/u.test(name) && name.replace(/\P{N}/gu, '').length <= 3
    ? `"${name}"`
    : `number ${at + 1}`

/**
 * The columns in the file's order.
 * @param required those without which the file says too little
 * @throws UnreadableFile with every fault of the header. Unknown columns are named, unless no column is
 * known at all: then the first row is taken for a row of people, and nothing of it is repeated.
 */
export const columnsOf = (
  header: readonly string[],
  required: readonly Column[] = requiredColumns,
): Column[] => {
  const names = header.map((name) => name.trim())
  // A spreadsheet's empty columns at the end.
  while (names.at(-1) === '') names.pop()
  if (knownIn(names) < 2) {
    throw new UnreadableFile([
      `the first row must name the columns, such as ${required.join(', ')}; ${knownIn(names) === 0 ? 'none of its names is known' : 'only one of its names is known'}. Known are ${allColumns.join(', ')}`,
    ])
  }
  const columns = names.map(columnNamed)
  const unknown = names.flatMap((name, at) => (columns[at] === undefined ? [shown(name, at)] : []))
  const known = columns.filter((column) => column !== undefined)
  const twice = [...new Set(known.filter((column, at) => known.indexOf(column) !== at))]
  const missing = required.filter((column) => !known.includes(column))
  const problems = [
    ...(unknown.length === 0
      ? []
      : [`unknown columns: ${unknown.join(', ')}; known are ${allColumns.join(', ')}`]),
    ...(twice.length === 0 ? [] : [`columns given twice: ${twice.join(', ')}`]),
    ...(missing.length === 0 ? [] : [`missing columns: ${missing.join(', ')}`]),
    ...(identifies(known)
      ? []
      : [
          `missing columns: at least one of ${identifyingColumns.join(', ')}; or subject and one of ${sceneIdentifyingColumns.join(', ')}`,
        ]),
  ]
  if (problems.length > 0) throw new UnreadableFile(problems)
  return known
}
