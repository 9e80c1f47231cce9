import { byteOrderMark, spreadsheetLines } from '../door/spreadsheet.ts'
import type { Access, ExportFormat } from '../wire/access.ts'

/** What an export came to: told before it begins, so that whoever gets it sees when it broke off. */
export type AccessExportStream = { readonly rows: number; readonly text: AsyncIterable<string> }

/** Columns of the table, in this order for good; new ones come last. */
export const exportColumns = [
  'index',
  'at',
  'kind',
  'outcome',
  'agency',
  'client',
  'officer',
  'onBehalfOf',
  'agreement',
  'purpose',
  'about',
  'answerSize',
] as const satisfies readonly (keyof Access)[]

/** The last line of a table, before the number of its rows. */
export const rowsLabel = 'rows'

async function* csvOf(pages: AsyncIterable<readonly Access[]>, rows: number) {
  yield `${byteOrderMark}${spreadsheetLines([exportColumns])}`
  for await (const page of pages) {
    yield spreadsheetLines(page.map((access) => exportColumns.map((name) => access[name])))
  }
  yield spreadsheetLines([[rowsLabel, rows]])
}

async function* jsonOf(pages: AsyncIterable<readonly Access[]>, rows: number) {
  let separator = '{"accesses":['
  for await (const page of pages) {
    if (page.length === 0) continue
    yield `${separator}${page.map((access) => JSON.stringify(access)).join(',')}`
    separator = ','
  }
  yield `${separator === ',' ? '' : separator}],"rows":${rows}}`
}

/** As many acts as were promised, or an error: what was erased meanwhile must not go unnoticed. */
async function* promised(pages: AsyncIterable<readonly Access[]>, rows: number) {
  let count = 0
  for await (const page of pages) {
    count += page.length
    yield page
  }
  if (count !== rows) throw new Error('entries were erased while acts were exported')
}

/**
 * The text of an export, page by page; its last line says how many rows there are.
 * Breaks off with an error, without that line, when there are not as many as were promised.
 */
export const exportText = (
  format: ExportFormat,
  pages: AsyncIterable<readonly Access[]>,
  rows: number,
): AsyncIterable<string> => (format === 'csv' ? csvOf : jsonOf)(promised(pages, rows), rows)
