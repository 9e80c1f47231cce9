import { type SqlBool, sql } from 'kysely'
import type { AgencyId, SignalId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { SealedFieldName } from '../wire/codes/disclosures.ts'
import type { RecallView } from '../wire/recall.ts'

/** That sealed fields of a signal were released to a receiver: what the gateway knows of it. */
export type Released = {
  readonly receiver: AgencyId
  readonly fields: readonly SealedFieldName[]
  readonly releasedAt: Date
}

/** To whom sealed fields of a signal were released, by grant or in an emergency, the first first. */
export async function releasedOf(reader: Reader, signal: SignalId): Promise<Released[]> {
  const { rows } = await sql<{
    readonly receiver_id: string
    readonly fields: string
    readonly released_at: Date
  }>`
    select disclosure.receiver_id, disclosure.granted_fields as fields, disclosure_grant.released_at
    from disclosure join disclosure_grant
      on disclosure_grant.owner_id = disclosure.owner_id
      and disclosure_grant.number = disclosure.grant_number
    where disclosure.signal_id = ${signal} and disclosure_grant.released_at is not null
    union all
    select receiver_id, fields, released_at from emergency
    where signal_id = ${signal} and released_at is not null
    order by released_at, receiver_id`.execute(reader)
  return rows.map((row) => ({
    receiver: row.receiver_id as AgencyId,
    fields: JSON.parse(row.fields ?? '[]'),
    releasedAt: row.released_at,
  }))
}

/** What receivers of texts of a signal were told of its changes, and did; the latest of each disclosure. */
export type ToldOfChange = Pick<RecallView, 'answer' | 'reason'> & {
  readonly receiver: AgencyId
  readonly toldAt: Date
}

export async function toldOfChanges(reader: Reader, signal: SignalId): Promise<ToldOfChange[]> {
  const rows = await reader
    .selectFrom('recall')
    .select(['receiver_id', 'told_at', 'answer', 'reason'])
    .where('signal_id', '=', signal)
    .where(sql<SqlBool>`(overtaken_at is null or confirmed_at is not null)`)
    .orderBy('told_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    receiver: row.receiver_id as AgencyId,
    toldAt: row.told_at,
    ...(row.answer === null ? {} : { answer: row.answer }),
    ...(row.reason === null ? {} : { reason: row.reason }),
  }))
}
