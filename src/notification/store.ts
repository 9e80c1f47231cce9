import { sql } from 'kysely'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { NoticeTable } from '../store/tables/notification.ts'
import type { Tx } from '../store/transact.ts'
import type { NoticeKind } from '../wire/codes/notices.ts'
import type { KeptNotice } from './types.ts'

export type NewNotice = Pick<
  NoticeTable,
  'id' | 'agency_id' | 'kind' | 'about' | 'agreement_hash' | 'on_behalf_of'
>

/** How far an agency was told and has acknowledged; locked until the transaction is over. */
export type Inbox = { readonly last: number; readonly acknowledgedUntil: number }

/**
 * Puts notices at the ends of their agencies’ inboxes, which are locked in the order of the agencies’
 * names until the commit: nobody ever sees a later notice before an earlier one.
 */
export async function addNotices(tx: Tx, notices: readonly NewNotice[], at: Date): Promise<void> {
  if (notices.length === 0) return
  const byAgency = [...Map.groupBy(notices, ({ agency_id }) => agency_id)].sort(([one], [other]) =>
    one < other ? -1 : 1,
  )
  const ends = await tx
    .insertInto('notice_inbox')
    .values(
      byAgency.map(([agency_id, own]) => ({
        agency_id,
        last_sequence: own.length,
        acknowledged_until: 0,
      })),
    )
    .onConflict((conflict) =>
      conflict.column('agency_id').doUpdateSet({
        last_sequence: sql`notice_inbox.last_sequence + excluded.last_sequence`,
      }),
    )
    .returning(['agency_id', 'last_sequence'])
    .execute()
  const lastOf = new Map(ends.map(({ agency_id, last_sequence }) => [agency_id, last_sequence]))
  const placed = byAgency.flatMap(([agency, own]) =>
    own.map((notice, position) => ({
      ...notice,
      sequence: (lastOf.get(agency) ?? 0) - own.length + position + 1,
    })),
  )
  const column = (name: keyof NewNotice) => placed.map((notice) => notice[name])
  await sql`
    insert into notice (id, agency_id, kind, about, agreement_hash, on_behalf_of, sequence, made_at)
    select placed.*, ${at}::timestamptz
    from unnest(
      ${column('id')}::text[], ${column('agency_id')}::text[], ${column('kind')}::text[],
      ${column('about')}::text[], ${column('agreement_hash')}::text[],
      ${column('on_behalf_of')}::text[], ${placed.map(({ sequence }) => sequence)}::bigint[]
    ) as placed`.execute(tx)
}

/** The agreements under which an agency has notices. */
export async function agreementsOf(reader: Reader, agency: AgencyId): Promise<AgreementHash[]> {
  const rows = await reader
    .selectFrom('notice')
    .select('agreement_hash')
    .distinct()
    .where('agency_id', '=', agency)
    .where('agreement_hash', 'is not', null)
    .orderBy('agreement_hash')
    .execute()
  return rows.map((row) => row.agreement_hash as AgreementHash)
}

export async function holdInbox(tx: Tx, agency: AgencyId): Promise<Inbox> {
  await tx
    .insertInto('notice_inbox')
    .values({ agency_id: agency, last_sequence: 0, acknowledged_until: 0 })
    .onConflict((conflict) => conflict.column('agency_id').doNothing())
    .execute()
  const row = await tx
    .selectFrom('notice_inbox')
    .select(['last_sequence', 'acknowledged_until'])
    .where('agency_id', '=', agency)
    .forUpdate()
    .executeTakeFirstOrThrow()
  return { last: row.last_sequence, acknowledgedUntil: row.acknowledged_until }
}

/**
 * Takes out of their places the notices under suspended agreements that were not acknowledged, and puts
 * at the end those that were held back and need not be any more, in the order in which they were made.
 * Hold the inbox before.
 * @returns the place of the last notice
 */
