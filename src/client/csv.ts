import { CsvError, parse } from 'csv-parse/sync'

/** A file that can't be read as a whole. INVARIANT: no problem repeats the content of a row. */
export class UnreadableFile extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`The file cannot be read: ${problems.join('; ')}`)
    this.name = 'UnreadableFile'
    this.problems = problems
  }
}

/** A record of a CSV file, or what keeps its line from being one. `line` is where it starts. */
export type CsvRecord =
  | { readonly line: number; readonly fields: readonly string[] }
  | { readonly line: number; readonly fault: string }

export type Delimiter = ',' | ';' | '\t'

const lineFeed = 10

const decoderOf = (bytes: Uint8Array): TextDecoder => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be')
  return new TextDecoder('utf-8', { fatal: true })
}

/** UTF-8, UTF-16 with a byte order mark, or else Windows-1252: what Dutch spreadsheets write. */
const textOf = (bytes: Uint8Array): string => {
  try {
    return decoderOf(bytes).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The file as UTF-8 bytes without byte order mark, with line feeds only. */
export const plainBytes = (csv: string | Uint8Array): Uint8Array => {
  const text = typeof csv === 'string' ? csv : textOf(csv)
  return new TextEncoder().encode(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'))
}

const quoteFaults: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE:
    'a quote is followed by more text; write a quote inside a quoted field twice',
  INVALID_OPENING_QUOTE:
    'a quote stands in the middle of a field; quote the whole field and write the inner quote twice',
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
}

const lineFeedsIn = (bytes: Uint8Array, start: number, end: number): number => {
  let count = 0
  for (let at = start; at < end; at += 1) if (bytes[at] === lineFeed) count += 1
  return count
}

/**
 * All records of `bytes` (see `plainBytes`) with the physical line each starts on, counted from 1;
 * quoted fields may hold line breaks. A line with a stray quote becomes a fault and reading goes on at
 * the next line, so that no later row can be drawn into an earlier one. Linear: from a stray quote the
 * parser reads at most up to the next one.
 */
export const readRecords = (bytes: Uint8Array, delimiter: Delimiter): CsvRecord[] => {
  const records: CsvRecord[] = []
  let start = 0
  let line = 1
  while (start < bytes.length) {
    const fault = readUntilFault(bytes.subarray(start), delimiter, (fields, length) => {
      records.push({ line, fields })
      line += lineFeedsIn(bytes, start, start + length)
      start += length
    })
    if (fault === undefined) return records
    records.push({ line, fault })
    const end = bytes.indexOf(lineFeed, start)
    if (end === -1) return records
    start = end + 1
    line += 1
  }
  return records
}

/** Gives each record with its length in bytes to `take`; returns the fault that stopped it, if any. */
const readUntilFault = (
  bytes: Uint8Array,
  delimiter: Delimiter,
  take: (fields: readonly string[], length: number) => void,
): string | undefined => {
  let taken = 0
  try {
    parse(bytes, {
      delimiter,
      record_delimiter: '\n',
      relax_column_count: true,
      max_record_size: 0,
      on_record: (fields: string[], { bytes: end }) => {
        take(fields, end - taken)
        taken = end
        return null
      },
    })
    return undefined
  } catch (error) {
    const fault = error instanceof CsvError ? quoteFaults[error.code] : undefined
    if (fault === undefined) throw error
    return fault
  }
}
