import { sql } from 'kysely'
import type { AgencyId, AgreementHash, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Evidence, Link } from '../linkage/types.ts'
import type { Reader } from '../store/reader.ts'
import type { LinkTable, OverlapHandleTable } from '../store/tables/overlaps.ts'
import type { Tx } from '../store/transact.ts'
import type { Anchor, Ending, FoundLink } from './types.ts'

/** A link to keep, with the score of its names and birth date alone. */
export type NewLink = Link<SignalId> & { readonly nameBits: number }

const ordered = ({ one, other }: NewLink) =>
  one < other ? { one, other } : { one: other, other: one }

/** One parameter per column however many links there are: PostgreSQL takes 65,535 in one statement. */
export async function addLinks(tx: Tx, links: readonly NewLink[], at: Date): Promise<void> {
  if (links.length === 0) return
  const ends = links.map(ordered)
  await sql`
    insert into link (one, other, quality, bits, reasons, rests_on_identifier, name_bits, found_at)
    select found.*, ${at}::timestamptz
    from unnest(
      ${ends.map(({ one }) => one)}::text[],
      ${ends.map(({ other }) => other)}::text[],
      ${links.map(({ evidence }) => evidence.quality)}::text[],
      ${links.map(({ evidence }) => evidence.bits)}::double precision[],
      ${links.map(({ evidence }) => JSON.stringify(evidence.reasons))}::text[],
      ${links.map(({ evidence }) => evidence.restsOnIdentifier)}::boolean[],
      ${links.map(({ nameBits }) => nameBits)}::double precision[]
    ) as found
    on conflict (one, other) do nothing`.execute(tx)
}

/**
 * Of each of these signals the links that have it at either end, `most` at most: the strongest by what
 * they were worth when they were found. So is the evidence that comes with them.
 */
