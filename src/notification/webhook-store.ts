import { sql } from 'kysely'
import type { AgencyId, AgreementHash } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type {
  NoticeTable,
  WebhookDeliveryTable,
  WebhookTable,
} from '../store/tables/notification.ts'
import type { Tx } from '../store/transact.ts'
import { noticeIn } from './store.ts'
import type { KeptNotice } from './types.ts'

/** A webhook that one run of a worker delivers to, and nobody else meanwhile. */
export type Claimed = {
  readonly id: string
  readonly url: string
  readonly agency: AgencyId
  /** Names the claim; another one of the same webhook has another. */
  readonly run: string
}

export type CountedWebhook = WebhookTable & { readonly waiting: number; readonly dead: number }

export async function sealedKey(reader: Reader): Promise<Buffer | undefined> {
  const row = await reader.selectFrom('notification_key').select('sealed_key').executeTakeFirst()
  return row?.sealed_key
}

export async function keepKey(reader: Reader, sealed: Buffer, at: Date): Promise<void> {
  await reader
    .insertInto('notification_key')
    .values({ id: 1, sealed_key: sealed, made_at: at })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

export async function addWebhook(
  tx: Tx,
  webhook: Pick<WebhookTable, 'id' | 'agency_id' | 'url' | 'key_thumbprint'>,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('webhook')
    .values({
      ...webhook,
      made_at: at,
      state: 'unconfirmed',
      confirmed_at: null,
      failures: 0,
      dead_in_a_row: false,
      next_attempt_at: at,
      claimed_by: null,
      claimed_until: null,
    })
    .execute()
}

/** The webhooks of an agency, in the order in which they were made; what is held back is not counted. */
export async function webhooksOf(reader: Reader, agency: AgencyId): Promise<CountedWebhook[]> {
  const { rows } = await sql<CountedWebhook>`
    select webhook.*,
      count(notice.id) filter (where webhook_delivery.state = 'waiting') as waiting,
      count(notice.id) filter (where webhook_delivery.state = 'dead') as dead
    from webhook
    left join webhook_delivery on webhook_delivery.webhook_id = webhook.id
    left join notice on notice.id = webhook_delivery.notice_id and notice.sequence is not null
    where webhook.agency_id = ${agency}
    group by webhook.id
    order by webhook.made_at, webhook.id`.execute(reader)
  return rows
}

export async function findWebhook(
  reader: Reader,
  agency: AgencyId,
  id: string,
): Promise<WebhookTable | undefined> {
  return await reader
    .selectFrom('webhook')
    .selectAll()
    .where('id', '=', id)
    .where('agency_id', '=', agency)
    .executeTakeFirst()
}

/** Sends to it from now on, however it stood. */
export async function activate(tx: Tx, id: string, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('webhook')
    .set({
      state: 'active',
      confirmed_at: at,
      failures: 0,
      dead_in_a_row: false,
      next_attempt_at: at,
    })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0
}

export async function removeWebhook(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('webhook').where('id', '=', id).execute()
  await tx.deleteFrom('webhook_delivery').where('webhook_id', '=', id).execute()
}

/**
 * Has new notices delivered to the webhooks of their agencies: at once, unless one is being tried again.
 * @returns whether any is
 */
export async function addDeliveries(
  tx: Tx,
  notices: readonly string[],
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    insert into webhook_delivery (webhook_id, notice_id, state, attempts)
    select webhook.id, notice.id, 'waiting', 0
    from notice join webhook on webhook.agency_id = notice.agency_id
    where notice.id = any (${[...notices]}::text[]) and webhook.state <> 'unconfirmed'
    returning webhook_id`.execute(tx)
  if (rows.length === 0) return false
  await wake(tx, notices, at)
  return true
}

async function wake(tx: Tx, notices: readonly string[], at: Date): Promise<void> {
  await sql`
    update webhook set next_attempt_at = ${at}
    where state = 'active' and failures = 0 and next_attempt_at > ${at} and exists (
      select 1 from webhook_delivery
      where webhook_id = webhook.id and notice_id = any (${[...notices]}::text[])
    )`.execute(tx)
}

/**
 * Has notices in the inbox sent again to a webhook, and at once.
 * @returns how many
 */
export async function deliverAgain(
  tx: Tx,
  webhook: string,
  agency: AgencyId,
  which: { readonly notice: string } | { readonly from: number },
  at: Date,
): Promise<number> {
  const chosen =
    'notice' in which ? sql`id = ${which.notice}` : sql`sequence >= ${which.from}::bigint`
  const { rows } = await sql`
    insert into webhook_delivery (webhook_id, notice_id, state, attempts)
    select ${webhook}, id, 'waiting', 0 from notice
    where agency_id = ${agency} and sequence is not null and ${chosen}
    on conflict (webhook_id, notice_id)
      do update set state = 'waiting', attempts = 0, result = null, status = null
    returning notice_id`.execute(tx)
  if (rows.length > 0) {
    await tx
      .updateTable('webhook')
      .set({ failures: 0, dead_in_a_row: false, next_attempt_at: at })
      .where('id', '=', webhook)
      .execute()
  }
  return rows.length
}

/** A webhook for which something waits and is due, claimed until an instant; nobody waits for anybody. */
export async function claimNext(
  reader: Reader,
  run: string,
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<Claimed | undefined> {
  const { rows } = await sql<{ id: string; url: string; agency_id: string }>`
    update webhook set claimed_by = ${run}, claimed_until = ${until}
    where id = (
      select id from webhook
      where state = 'active' and next_attempt_at <= ${now}
        and (claimed_until is null or claimed_until <= ${now})
        and exists (
          select 1 from webhook_delivery where webhook_id = webhook.id and state = 'waiting'
        )
      order by next_attempt_at, id
      limit 1
      for update skip locked
    )
    returning id, url, agency_id`.execute(reader)
  const [row] = rows
  return row && { id: row.id, url: row.url, agency: row.agency_id as AgencyId, run }
}

/** Since when something has been due to a webhook and nobody has taken it up; undefined when nothing is. */
export async function dueSince(reader: Reader, now: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ since: Date | null }>`
    select min(greatest(next_attempt_at, coalesce(claimed_until, next_attempt_at))) as since
    from webhook
    where state = 'active' and next_attempt_at <= ${now}
      and (claimed_until is null or claimed_until <= ${now})
      and exists (
        select 1 from webhook_delivery where webhook_id = webhook.id and state = 'waiting'
      )`.execute(reader)
  return rows[0]?.since ?? undefined
}

/** Lengthens a claim. @returns false when it is somebody else’s by now, or the webhook is not to be sent to */
export async function keepClaim(tx: Tx, { id, run }: Claimed, until: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('webhook')
    .set({ claimed_until: until })
    .where('id', '=', id)
    .where('claimed_by', '=', run)
    .where('state', '=', 'active')
    .executeTakeFirst()
  return numUpdatedRows > 0
}

export async function endClaim(
  reader: Reader,
  { id, run }: Claimed,
  nextAttemptAt?: Date,
): Promise<void> {
  await reader
    .updateTable('webhook')
    .set({
      claimed_by: null,
      claimed_until: null,
      ...(nextAttemptAt === undefined ? {} : { next_attempt_at: nextAttemptAt }),
    })
    .where('id', '=', id)
    .where('claimed_by', '=', run)
    .execute()
}

/** The earliest notice that waits for a webhook and may be told. */
export async function nextNotice(
  reader: Reader,
  webhook: string,
  suspended: readonly AgreementHash[],
): Promise<KeptNotice | undefined> {
  const { rows } = await sql<NoticeTable>`
    select notice.* from webhook_delivery join notice on notice.id = webhook_delivery.notice_id
    where webhook_id = ${webhook} and state = 'waiting' and sequence is not null
      and (agreement_hash is null or agreement_hash <> all (${[...suspended]}::text[]))
    order by sequence
    limit 1`.execute(reader)
  const [row] = rows
  return row && noticeIn(row)
}

/** The webhook of a claim that still holds, locked. */
export async function holdClaimed(
  tx: Tx,
  { id, run }: Claimed,
): Promise<Pick<WebhookTable, 'failures' | 'dead_in_a_row'> | undefined> {
  return await tx
    .selectFrom('webhook')
    .select(['failures', 'dead_in_a_row'])
    .where('id', '=', id)
    .where('claimed_by', '=', run)
    .forUpdate()
    .executeTakeFirst()
}

export async function noteAttempt(
  tx: Tx,
  webhook: string,
  notice: string,
  attempt: Pick<WebhookDeliveryTable, 'state' | 'result' | 'status' | 'attempted_at'>,
): Promise<void> {
  await tx
    .updateTable('webhook_delivery')
    .set(({ eb }) => ({ ...attempt, attempts: eb('attempts', '+', 1) }))
    .where('webhook_id', '=', webhook)
    .where('notice_id', '=', notice)
    .execute()
}

export async function putLane(
  tx: Tx,
  id: string,
  lane: Partial<Pick<WebhookTable, 'state' | 'failures' | 'dead_in_a_row' | 'next_attempt_at'>>,
): Promise<void> {
  await tx.updateTable('webhook').set(lane).where('id', '=', id).execute()
}

/** What became of the notices of a page, at every webhook of their agency. */
export async function deliveriesAfter(
  reader: Reader,
  agency: AgencyId,
  page: {
    readonly after: number
    readonly state: WebhookDeliveryTable['state'] | undefined
    readonly without: readonly AgreementHash[]
    readonly limit: number
  },
): Promise<(WebhookDeliveryTable & { readonly sequence: number; readonly kind: string })[]> {
  const state = page.state ?? null
  const { rows } = await sql<WebhookDeliveryTable & { sequence: number; kind: string }>`
    with shown as (
      select id, sequence, kind from notice
      where agency_id = ${agency} and sequence > ${page.after}::bigint
        and (agreement_hash is null or agreement_hash <> all (${[...page.without]}::text[]))
        and exists (
          select 1 from webhook_delivery where notice_id = notice.id
            and (${state}::text is null or state = ${state})
        )
      order by sequence
      limit ${page.limit}
    )
    select webhook_delivery.*, shown.sequence, shown.kind
    from shown join webhook_delivery on notice_id = shown.id
    where ${state}::text is null or state = ${state}
    order by shown.sequence, webhook_id`.execute(reader)
  return rows
}
