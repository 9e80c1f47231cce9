import { type Selectable, sql } from 'kysely'
import type { AgencyId, AgreementHash, SignalId } from '../kernel/ids.ts'
import { signalChanges } from '../signals/changes.ts'
import type { Reader } from '../store/reader.ts'
import type { RecallTable } from '../store/tables/disclosures.ts'
import type { Tx } from '../store/transact.ts'
import type { RecallConfirmationPayload } from '../wire/recall.ts'

/** Something that happened to a signal after its sealed fields were released to a receiver. */
export type Change = {
  readonly owner: AgencyId
  readonly receiver: AgencyId
  readonly agreement: AgreementHash
  readonly disclosure: string
  readonly signal: SignalId
  readonly cause: RecallTable['cause']
  readonly changedAt: Date
}

export type Recall = Selectable<RecallTable>

/**
 * Changes of signals of which whoever had sealed fields of them released was not told yet. A half that
 * the gateway released counts as opened: a receiver that says nothing may have read it. What expired under an
 * agreement that is over is left out: all of its signals ended, whatever they say.
 */
export async function untold(
  reader: Reader,
  over: readonly AgreementHash[],
  most: number,
): Promise<Change[]> {
  const { rows } = await sql<{
    readonly owner_id: string
    readonly receiver_id: string
    readonly agreement_hash: string
    readonly disclosure: string
    readonly signal_id: string
    readonly cause: RecallTable['cause']
    readonly changed_at: Date
  }>`
    with released as (
      select disclosure.number as disclosure, disclosure.owner_id, disclosure.receiver_id,
        disclosure.agreement_hash, disclosure.signal_id, disclosure_grant.released_at
      from disclosure join disclosure_grant
        on disclosure_grant.owner_id = disclosure.owner_id
        and disclosure_grant.number = disclosure.grant_number
      where disclosure_grant.released_at is not null
      union all
      select number, owner_id, receiver_id, agreement_hash, signal_id, released_at
      from emergency where released_at is not null
    ), changed as (
      select released.*, change.cause, change.changed_at
      from released
      join ${signalChanges} as change on change.signal_id = released.signal_id
      where change.changed_at >= released.released_at
    )
    select owner_id, receiver_id, agreement_hash, disclosure, signal_id, cause, changed_at
    from changed
    where not (cause = 'expired' and agreement_hash = any(${over}::text[]))
    and not exists (
      select 1 from recall
      where recall.disclosure = changed.disclosure
        and recall.changed_at >= changed.changed_at
    )
    order by changed_at, disclosure
    limit ${most}`.execute(reader)
  return rows.map((row) => ({
    owner: row.owner_id as AgencyId,
    receiver: row.receiver_id as AgencyId,
    agreement: row.agreement_hash as AgreementHash,
    disclosure: row.disclosure,
    signal: row.signal_id as SignalId,
    cause: row.cause,
    changedAt: row.changed_at,
  }))
}

/** Keeps a recall. What was recalled before of the same disclosure and not confirmed is overtaken by it. */
export async function addRecall(
  tx: Tx,
  id: string,
  one: Change,
  { toldAt, remindAt }: { readonly toldAt: Date; readonly remindAt: Date },
): Promise<void> {
  await tx
    .updateTable('recall')
    .set({ overtaken_at: toldAt, remind_at: null })
    .where('disclosure', '=', one.disclosure)
    .where('confirmed_at', 'is', null)
    .where('overtaken_at', 'is', null)
    .execute()
  await tx
    .insertInto('recall')
    .values({
      id,
      owner_id: one.owner,
      receiver_id: one.receiver,
      agreement_hash: one.agreement,
      disclosure: one.disclosure,
      signal_id: one.signal,
      cause: one.cause,
      changed_at: one.changedAt,
      told_at: toldAt,
      remind_at: remindAt,
    })
    .execute()
}

/** Open recalls whose receiver has to be reminded. */
export async function toRemind(reader: Reader, now: Date, most: number): Promise<Recall[]> {
  return reader
    .selectFrom('recall')
    .selectAll()
    .where('remind_at', '<=', now)
    .orderBy('remind_at')
    .orderBy('id')
    .limit(most)
    .execute()
}

export async function noteReminder(tx: Tx, id: string, next: Date): Promise<void> {
  await tx
    .updateTable('recall')
    .set((set) => ({ reminders: set('reminders', '+', 1), remind_at: next }))
    .where('id', '=', id)
    .execute()
}

/** The recall, which nobody else changes until `tx` is over. */
export async function holdRecall(tx: Tx, id: string): Promise<Recall | undefined> {
  return tx.selectFrom('recall').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
}

export async function putConfirmation(
  tx: Tx,
  id: string,
  { answer, reason }: Pick<RecallConfirmationPayload, 'answer' | 'reason'>,
  { statement, at }: { readonly statement: string; readonly at: Date },
): Promise<void> {
  await tx
    .updateTable('recall')
    .set({ answer, reason: reason ?? null, statement, confirmed_at: at, remind_at: null })
    .where('id', '=', id)
    .execute()
}

/** The recalls that an agency takes part in: those that wait first, then the latest. */
export async function recallsOf(reader: Reader, agency: AgencyId, most: number): Promise<Recall[]> {
  return reader
    .selectFrom('recall')
    .selectAll()
    .where((where) => where.or([where('owner_id', '=', agency), where('receiver_id', '=', agency)]))
    .orderBy(sql`remind_at is null`)
    .orderBy('told_at', 'desc')
    .orderBy('id')
    .limit(most)
    .execute()
}
