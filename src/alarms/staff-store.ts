import { sql } from 'kysely'
import type { AgencyId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'

export type Member = { readonly id: string; readonly tokens: readonly string[] }

export async function addMembers(
  tx: Tx,
  agency: AgencyId,
  members: readonly Member[],
  on: { readonly domain: string; readonly at: Date; readonly expiresOn: string },
): Promise<void> {
  await tx
    .insertInto('protected_staff')
    .values(
      members.map(({ id }) => ({
        id,
        agency_id: agency,
        domain: on.domain,
        protected_at: on.at,
        expires_on: on.expiresOn,
      })),
    )
    .execute()
  const rows = members.flatMap(({ id, tokens }) =>
    [...new Set(tokens)].map((token) => ({
      agency_id: agency,
      token: Buffer.from(token, 'base64'),
      member_id: id,
    })),
  )
  await tx.insertInto('protected_staff_token').values(rows).execute()
}

/** Takes away who was on the list under the same tokens: registering somebody again gives another end. */
export async function forgetSame(
  tx: Tx,
  agency: AgencyId,
  members: readonly Member[],
): Promise<void> {
  for (const { tokens } of members) {
    const { rows } = await sql<{ id: string }>`
      select member_id as id from protected_staff_token
      where agency_id = ${agency}
      group by member_id
      having array_agg(token order by token) = (
        select array_agg(distinct given order by given)
        from unnest(${tokens.map((token) => Buffer.from(token, 'base64'))}::bytea[]) as given
      )`.execute(tx)
    await forgetMembers(
      tx,
      rows.map(({ id }) => id),
    )
  }
}

async function forgetMembers(reader: Reader, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await reader.deleteFrom('protected_staff_signal').where('member_id', 'in', ids).execute()
  await reader.deleteFrom('protected_staff_token').where('member_id', 'in', ids).execute()
  await reader.deleteFrom('protected_staff').where('id', 'in', ids).execute()
}

/** Of one domain, or of all. */
export async function forgetAll(tx: Tx, agency: AgencyId, domain?: string): Promise<void> {
  const all = tx.selectFrom('protected_staff').select('id').where('agency_id', '=', agency)
  const rows = await (domain === undefined ? all : all.where('domain', '=', domain)).execute()
  await forgetMembers(
    tx,
    rows.map(({ id }) => id),
  )
}

/** Forgets who has been on a list long enough, and that signals which ended long ago were about staff. */
export async function forgetPast(reader: Reader, today: string, endedBefore: Date): Promise<void> {
  const rows = await reader
    .selectFrom('protected_staff')
    .select('id')
    .where('expires_on', '<=', today)
    .limit(500)
    .execute()
  await forgetMembers(
    reader,
    rows.map(({ id }) => id),
  )
  await sql`
    delete from protected_staff_signal using signal
    where signal.id = protected_staff_signal.signal_id and signal.ended_at < ${endedBefore}`.execute(
    reader,
  )
}

/** Notes which of these live signals share a token with staff of their own agency; all of an agency’s when none are named. */
export async function noteSignals(
  tx: Tx,
  { signals, agency }: { readonly signals?: readonly string[]; readonly agency?: AgencyId },
  at: Date,
): Promise<void> {
  await sql`
    insert into protected_staff_signal (signal_id, member_id, noted_at)
    select distinct signal.id, member.member_id, ${at}::timestamptz
    from signal
    join signal_token on signal_token.signal_id = signal.id
    join protected_staff_token as member
      on member.token = signal_token.token and member.agency_id = signal.agency_id
    where ${signals === undefined ? sql`signal.agency_id = ${agency}` : sql`signal.id = any(${[...signals]}::text[])`}
    on conflict (signal_id, member_id) do nothing`.execute(tx)
}

export const listsOf = async (reader: Reader, agency: AgencyId) =>
  (
    await sql<{ domain: string; members: number; expires_on: string; protected_at: Date }>`
      select domain, count(*)::int as members, min(expires_on)::text as expires_on,
        max(protected_at) as protected_at
      from protected_staff where agency_id = ${agency}
      group by domain order by domain limit 100`.execute(reader)
  ).rows
