import { sql } from 'kysely'
import type { AgencyId, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Evidence } from '../linkage/types.ts'
import type { Reader } from '../store/reader.ts'
import type { LinkTable } from '../store/tables/overlaps.ts'
import type { Tx } from '../store/transact.ts'
import type { FoundLink } from './types.ts'

const ordered = ({ one, other }: Pick<FoundLink, 'one' | 'other'>) =>
  one < other ? { one, other } : { one: other, other: one }

/** One parameter per column however many links there are: PostgreSQL takes 65,535 in one statement. */
export async function addLinks(tx: Tx, links: readonly FoundLink[], at: Date): Promise<void> {
  if (links.length === 0) return
  const ends = links.map(ordered)
  await sql`
    insert into link (one, other, quality, bits, reasons, rests_on_identifier, found_at)
    select found.*, ${at}::timestamptz
    from unnest(
      ${ends.map(({ one }) => one)}::text[],
      ${ends.map(({ other }) => other)}::text[],
      ${links.map(({ evidence }) => evidence.quality)}::text[],
      ${links.map(({ evidence }) => evidence.bits)}::double precision[],
      ${links.map(({ evidence }) => JSON.stringify(evidence.reasons))}::text[],
      ${links.map(({ evidence }) => evidence.restsOnIdentifier)}::boolean[]
    ) as found
    on conflict (one, other) do nothing`.execute(tx)
}

/** Of each of these signals the strongest links that have it at either end, `most` at most. */
export async function linksOf(
  reader: Reader,
  signals: readonly SignalId[],
  most: number,
): Promise<FoundLink[]> {
  if (signals.length === 0) return []
  const { rows } = await sql<LinkTable>`
    select distinct strongest.* from unnest(${signals}::text[]) as asked (id)
    cross join lateral (
      select one, other, quality, bits, reasons, rests_on_identifier, found_at from link
      where one = asked.id or other = asked.id
      order by quality = 'certain' desc, quality = 'probable' desc, bits desc, found_at desc, one, other
      limit ${most}
    ) as strongest
    order by one, other`.execute(reader)
  return rows.map((row) => ({
    one: row.one as SignalId,
    other: row.other as SignalId,
    evidence: {
      quality: row.quality,
      bits: row.bits,
      reasons: JSON.parse(row.reasons) as Evidence['reasons'],
      restsOnIdentifier: row.rests_on_identifier,
    },
    foundAt: row.found_at,
  }))
}

export async function removeLinksOf(tx: Tx, signal: SignalId): Promise<void> {
  await tx
    .deleteFrom('link')
    .where((where) => where.or([where('one', '=', signal), where('other', '=', signal)]))
    .execute()
  await tx.deleteFrom('overlap_handle').where('signal_id', '=', signal).execute()
}

/** Gives each signal without a handle a new one. */
export async function addHandles(
  tx: Tx,
  anchors: readonly {
    readonly handle: string
    readonly agency: AgencyId
    readonly signal: SignalId
  }[],
  at: Date,
): Promise<void> {
  if (anchors.length === 0) return
  await sql`
    insert into overlap_handle (handle, agency_id, signal_id, made_at)
    select made.*, ${at}::timestamptz
    from unnest(
      ${anchors.map(({ handle }) => handle)}::text[],
      ${anchors.map(({ agency }) => agency)}::text[],
      ${anchors.map(({ signal }) => signal)}::text[]
    ) as made
    on conflict (signal_id) do nothing`.execute(tx)
}

export async function handlesOf(
  reader: Reader,
  signals: readonly SignalId[],
): Promise<Map<string, OverlapHandle>> {
  if (signals.length === 0) return new Map()
  const rows = await reader
    .selectFrom('overlap_handle')
    .select(['signal_id', 'handle'])
    .where('signal_id', 'in', signals)
    .execute()
  return new Map(rows.map(({ signal_id, handle }) => [signal_id, handle as OverlapHandle]))
}

/** The signal to which an agency's handle is anchored. */
export async function anchorOf(
  reader: Reader,
  agency: AgencyId,
  handle: string,
): Promise<SignalId | undefined> {
  const row = await reader
    .selectFrom('overlap_handle')
    .select('signal_id')
    .where('handle', '=', handle)
    .where('agency_id', '=', agency)
    .executeTakeFirst()
  return row?.signal_id as SignalId | undefined
}

/** A page of an agency's live anchors under one agreement, by handle. */
export async function anchorsAfter(
  reader: Reader,
  page: {
    readonly agency: AgencyId
    readonly agreement: string
    readonly after: string
    readonly limit: number
  },
): Promise<{ readonly handle: OverlapHandle; readonly signal: SignalId }[]> {
  const rows = await reader
    .selectFrom('overlap_handle')
    .innerJoin('signal', 'signal.id', 'overlap_handle.signal_id')
    .select(['overlap_handle.handle', 'overlap_handle.signal_id'])
    .where('overlap_handle.agency_id', '=', page.agency)
    .where('overlap_handle.handle', '>', page.after)
    .where('signal.agreement_hash', '=', page.agreement)
    .where('signal.state', '=', 'live')
    .orderBy('overlap_handle.handle')
    .limit(page.limit)
    .execute()
  return rows.map(({ handle, signal_id }) => ({
    handle: handle as OverlapHandle,
    signal: signal_id as SignalId,
  }))
}
