import { stringify } from 'csv-stringify/sync'

/** Begins a table, so that a spreadsheet reads it as UTF-8. */
export const byteOrderMark = '\uFEFF'

/** Rows as a Dutch spreadsheet reads them, and never as a formula: what begins like one gets an apostrophe. */
export const spreadsheetLines = (records: readonly (readonly unknown[])[]): string =>
  stringify(records as unknown[][], {
    delimiter: ';',
    record_delimiter: '\r\n',
    escape_formulas: true,
  })