export async function arrange(
  tx: Tx,
  agency: AgencyId,
  { last }: Inbox,
  suspended: readonly AgreementHash[],
): Promise<number> {
  if (suspended.length > 0) {
    await tx
      .updateTable('notice')
      .set({ sequence: null })
      .where('agency_id', '=', agency)
      .where('agreement_hash', 'in', suspended)
      .where('sequence', 'is not', null)
      .where('acknowledged_at', 'is', null)
      .execute()
  }
  const { rows } = await sql<{ id: string }>`
    update notice set sequence = ${last}::bigint + freed.position
    from (
      select id, row_number() over (order by made_at, id) as position from notice
      where agency_id = ${agency} and sequence is null
        and (agreement_hash is null or agreement_hash <> all (${[...suspended]}::text[]))
    ) as freed
    where notice.id = freed.id
    returning notice.id`.execute(tx)
  if (rows.length === 0) return last
  await tx
    .updateTable('notice_inbox')
    .set({ last_sequence: last + rows.length })
    .where('agency_id', '=', agency)
    .execute()
  return last + rows.length
}

/** A page of an inbox, in its order: what was not acknowledged yet, or everything after a place. */
export async function noticesAfter(
  reader: Reader,
  agency: AgencyId,
  page: {
    /** Undefined: what was not acknowledged. */
    readonly after: number | undefined
    readonly without: readonly AgreementHash[]
    readonly limit: number
  },
): Promise<KeptNotice[]> {
  const rows = await reader
    .selectFrom('notice')
    .selectAll()
    .where('agency_id', '=', agency)
    .where('sequence', '>', page.after ?? 0)
    .$if(page.after === undefined, (query) => query.where('acknowledged_at', 'is', null))
    .where(({ or, eb }) =>
      or([
        eb('agreement_hash', 'is', null),
        eb('agreement_hash', '<>', sql<string>`all (${[...page.without]}::text[])`),
      ]),
    )
    .orderBy('sequence')
    .limit(page.limit)
    .execute()
  return rows.map(noticeIn)
}

export async function acknowledge(
  tx: Tx,
  agency: AgencyId,
  until: number,
  at: Date,
): Promise<void> {
  await tx
    .updateTable('notice')
    .set({ acknowledged_at: at })
    .where('agency_id', '=', agency)
    .where('sequence', '<=', until)
    .where('acknowledged_at', 'is', null)
    .execute()
  await tx
    .updateTable('notice_inbox')
    .set({ acknowledged_until: until })
    .where('agency_id', '=', agency)
    .where('acknowledged_until', '<', until)
    .execute()
}

/** Notices that are forgotten in one go at most. */
const mostForgotten = 10_000

/**
 * Forgets notices that were acknowledged before one instant, and all that were made before another, with
 * what is known of their delivery.
 * @returns how many; the rest is for the next time
 */
export async function forgetNotices(
  reader: Reader,
  before: { readonly acknowledged: Date; readonly made: Date },
): Promise<number> {
  const { rows } = await sql<{ gone: number }>`
    with forgotten as (
      delete from notice where id in (
        select id from notice
        where acknowledged_at < ${before.acknowledged} or made_at < ${before.made}
        limit ${mostForgotten}
      )
      returning id
    ), deliveries as (
      delete from webhook_delivery using forgotten where notice_id = forgotten.id
    )
    select count(*) as gone from forgotten`.execute(reader)
  return rows[0]?.gone ?? 0
}

export const noticeIn = (row: NoticeTable): KeptNotice => ({
  id: row.id,
  sequence: row.sequence ?? 0,
  kind: row.kind as NoticeKind,
  about: row.about,
  agreement: (row.agreement_hash ?? undefined) as AgreementHash | undefined,
  onBehalfOf: (row.on_behalf_of ?? undefined) as AgencyId | undefined,
  madeAt: row.made_at,
  acknowledgedAt: row.acknowledged_at ?? undefined,
})