export async function linksOf(
  reader: Reader,
  signals: readonly SignalId[],
  most: number,
): Promise<FoundLink[]> {
  if (signals.length === 0) return []
  const { rows } = await sql<Omit<LinkTable, 'name_bits'>>`
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

/**
 * How many links of live signals under an agreement score each of these bits or more by names. Between two
 * agencies no more are counted than either has signals in them: whoever sends copies of a signal that
 * touches one of another agency has one link more, not as many as copies.
 */
export async function linksFrom(
  reader: Reader,
  agreement: AgreementHash,
  bits: readonly number[],
): Promise<Map<number, number>> {
  const { rows } = await sql<{ bits: number; links: number }>`
    select bits, sum(least(own, theirs))::int as links
    from (
      select place.bits,
        count(distinct case when one.agency_id < other.agency_id then one.id else other.id end) as own,
        count(distinct case when one.agency_id < other.agency_id then other.id else one.id end) as theirs
      from unnest(${[...bits]}::float8[]) as place (bits)
      join link on link.name_bits >= place.bits
      join signal one on one.id = link.one and one.state = 'live'
      join signal other on other.id = link.other and other.state = 'live'
      where one.agreement_hash = ${agreement}
      group by place.bits, least(one.agency_id, other.agency_id),
        greatest(one.agency_id, other.agency_id)
    ) as between_two
    group by bits`.execute(reader)
  return new Map(rows.map((row) => [row.bits, row.links]))
}

export async function removeLinksOf(tx: Tx, signals: readonly SignalId[]): Promise<void> {
  await tx
    .deleteFrom('link')
    .where((where) => where.or([where('one', 'in', signals), where('other', 'in', signals)]))
    .execute()
}

/** Gives links that were found again the moment at which they were found first. */
export async function keepFoundAt(tx: Tx, links: readonly FoundLink[]): Promise<void> {
  for (const { one, other, foundAt } of links) {
    await tx
      .updateTable('link')
      .set({ found_at: foundAt })
      .where('one', '=', one)
      .where('other', '=', other)
      .execute()
  }
}

/**
 * Notes that the overlaps of these signals are over for their receivers, each for the last time.
 * @returns whose handles they are
 */
export async function endHandles(
  tx: Tx,
  signals: readonly SignalId[],
  end: Ending,
): Promise<
  { readonly signal: SignalId; readonly agency: AgencyId; readonly handle: OverlapHandle }[]
> {
  if (signals.length === 0) return []
  const rows = await tx
    .updateTable('overlap_handle')
    .set({ ended_on: end.on, end_cause: end.cause })
    .where('signal_id', 'in', signals)
    .returning(['signal_id', 'agency_id', 'handle'])
    .execute()
  return rows.map(({ signal_id, agency_id, handle }) => ({
    signal: signal_id as SignalId,
    agency: agency_id as AgencyId,
    handle: handle as OverlapHandle,
  }))
}

/** Forgets the handles of these signals under which no overlap was ever told to be over. */
export async function forgetUnseenHandles(tx: Tx, signals: readonly SignalId[]): Promise<void> {
  await tx
    .deleteFrom('overlap_handle')
    .where('signal_id', 'in', signals)
    .where('ended_on', 'is', null)
    .execute()
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
): Promise<Anchor | undefined> {
  const row = await reader
    .selectFrom('overlap_handle')
    .select(['handle', 'signal_id', 'ended_on', 'end_cause'])
    .where('handle', '=', handle)
    .where('agency_id', '=', agency)
    .executeTakeFirst()
  return row && anchorIn(row)
}

/** A page of an agency's anchors under one agreement, by handle; also those of signals that have ended. */
export async function anchorsAfter(
  reader: Reader,
  page: {
    readonly agency: AgencyId
    readonly agreement: string
    readonly after: string
    readonly limit: number
  },
): Promise<Anchor[]> {
  const rows = await reader
    .selectFrom('overlap_handle')
    .innerJoin('signal', 'signal.id', 'overlap_handle.signal_id')
    .select([
      'overlap_handle.handle',
      'overlap_handle.signal_id',
      'overlap_handle.ended_on',
      'overlap_handle.end_cause',
    ])
    .where('overlap_handle.agency_id', '=', page.agency)
    .where('overlap_handle.handle', '>', page.after)
    .where('signal.agreement_hash', '=', page.agreement)
    .orderBy('overlap_handle.handle')
    .limit(page.limit)
    .execute()
  return rows.map(anchorIn)
}

const anchorIn = (
  row: Pick<OverlapHandleTable, 'handle' | 'signal_id' | 'ended_on' | 'end_cause'>,
) => ({
  handle: row.handle as OverlapHandle,
  signal: row.signal_id as SignalId,
  ...(row.ended_on !== null &&
    row.end_cause !== null && { ending: { on: row.ended_on, cause: row.end_cause } }),
})

/** Remembers that these pairs of signals are about different subjects, and forgets their links. */
export async function addSeparations(
  tx: Tx,
  pairs: readonly (readonly [SignalId, SignalId])[],
  at: Date,
): Promise<void> {
  if (pairs.length === 0) return
  const ends = pairs.map(([one, other]) =>
    one < other ? { one, other } : { one: other, other: one },
  )
  const [ones, others] = [ends.map(({ one }) => one), ends.map(({ other }) => other)]
  await sql`
    insert into separation (one, other, separated_at)
    select pair.*, ${at}::timestamptz from unnest(${ones}::text[], ${others}::text[]) as pair
    on conflict (one, other) do nothing`.execute(tx)
  await sql`
    delete from link using unnest(${ones}::text[], ${others}::text[]) as pair (one, other)
    where link.one = pair.one and link.other = pair.other`.execute(tx)
}

/** The pairs among these signals that were found to be about different subjects. */
export async function separationsAmong(
  reader: Reader,
  signals: readonly SignalId[],
): Promise<(readonly [SignalId, SignalId])[]> {
  if (signals.length < 2) return []
  const { rows } = await sql<{ one: string; other: string }>`
    select one, other from separation
    where one = any(${[...signals]}::text[]) and other = any(${[...signals]}::text[])`.execute(
    reader,
  )
  return rows.map(({ one, other }) => [one as SignalId, other as SignalId])
}

export async function forgetSeparationsOf(tx: Tx, signals: readonly SignalId[]): Promise<void> {
  await sql`
    delete from separation
    where one = any(${[...signals]}::text[]) or other = any(${[...signals]}::text[])`.execute(tx)
}

/** Live signals with a handle, by id: under one agreement, or under all. */
export async function anchoredAfter(
  reader: Reader,
  page: { readonly agreement?: string; readonly after: string; readonly limit: number },
): Promise<{ readonly id: SignalId; readonly agreement: AgreementHash }[]> {
  const rows = await reader
    .selectFrom('overlap_handle')
    .innerJoin('signal', 'signal.id', 'overlap_handle.signal_id')
    .select(['signal.id', 'signal.agreement_hash'])
    .where('signal.state', '=', 'live')
    .where('signal.id', '>', page.after)
    .$if(page.agreement !== undefined, (all) =>
      all.where('signal.agreement_hash', '=', page.agreement ?? ''),
    )
    .orderBy('signal.id')
    .limit(page.limit)
    .execute()
  return rows.map((row) => ({
    id: row.id as SignalId,
    agreement: row.agreement_hash as AgreementHash,
  }))
}
