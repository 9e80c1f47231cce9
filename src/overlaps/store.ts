import { sql } from 'kysely'
import type { AgencyId, AgreementHash, OverlapHandle, SignalId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { KeptLink } from './types.ts'

/** A link to keep, with the score of its names and birth date alone. */
export type NewLink = Omit<KeptLink, 'foundAt'> & { readonly nameBits: number }

const ordered = ({ one, other }: NewLink) =>
  one < other ? { one, other } : { one: other, other: one }

export async function addLinks(tx: Tx, links: readonly NewLink[], at: Date): Promise<void> {
  if (links.length === 0) return
  await tx
    .insertInto('link')
    .values(links.map((link) => ({ ...ordered(link), name_bits: link.nameBits, found_at: at })))
    .onConflict((conflict) => conflict.columns(['one', 'other']).doNothing())
    .execute()
}

/** All links that have one of these signals at either end. */
export async function linksOf(reader: Reader, signals: readonly SignalId[]): Promise<KeptLink[]> {
  if (signals.length === 0) return []
  const rows = await reader
    .selectFrom('link')
    .select(['one', 'other', 'found_at'])
    .where((where) => where.or([where('one', 'in', signals), where('other', 'in', signals)]))
    .execute()
  return rows.map(({ one, other, found_at }) => ({
    one: one as SignalId,
    other: other as SignalId,
    foundAt: found_at,
  }))
}

/** How many links of live signals under an agreement score each of these bits or more by names. */
export async function linksFrom(
  reader: Reader,
  agreement: AgreementHash,
  bits: readonly number[],
): Promise<Map<number, number>> {
  const { rows } = await sql<{ bits: number; links: number }>`
    select place.bits, count(*) as links
    from unnest(${[...bits]}::float8[]) as place (bits)
    join link on link.name_bits >= place.bits
    join signal one on one.id = link.one and one.state = 'live'
    join signal other on other.id = link.other and other.state = 'live'
    where one.agreement_hash = ${agreement}
    group by place.bits`.execute(reader)
  return new Map(rows.map((row) => [row.bits, row.links]))
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
  await tx
    .insertInto('overlap_handle')
    .values(
      anchors.map(({ handle, agency, signal }) => ({
        handle,
        agency_id: agency,
        signal_id: signal,
        made_at: at,
      })),
    )
    .onConflict((conflict) => conflict.column('signal_id').doNothing())
    .execute()
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
