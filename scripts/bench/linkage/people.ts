import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { plainBytes } from '../../../src/client/csv.ts'
import { readIdentity } from '../../../src/linkage/read-identity.ts'
import type { Identity, RawIdentity } from '../../../src/linkage/types.ts'

/** One row of a set whose truth is known: rows with the same `entityId` concern the same person. */
export type Row = {
  readonly entityId: string
  readonly raw: RawIdentity
  readonly identity: Identity
}

const columns = [
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
] as const satisfies readonly (keyof RawIdentity)[]

export type SetOfRows = {
  readonly rows: readonly Row[]
  /** Fields that could not be read and were left out, by column. */
  readonly faults: ReadonlyMap<string, number>
}

/** Sets of historical people are worth measuring on too. */
const longAgo = 1000

/**
 * Reads a CSV file with a header: the identity columns of the demonstration and `entityId`; of the
 * identity columns any may be absent, other columns are passed over.
 * @throws Error when there is no column `entityId`, or a row has none
 */
export const readSet = (file: string): SetOfRows => {
  const bytes = Buffer.from(plainBytes(readFileSync(file)))
  const header = bytes.subarray(0, bytes.indexOf('\n')).toString()
  const records: Record<string, string>[] = parse(bytes, {
    columns: (names: string[]) => names.map((name) => name.trim()),
    delimiter: header.includes(';') ? ';' : header.includes('\t') ? '\t' : ',',
    skip_empty_lines: true,
    relax_column_count: true,
  })
  const faults = new Map<string, number>()
  const rows = records.map((record, at): Row => {
    const entityId = record.entityId?.trim()
    if (!entityId) throw new Error(`${file}: row ${at + 1} has no entityId`)
    const raw: RawIdentity = Object.fromEntries(
      columns.map((column) => [column, record[column] ?? '']),
    )
    const { identity, problems } = readIdentity(raw, undefined, longAgo)
    for (const { field } of problems) faults.set(field, (faults.get(field) ?? 0) + 1)
    return { entityId, raw, identity }
  })
  return { rows, faults }
}

/** Two sets to be compared with each other, or one with itself. */
export type Comparison = {
  readonly ones: readonly Row[]
  readonly others: readonly Row[]
  readonly isOneSet: boolean
}

/** How many pairs concern one person: across two sets, or inside one. */
export const truePairs = ({ ones, others, isOneSet }: Comparison): number => {
  const counts = new Map<string, number>()
  for (const { entityId } of others) counts.set(entityId, (counts.get(entityId) ?? 0) + 1)
  if (isOneSet)
    return [...counts.values()].reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
  return ones.reduce((sum, { entityId }) => sum + (counts.get(entityId) ?? 0), 0)
}
