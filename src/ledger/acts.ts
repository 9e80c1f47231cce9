import { sql } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'

/** What narrows a search of acts; a member that is missing narrows nothing. */
export type ActFilter = {
  readonly kind?: string
  readonly outcome?: string
  readonly client?: string
  readonly officer?: string
  readonly onBehalfOf?: string
  readonly agreement?: string
  readonly purpose?: string
  /** A signal, a handle or a follow-up. */
  readonly about?: string
  readonly from?: string
  readonly until?: string
  /** Only entries with a lower index. */
  readonly before?: number
}

export type ActRow = { readonly index: number; readonly payload: string }

const named = [
  'kind',
  'outcome',
  'client',
  'officer',
  'onBehalfOf',
  'agreement',
  'purpose',
] as const

/**
 * Entries of acts that a client of this agency did, the newest first. What time did, and what others did, has
 * no client of the agency and never comes; nor does an entry whose payload is erased.
 */
export async function actsOfAgency(
  reader: Reader,
  agency: AgencyId,
  filter: ActFilter,
  limit: number,
): Promise<ActRow[]> {
  const payload = sql`(payload::jsonb)`
  const conditions = [
    sql<boolean>`${payload} ->> 'agency' = ${agency}`,
    sql<boolean>`${payload} ->> 'client' is not null`,
    ...named.flatMap((name) =>
      filter[name] === undefined
        ? []
        : [sql<boolean>`${payload} ->> ${sql.lit(name)} = ${filter[name]}`],
    ),
    ...(filter.about === undefined
      ? []
      : [
          sql<boolean>`${filter.about} in (${payload} ->> 'signalId', ${payload} ->> 'handle', ${payload} ->> 'followUp')`,
        ]),
    ...(filter.from === undefined ? [] : [sql<boolean>`at >= ${filter.from}::timestamptz`]),
    ...(filter.until === undefined ? [] : [sql<boolean>`at < ${filter.until}::timestamptz`]),
    ...(filter.before === undefined ? [] : [sql<boolean>`index < ${filter.before}::bigint`]),
  ]
  const rows = await reader
    .selectFrom('ledger_entry')
    .select(['index', 'payload'])
    .where((where) => where.and(conditions))
    .orderBy('index', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ index, payload: text }) => ({ index, payload: text ?? '{}' }))
}

/** Whether an entry is of an act that a client of this agency did. */
export async function isActOfAgency(
  reader: Reader,
  agency: AgencyId,
  index: number,
): Promise<boolean> {
  const [row] = await actsOfAgency(reader, agency, { before: index + 1 }, 1)
  return row?.index === index
}

export type EntryRow = {
  readonly index: number
  readonly kind: string
  readonly at: Date
  /** Null once it is erased. */
  readonly payload: string | null
}

/** All entries after `index`, in order; for work that reads an operator's own ledger. */
export const entriesAfter = (reader: Reader, index: number, limit: number): Promise<EntryRow[]> =>
  reader
    .selectFrom('ledger_entry')
    .select(['index', 'kind', 'at', 'payload'])
    .where('index', '>', index)
    .orderBy('index')
    .limit(limit)
    .execute()

export async function hasEntriesAfter(reader: Reader, index: number): Promise<boolean> {
  const row = await reader
    .selectFrom('ledger_entry')
    .select('index')
    .where('index', '>', index)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
