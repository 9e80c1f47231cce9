import { type RawBuilder, sql } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Side } from '../wire/access.ts'
import { actsOnOneRecord } from './answer-size.ts'

/** What narrows a search of acts; a member that is missing narrows nothing. */
export type ActFilter = {
  /** Whose acts: those of the agency’s own clients, unless it says otherwise. */
  readonly by?: Side
  readonly kind?: string
  readonly outcome?: string
  readonly client?: string
  readonly officer?: string
  readonly onBehalfOf?: string
  readonly agreement?: string
  readonly purpose?: string
  /** A signal, a handle, a follow-up, a disclosure or an emergency. */
  readonly about?: string
  /** Answers with at least so many records. */
  readonly answerSizeFrom?: number
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

const payload = sql`(payload::jsonb)`

/**
 * Acts of others with signals of an agency that it was told of when they happened: that somebody asked, that a half was
 * released, that a text was opened. A refused one is not among them: it can tell that somebody believed to have an overlap.
 */
const toldToOwner = [
  'disclosure.request',
  'disclosure.release',
  'disclosure.release-emergency',
  'disclosure.open',
] as const

const conditionsOf: Record<Side, (agency: AgencyId) => readonly RawBuilder<boolean>[]> = {
  own: (agency) => [
    sql<boolean>`${payload} ->> 'agency' = ${agency}`,
    sql<boolean>`${payload} ->> 'client' is not null`,
  ],
  delegates: (agency) => [
    sql<boolean>`${payload} ->> 'onBehalfOf' = ${agency}`,
    sql<boolean>`${payload} ->> 'agency' <> ${agency}`,
  ],
  others: (agency) => [
    sql<boolean>`${payload} ->> 'owner' = ${agency}`,
    sql<boolean>`${payload} ->> 'agency' <> ${agency}`,
    sql<boolean>`${payload} ->> 'outcome' = 'permit'`,
    sql<boolean>`kind = any(${[...toldToOwner]}::text[])`,
  ],
}

/** How many records the answer to an act held, where its entry or its kind says so. */
const answerSize = sql`coalesce((${payload} ->> 'answerSize')::bigint,
  case when ${payload} ->> 'outcome' = 'refuse' then 0
       when kind = any(${[...actsOnOneRecord]}::text[]) then 1 end)`

const narrowing = (filter: ActFilter): readonly RawBuilder<boolean>[] => [
  ...named.flatMap((name) =>
    filter[name] === undefined
      ? []
      : [sql<boolean>`${payload} ->> ${sql.lit(name)} = ${filter[name]}`],
  ),
  ...(filter.about === undefined
    ? []
    : [
        sql<boolean>`${filter.about} in (${payload} ->> 'signalId', ${payload} ->> 'handle', ${payload} ->> 'followUp', ${payload} ->> 'disclosure', ${payload} ->> 'emergency')`,
      ]),
  ...(filter.answerSizeFrom === undefined
    ? []
    : [sql<boolean>`${answerSize} >= ${filter.answerSizeFrom}::bigint`]),
  ...(filter.from === undefined ? [] : [sql<boolean>`at >= ${filter.from}::timestamptz`]),
  ...(filter.until === undefined ? [] : [sql<boolean>`at < ${filter.until}::timestamptz`]),
  ...(filter.before === undefined ? [] : [sql<boolean>`index < ${filter.before}::bigint`]),
]

const matching = (reader: Reader, agency: AgencyId, filter: ActFilter) =>
  reader
    .selectFrom('ledger_entry')
    .where((where) =>
      where.and([...conditionsOf[filter.by ?? 'own'](agency), ...narrowing(filter)]),
    )

/**
 * Entries of acts of one side, the newest first: what a client of this agency did, what another did for it by
 * delegation, or what others did with its signals. What time did never comes; nor does an entry whose payload is erased.
 */
export async function actsOfAgency(
  reader: Reader,
  agency: AgencyId,
  filter: ActFilter,
  limit: number,
): Promise<ActRow[]> {
  const rows = await matching(reader, agency, filter)
    .select(['index', 'payload'])
    .orderBy('index', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ index, payload: text }) => ({ index, payload: text ?? '{}' }))
}

/** Those of these entries that a client of this agency did; erased ones never come. */
export async function actsAt(
  reader: Reader,
  agency: AgencyId,
  indices: readonly number[],
): Promise<ActRow[]> {
  if (indices.length === 0) return []
  const rows = await reader
    .selectFrom('ledger_entry')
    .select(['index', 'payload'])
    .where('index', 'in', indices)
    .where(sql<boolean>`(payload::jsonb) ->> 'agency' = ${agency}`)
    .where(sql<boolean>`(payload::jsonb) ->> 'client' is not null`)
    .execute()
  return rows.map(({ index, payload: text }) => ({ index, payload: text ?? '{}' }))
}

/** How many there are, and the index after the newest of them. */
export async function countActs(
  reader: Reader,
  agency: AgencyId,
  filter: ActFilter,
): Promise<{ readonly rows: number; readonly end: number }> {
  const { rows, end } = await matching(reader, agency, filter)
    .select(({ fn }) => [
      fn.countAll<string>().as('rows'),
      sql<string>`coalesce(max(index) + 1, 0)`.as('end'),
    ])
    .executeTakeFirstOrThrow()
  return { rows: Number(rows), end: Number(end) }
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
