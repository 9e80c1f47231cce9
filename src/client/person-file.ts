import type { Identity } from '../linkage/types.ts'
import { plainBytes, readRecords, UnreadableFile } from './csv.ts'
import { columnsOf, delimiterOf } from './header.ts'
import { subjectIn } from './row-subject.ts'

/** The person who asks, as the contact point wrote it down. Holds an identity: never leaves the agency. */
export type Person = { readonly caseReference: string; readonly identity: Identity }

/**
 * Reads a CSV file with one person: a header row, then one row. The columns are those of a file of signals; all
 * that says who it is counts, and `caseReference` is the number of the request.
 * @throws UnreadableFile with everything that is wrong with it, and nothing of what stands in it
 */
export function readPerson(csv: string | Uint8Array, today: string): Person {
  const bytes = plainBytes(csv)
  const records = readRecords(bytes, delimiterOf(bytes)).filter(
    (record) => 'fault' in record || record.fields.some((field) => field.trim() !== ''),
  )
  const [header, row, ...others] = records
  if (header === undefined || row === undefined || others.length > 0) {
    throw new UnreadableFile(['it takes a header row and one person'])
  }
  const faults = [header, row].flatMap((one) => ('fault' in one ? [one.fault] : []))
  if ('fault' in header || 'fault' in row) throw new UnreadableFile(faults)
  const columns = columnsOf(header.fields, ['caseReference'])
  const cells = new Map(columns.map((column, at) => [column, (row.fields[at] ?? '').trim()]))
  const { subject, problems } = subjectIn((column) => cells.get(column) ?? '', today)
  const caseReference = cells.get('caseReference') ?? ''
  const wrong = [
    ...problems,
    ...(caseReference === '' ? ['caseReference: is missing'] : []),
    ...(subject?.scene === undefined ? [] : ['subject: only a person can ask']),
  ]
  if (wrong.length > 0 || subject === undefined) throw new UnreadableFile(wrong)
  return { caseReference, identity: subject.identity }
}
