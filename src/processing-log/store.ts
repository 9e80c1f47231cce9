import { type RawBuilder, sql } from 'kysely'
import { restsOn } from '../agreements/resting.ts'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { LogFilter, LoggedAct, Subject, SubjectType, TracedEntry } from './types.ts'

/** Members of entries that name a record, the nearest to a subject first. */
const subjectMembers: readonly (readonly [member: string, type: SubjectType])[] = [
  ['signalId', 'signal'],
  ['handle', 'overlap'],
  ['followUp', 'overlap'],
  ['disclosure', 'disclosure'],
  ['grant', 'grant'],
  ['emergency', 'emergency'],
  ['recall', 'recall'],
  ['flag', 'flag'],
]

const payload = sql`(entry.payload::jsonb)`
const member = (name: string): RawBuilder<string | null> => sql`${payload} ->> ${sql.lit(name)}`
const forWhom = sql`coalesce(${member('onBehalfOf')}, ${member('agency')})`
const isOfRecord = sql<boolean>`${payload} ?| ${sql.lit(
  `{${subjectMembers.map(([name]) => name).join()}}`,
)}::text[]`

/** Whose log it is, and what of what was done for it stands in it. */
export type Whose = {
  readonly agency: AgencyId
  readonly namedKinds: readonly string[]
  readonly confidentialBases: readonly string[]
}

/**
 * Own acts, refused ones too; and of named kinds what was done for the agency: by time, on its own signed word, or by a
 * delegate. An act that names the agency without its delegation was refused, and is no business of that agency's log.
 */
const isOf = ({ agency, namedKinds }: Whose): RawBuilder<boolean> => sql<boolean>`(
  (${member('agency')} = ${agency} and ${member('client')} is not null)
  or (
    ${forWhom} = ${agency}
    and entry.kind = any(${[...namedKinds]}::text[])
    and (${member('onBehalfOf')} is null or ${member('outcome')} = 'permit')
  ))`

/** An entry that names a record but no agreement counts as confidential where its agency has any such agreement. */
const isConfidential = (bases: readonly string[]): RawBuilder<boolean> => sql<boolean>`case
  when ${member('agreement')} is not null then ${restsOn(bases, forWhom, member('agreement'))}
  when ${isOfRecord} then ${restsOn(bases, forWhom)}
  else false end`

function conditionsOf(filter: LogFilter, bases: readonly string[]): RawBuilder<boolean>[] {
  const { kinds, exceptKinds, traceId, about, confidential, from, until } = filter
  const members = sql.join(subjectMembers.map(([name]) => member(name)))
  return [
    ...(kinds === undefined ? [] : [sql<boolean>`entry.kind = any(${[...kinds]}::text[])`]),
    ...(exceptKinds === undefined
      ? []
      : [sql<boolean>`entry.kind <> all(${[...exceptKinds]}::text[])`]),
    ...(traceId === undefined ? [] : [sql<boolean>`trace.trace_id = decode(${traceId}, 'hex')`]),
    ...(about === undefined ? [] : [sql<boolean>`${about} in (${members})`]),
    ...(confidential === undefined
      ? []
      : [sql<boolean>`${isConfidential(bases)} = ${confidential}`]),
    ...(from === undefined ? [] : [sql<boolean>`entry.at >= ${from}::timestamptz`]),
    ...(until === undefined ? [] : [sql<boolean>`entry.at < ${until}::timestamptz`]),
  ]
}

type Row = {
  readonly index: number
  readonly at: Date
  readonly payload: string
  readonly confidential: boolean
  readonly trace_id: string | null
  readonly span_id: string
  readonly parent_span_id: string | null
  readonly began_at: Date
  readonly first: boolean
}

function subjectOf(act: Readonly<Record<string, unknown>>): Subject | undefined {
  for (const [name, type] of subjectMembers) {
    const id = act[name]
    if (typeof id === 'string') return { type, id }
  }
  return undefined
}

function entryOf(row: Row): TracedEntry {
  const act: LoggedAct = JSON.parse(row.payload)
  return {
    index: row.index,
    at: row.at,
    act,
    subject: subjectOf(act),
    confidential: row.confidential,
    trace:
      row.trace_id === null
        ? undefined
        : {
            traceId: row.trace_id,
            spanId: row.span_id,
            parentSpanId: row.parent_span_id ?? undefined,
            beganAt: row.began_at,
            first: row.first,
          },
  }
}

export type Span = { readonly after: number; readonly before: number; readonly limit: number }

async function entriesWhere(
  reader: Reader,
  conditions: readonly RawBuilder<boolean>[],
  bases: readonly string[],
  { after, before, limit }: Span,
): Promise<TracedEntry[]> {
  const { rows } = await sql<Row>`
    select entry.index, entry.at, entry.payload, ${isConfidential(bases)} as confidential,
      encode(trace.trace_id, 'hex') as trace_id, encode(trace.span_id, 'hex') as span_id,
      encode(trace.parent_span_id, 'hex') as parent_span_id, trace.began_at,
      not exists (
        select 1 from ledger_trace as earlier
        where earlier.trace_id = trace.trace_id and earlier.span_id = trace.span_id
          and earlier.ledger_index < trace.ledger_index) as first
    from ledger_entry as entry
    left join ledger_trace as trace on trace.ledger_index = entry.index
    where entry.index > ${after}::bigint and entry.index < ${before}::bigint
      and entry.payload is not null
      and ${sql.join(conditions, sql` and `)}
    order by entry.index
    limit ${limit}`.execute(reader)
  return rows.map(entryOf)
}

/** Entries of the log of one agency, the oldest first. An entry whose payload is erased never comes. */
export const entriesOf = (
  reader: Reader,
  whose: Whose,
  filter: LogFilter,
  span: Span,
): Promise<TracedEntry[]> =>
  entriesWhere(
    reader,
    [isOf(whose), ...conditionsOf(filter, whose.confidentialBases)],
    whose.confidentialBases,
    span,
  )

/** Entries of acts of all agencies, for the operator’s own export; the oldest first. */
export const entriesOfAll = (
  reader: Reader,
  { namedKinds, confidentialBases }: Omit<Whose, 'agency'>,
  span: Span,
): Promise<TracedEntry[]> =>
  entriesWhere(
    reader,
    [
      sql<boolean>`${member('agency')} is not null`,
      sql<boolean>`(${member('client')} is not null or entry.kind = any(${[...namedKinds]}::text[]))`,
    ],
    confidentialBases,
    span,
  )

/** Every record that the log of an agency is about, once. */
export async function subjectsOf(
  reader: Reader,
  whose: Whose,
  filter: LogFilter,
): Promise<Subject[]> {
  const conditions = [isOf(whose), ...conditionsOf(filter, whose.confidentialBases)]
  const { rows } = await sql<Readonly<Record<string, string | null>>>`
    select distinct ${sql.join(
      subjectMembers.map(([name]) => sql`${member(name)} as ${sql.id(name)}`),
    )}
    from ledger_entry as entry
    left join ledger_trace as trace on trace.ledger_index = entry.index
    where entry.payload is not null and ${isOfRecord} and ${sql.join(conditions, sql` and `)}`.execute(
    reader,
  )
  return rows.flatMap((row) => subjectOf(row) ?? [])
}
