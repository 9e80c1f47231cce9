import type { AgencyId, SignalId } from '../kernel/ids.ts'
import type { Reader } from '../store/reader.ts'
import type { Tx } from '../store/transact.ts'
import type { FeedbackStatus, OutcomeName } from '../wire/codes/follow-ups.ts'

/** What is told of one signal: to whoever may receive with the outcome, else in coarse words alone. */
export type Feedback = {
  readonly status: FeedbackStatus
  readonly outcome: OutcomeName | undefined
  readonly at: Date
}

/** Notes what signallers are told. Of several follow-ups of one signal good news stay. */
export async function noteFeedback(
  tx: Tx,
  told: readonly {
    readonly signal: SignalId
    readonly agency: AgencyId
    readonly status: FeedbackStatus
    readonly outcome: OutcomeName
  }[],
  at: Date,
): Promise<void> {
  if (told.length === 0) return
  await tx
    .insertInto('follow_up_feedback')
    .values(
      told.map(({ signal, agency, status, outcome }) => ({
        signal_id: signal,
        agency_id: agency,
        status,
        outcome,
        at,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .column('signal_id')
        .doUpdateSet(({ ref }) => ({
          status: ref('excluded.status'),
          outcome: ref('excluded.outcome'),
          at: ref('excluded.at'),
        }))
        .where((where) =>
          where.or([
            where('follow_up_feedback.status', '!=', 'taken-up'),
            where('excluded.status' as 'follow_up_feedback.status', '=', 'taken-up'),
          ]),
        ),
    )
    .execute()
}

export async function feedbackOf(reader: Reader, signal: SignalId): Promise<Feedback | undefined> {
  const row = await reader
    .selectFrom('follow_up_feedback')
    .select(['status', 'outcome', 'at'])
    .where('signal_id', '=', signal)
    .executeTakeFirst()
  return (
    row && {
      status: row.status as FeedbackStatus,
      outcome: (row.outcome ?? undefined) as OutcomeName | undefined,
      at: row.at,
    }
  )
}
