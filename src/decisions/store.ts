import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../store/reader.ts'
import type {
  DecisionTable,
  NotifyObligationTable,
  ReviewTable,
} from '../store/tables/decisions.ts'
import type { Tx } from '../store/transact.ts'
import { mostReviews } from '../wire/policy.ts'
import type { Noted } from './types.ts'

export type DecisionRow = Omit<DecisionTable, 'used_at'>
type Entry = { readonly index: number; readonly hash: Buffer }

/** Values as one parameter; PostgreSQL gets an array of this type. */
const array = (values: readonly unknown[], type: string): RawBuilder<unknown> =>
  sql`${values}::${sql.raw(type)}[]`

/**
 * Keeps decisions and for which entries they were made, in one statement.
 * @returns the hash of the policy set in force; behind the lock on the head of the ledger it is exact
 */
export async function addDecisions(
  tx: Tx,
  rows: readonly DecisionRow[],
  entries: readonly Entry[],
  at: Date,
): Promise<string | undefined> {
  const column = (name: Exclude<keyof DecisionRow, 'hash'>) =>
    array(
      rows.map((row) => row[name]),
      'text',
    )
  const { rows: found } = await sql<{ hash: string }>`
    with kept as (
      insert into decision
        (hash, act, agency, agreement, purpose, facts, outcome, reasons, policy_set, used_at)
      select *, ${at}::timestamptz from unnest(
        ${array(
          rows.map(({ hash }) => hash),
          'bytea',
        )}, ${column('act')}, ${column('agency')}, ${column('agreement')}, ${column('purpose')},
        ${column('facts')}, ${column('outcome')}, ${column('reasons')}, ${column('policy_set')})
      on conflict (hash) do update set used_at = excluded.used_at
        where decision.used_at < excluded.used_at - interval '1 day'
    ), placed as (
      insert into decision_entry (ledger_index, decision_hash, decided_at)
      select *, ${at}::timestamptz from unnest(
        ${array(
          entries.map(({ index }) => index),
          'bigint',
        )}, ${array(
          entries.map(({ hash }) => hash),
          'bytea',
        )})
    )
    select hash from policy_set_in_force`.execute(tx)
  return found[0]?.hash
}

/** Forgets decisions made before an instant. One day later, so that none in use goes, what they held. */
export async function forgetDecisions(db: Reader, before: Date): Promise<void> {
  await db.deleteFrom('decision_entry').where('decided_at', '<', before).execute()
  await db.deleteFrom('notify_obligation').where('since', '<', before).execute()
  await sql`delete from decision where used_at < ${before}::timestamptz - interval '1 day'`.execute(
    db,
  )
}

/** A distinct decision and how often it was made. */
export type MadeDecision = DecisionRow & { readonly times: number }

/** Distinct decisions since an instant; of one agency, or of all. */
export async function decisionsSince(
  reader: Reader,
  since: Date,
  agency?: string,
): Promise<MadeDecision[]> {
  const counts = reader
    .selectFrom('decision_entry')
    .select(({ fn }) => ['decision_hash', fn.countAll<string>().as('times')])
    .where('decided_at', '>=', since)
    .groupBy('decision_hash')
    .as('made')
  let query = reader
    .selectFrom('decision')
    .innerJoin(counts, 'made.decision_hash', 'decision.hash')
    .selectAll('decision')
    .select('made.times')
    .orderBy('decision.hash')
  if (agency !== undefined) query = query.where('decision.agency', '=', agency)
  return (await query.execute()).map((row) => ({ ...row, times: Number(row.times) }))
}

/** Notes reviews that fall due. Where one is open already for the same reason, it stands. */
export async function addReviews(
  tx: Tx,
  rows: readonly Omit<ReviewTable, 'closed_at' | 'finding'>[],
): Promise<void> {
  for (const row of rows) {
    await tx
      .insertInto('review')
      .values({ ...row, closed_at: null, finding: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

/** Notes whom to tell, and returns what is new. Where it was noted today for the same reason, that stands. */
export async function addNotifyObligations(
  tx: Tx,
  rows: readonly NotifyObligationTable[],
): Promise<Noted[]> {
  if (rows.length === 0) return []
  const noted = await tx
    .insertInto('notify_obligation')
    .values([...rows].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)))
    .onConflict((conflict) => conflict.doNothing())
    .returning(['agency', 'agreement'])
    .execute()
  return noted as Noted[]
}

const keyOf = ({ agency, agreement, policy, role, act }: NotifyObligationTable): string =>
  [agency, agreement, policy, role, act].join(' ')

export const notifyObligationsOf = (
  reader: Reader,
  agency: string,
): Promise<NotifyObligationTable[]> =>
  reader
    .selectFrom('notify_obligation')
    .selectAll()
    .where('agency', '=', agency)
    .orderBy('since', 'desc')
    .orderBy('id')
    .limit(mostReviews)
    .execute()

export const reviewsOf = (reader: Reader, agency: string): Promise<ReviewTable[]> =>
  reader
    .selectFrom('review')
    .selectAll()
    .where('agency', '=', agency)
    .orderBy('due_at')
    .orderBy('id')
    .limit(mostReviews)
    .execute()

/** Holds the review of this agency until the end of the transaction. */
export const holdReview = (tx: Tx, agency: string, id: string): Promise<ReviewTable | undefined> =>
  tx
    .selectFrom('review')
    .selectAll()
    .where('agency', '=', agency)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()

export async function closeReview(
  tx: Tx,
  id: string,
  finding: NonNullable<ReviewTable['finding']>,
  at: Date,
): Promise<void> {
  await tx.updateTable('review').set({ closed_at: at, finding }).where('id', '=', id).execute()
}
